"""A signal that a recipe adds: read from a config, described, and the same in kernels and oracle."""

from pathlib import Path

import numpy as np

from backstop.terms import MarketSignal
from commands import SMALL, run_here
from oracle.designs import Design
from recipes.agreement import agree

KEY = MarketSignal.of("market_trend")
OLD, NEW = ('entry = { signal = "market_drawdown", window_days = 60, at_least = 0.1 }',
            'entry = { signal = "market_trend", window_days = 20, at_most = -0.05 }')


def with_trends(design: Design) -> Design:
    """Every signal of the market is the new one; a random threshold is met by some days at least."""
    triggers = design.arm.triggers
    kinds, windows = np.full_like(triggers.market_kind, KEY), np.maximum(triggers.market_window, 2)
    changed = triggers._replace(market_kind=kinds, market_window=windows)
    return design._replace(arm=design.arm._replace(triggers=changed))


def written(text: str) -> Path:
    """The small config with the new signal in its key."""
    path = Path("trend.toml")
    path.write_text(SMALL.read_text().replace(OLD, text))
    return path


fired = agree(range(5), with_trends)
assert {"system key on", "system key off"} <= set(fired), fired

described = run_here("check", written(NEW))
assert described.code == 0, described
assert "market_trend" in described.out, described
for wrong, says in ((NEW.replace("window_days = 20, ", ""), "market_trend looks back; write window_days"),
                    (NEW.replace("-0.05", "-5.0"), "-5 is no value of market_trend; write -0.05 for -5 %")):
    refused = run_here("check", written(wrong))
    assert refused.code == 2, refused
    assert says in " ".join(refused.err.split()), refused
assert "market_trend: price over the mean" in " ".join(run_here("schema").out.split())

run = run_here("run", written(NEW), "--paths", 4, "--out", "run")
assert run.code == 0, run
