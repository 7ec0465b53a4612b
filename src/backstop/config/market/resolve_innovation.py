"""The laws of own shocks as kernels draw them: by themselves, from a score, or as days of residuals."""

from collections.abc import Sequence

import numpy as np

from backstop.config.market.innovations import Innovation as Law
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.law_maps import map_terms
from backstop.config.market.recursion import law_of
from backstop.config.market.section import MarketConfig
from backstop.config.market.volatility import Innovation
from backstop.config.numbers import codes, column
from backstop.errors import ConfigError
from backstop.terms import Draw, Floats, InnovationTerms

_NORMAL = Law("normal")


def score_law(market: MarketConfig, name: str, innovation: Innovation) -> Law | None:
    """The law of the score behind an asset's shock; None where a shock is drawn by itself."""
    joint = market.dependence
    if joint is not None and name in joint.assets:
        return _NORMAL if joint.nu is None else Law("student-t", joint.nu)
    return _NORMAL if innovation.distribution == "ged" else None


def resolve_innovation(market: MarketConfig, laws: Sequence[Innovation], inputs: MarketInputs) -> InnovationTerms:
    """`laws` (J,) of the market's assets."""
    members = market.dependence.assets if market.dependence is not None else ()
    names = [asset.name for asset in market.assets]
    own = [law_of(law) for law in laws]
    scores = [score_law(market, name, law) for name, law in zip(names, laws, strict=True)]
    is_mapped = [score is not None and score != law for score, law in zip(scores, own, strict=True)]
    pairs = [(score, law) for score, law, mapped in zip(scores, own, is_mapped, strict=True) if mapped and score]
    rows = np.where(is_mapped, np.cumsum(is_mapped) - 1, -1)
    return InnovationTerms(
        draw=codes(
            [
                Draw.JOINTLY if name in members else Draw.of(law.distribution)
                for name, law in zip(names, laws, strict=True)
            ]
        ),
        nu=column([law.nu for law in own]),
        skew=column([law.skew for law in own]),
        shift=column([law.shift_and_spread[0] for law in own]),
        spread=column([law.shift_and_spread[1] for law in own]),
        map=codes(rows.tolist()),
        to_shock=map_terms(pairs),
        to_score=map_terms([(law, score) for score, law in pairs]),
        residuals=_residuals(names, laws, inputs),
        block_days=next((law.block_days for law in laws if law.block_days is not None), 1),
    )


def standardised(rows: Floats) -> Floats:
    """Residuals (r,) with mean 0 and variance 1."""
    centred = rows - rows.mean()
    return np.asarray(centred / np.sqrt(np.mean(centred**2)))


def _residuals(names: Sequence[str], laws: Sequence[Innovation], inputs: MarketInputs) -> Floats:
    """(J, days) of the assets that draw residuals, 0 for the others; (J, 0) where none does."""
    drawn = {name for name, law in zip(names, laws, strict=True) if law.distribution == "filtered-historical"}
    missing = [name for name in names if name in drawn and name not in inputs.residual_rows]
    if missing:
        raise ConfigError(
            [f"market.assets.{name}: no residuals to draw; write a calibrate table for it" for name in missing]
        )
    lengths = {len(inputs.residual_rows[name]) for name in drawn}
    rows = np.zeros((len(names), max(lengths, default=0)))
    for j, name in enumerate(names):
        if name in drawn:
            rows[j] = standardised(inputs.residual_rows[name])
    return rows
