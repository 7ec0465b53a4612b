"""The A-share example with an explicit market, so that no prices are needed."""

import re
from pathlib import Path

EXPLICIT = """[market.assets.volatility]
model = "constant"
long_run_volatility_ann_frac = 0.25
[market.assets.innovation]
distribution = "normal"
"""
CALIBRATE = re.compile(r"\[market\.assets\.calibrate\].*?(?=\[market)", re.DOTALL)
EXAMPLE = (Path(__file__).parents[1] / "configs" / "ashare.toml").read_text(encoding="utf-8")
EXPLICIT_TEXT = CALIBRATE.sub(EXPLICIT, EXAMPLE)
