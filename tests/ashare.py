"""The A-share example with an explicit market, so that no prices are needed, and what it resolves to."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.config.text.load import parse_config
from backstop.terms import RunTerms

EXPLICIT = """[market.assets.volatility]
model = "constant"
long_run_volatility_ann_frac = 0.25
[market.assets.innovation]
distribution = "normal"
"""
CALIBRATE = re.compile(r"\[market\.assets\.calibrate\].*?(?=\[market)", re.DOTALL)
EXAMPLE = (Path(__file__).parents[1] / "configs" / "ashare.toml").read_text(encoding="utf-8")
EXPLICIT_TEXT = CALIBRATE.sub(EXPLICIT, EXAMPLE)


def config_with(*settings: str, arms: str = "") -> Config:
    return parse_config(EXPLICIT_TEXT + arms, "c.toml", settings)


def resolved(*settings: str, arms: str = "", history: dict[str, Any] | None = None) -> RunTerms:
    closes = {name: np.array(series, dtype=np.float64) for name, series in (history or {}).items()}
    return resolve(config_with(*settings, arms=arms), MarketInputs(history=closes))
