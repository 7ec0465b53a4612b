"""A layer of losses as the difference of two puts, paid by a facility of the engine."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import norm

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.terms import Floats
from backstop.validation.case import Case, Figure, mean_of, share_of, within
from backstop.validation.worlds import run_paths

WORLD = Path(__file__).with_name("compensated.toml")
N_PATHS = 100_000
START, VOLATILITY = 100.0, 0.25
ATTACH, EXHAUST, SHARE = 90.0, 70.0, 0.6
"""Losses from 10 to 30 per cent; the share of them that is compensated."""
ARMS = ("none", "compensated", "whole")


def below(strike: float) -> float:
    """P(S <= strike) after a year: ``Phi(-d2)``, ``d2 = log(S0 / strike) / v - v / 2``, with no interest."""
    return float(norm.cdf(-(np.log(START / strike) / VOLATILITY - 0.5 * VOLATILITY)))


def put(strike: float) -> float:
    """``strike Phi(-d2) - S0 Phi(-d2 - v)`` (Black and Scholes 1973)."""
    d2 = np.log(START / strike) / VOLATILITY - 0.5 * VOLATILITY
    return float(strike * norm.cdf(-d2) - START * norm.cdf(-d2 - VOLATILITY))


def paid_by_arm() -> tuple[dict[str, Floats], Floats]:
    """(P,) compensation by arm, on `START` of net assets, and (P,) what the pool's layer lost where all is paid."""
    text = WORLD.read_text(encoding="utf-8")
    paths, _ = run_paths(resolve(parse_config(text, WORLD.name), MarketInputs()), N_PATHS)
    net, lost = (np.asarray(paths.column(name).to_numpy()).reshape(len(ARMS), N_PATHS) * START / 1e9
                 for name in ("compensation_net", "loss_grants"))
    return dict(zip(ARMS, net, strict=True)), lost[ARMS.index("whole")]


def layer() -> Iterator[Figure]:
    """Expected payments after a year of daily prices that are a martingale."""
    paid, lost = paid_by_arm()
    whole, value = paid["whole"], put(ATTACH) - put(EXHAUST)
    yield mean_of("layer from 90 to 70", value, whole)
    yield mean_of("60 % of it", SHARE * value, paid["compensated"])
    yield share_of("probability of a payment", below(ATTACH), whole > 0.0)
    # the last quantum of the layer is lost to rounding
    yield share_of("probability that it is exhausted", below(EXHAUST), whole > ATTACH - EXHAUST - 1e-6)
    yield within("largest difference of what the pool lost", 0.0, float(np.abs(whole - lost).max()), 0.0)


CASES = (
    Case("compensation-layer", "a facility pays a layer of losses, or a share of it", "closed form",
         "Black and Scholes (1973), r = 0, sigma 0.25, one year", layer),
)
