"""Assets whose volatility reads the price as sales have moved it: which may, and their recursions as terms."""

import numpy as np

from backstop.config.market.section import AssetConfig, MarketConfig
from backstop.config.numbers import codes
from backstop.errors import ConfigError
from backstop.terms import FeedbackTerms, Floats, Integers, MarketTerms, VolatilityLevel

NOTHING: Floats = np.zeros(0)
NOBODY: Integers = np.zeros(0, dtype=np.int64)
NEVER_FED: Floats = np.zeros((0, 0))
NO_FEEDBACK = FeedbackTerms(
    NOBODY, NOTHING, NOTHING, NOTHING, NOTHING, NOBODY, NOTHING, NEVER_FED, NEVER_FED, NEVER_FED
)
"""Impact that feeds no variance."""


def resolve_feedback(market: MarketConfig, terms: MarketTerms) -> FeedbackTerms:
    """Terms of the assets of `market` whose impact feeds variance, `terms` being the market's.

    Raises
    ------
    ConfigError
        An asset whose recursion an arm cannot go through again.
    """
    fed = [bool(a.trading and a.trading.impact and a.trading.impact.feeds_variance) for a in market.assets]
    if not any(fed):
        return NO_FEEDBACK
    problems = [(a.name, _problem(market, a, terms, j)) for j, a in enumerate(market.assets) if fed[j]]
    if found := [f"market.assets.{name}.trading.impact.feeds_variance: {why}" for name, why in problems if why]:
        raise ConfigError(found)
    models, overlay = terms.volatility, terms.overlay
    return FeedbackTerms(
        is_fed=codes(fed), power=models.power, up=models.up[:, 0].copy(), down=models.down[:, 0].copy(),
        beta=models.beta[:, 0].copy(), factor=terms.factor.asset, factor_beta=terms.factor.beta,
        drift=overlay.drift, scale=overlay.scale, shock=overlay.shock,
    )


def _problem(market: MarketConfig, asset: AssetConfig, terms: MarketTerms, j: int) -> str | None:
    """Why an asset's own shocks or its recursion are not to be had from its returns, if so."""
    remedies = "write false"
    if market.paths is not None:
        return f"its returns are given, and no model of them; {remedies}"
    if asset.factor is not None:
        return f"it follows {asset.factor.asset}, which hides its own shocks; {remedies}"
    if j in terms.jumps.asset:
        return f"its jumps hide its own shocks; {remedies}"
    if terms.volatility.kind[j] == VolatilityLevel.LOGS or terms.volatility.n_lags[j] > 1:
        model = asset.volatility.model if asset.volatility else "its model"
        return f"{model} is no recursion of one lag in powers of volatility; {remedies}, or model = \"gjr\""
    if not terms.volatility.up[j, 0] and not terms.volatility.down[j, 0]:
        return f"its volatility answers to no return; {remedies}, or model = \"gjr\""
    if not np.all(terms.overlay.scale[:, j] > 0.0):
        return f"it has days without volatility; {remedies}"
    return None
