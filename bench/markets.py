"""Markets of the workloads, made as users make them: a config, resolved."""

from typing import Any, Final

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.config.market.resolve import resolve_market
from backstop.config.market.scenario import ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.terms import MarketTerms

YEAR: Final = 252
"""Trading days of a path, unless days are what is varied."""

N_RESIDUALS: Final = 2520
"""Days of residuals that a bootstrap draws from, ten years."""

MODELS: Final[dict[str, dict[str, Any]]] = {
    "constant": {},
    "ewma": {"alpha": [0.06], "beta": [0.94]},
    "garch": {"alpha": [0.08], "beta": [0.90]},
    "garch(5,5)": {"model": "garch", "alpha": [0.02] * 5, "beta": [0.17] * 5},
    "gjr": {"alpha": [0.03], "gamma": [0.08], "beta": [0.90]},
    "tarch": {"alpha": [0.03], "gamma": [0.06], "beta": [0.92]},
    "egarch": {"alpha": [0.12], "gamma": [-0.08], "beta": [0.97]},
    "aparch": {"alpha": [0.06], "gamma": [0.4], "beta": [0.92], "power": 1.3},
    "harch": {"alpha": [0.2, 0.3, 0.3], "harch_lags": [1, 5, 22]},
}
"""Parameters that daily index returns would give, roughly [ours]."""

LAWS: Final[dict[str, dict[str, Any]]] = {
    "normal": {},
    "student-t": {"nu": 6.0},
    "skew-t": {"nu": 6.0, "skew": -0.1},
    "ged": {"nu": 1.4},
    "filtered-historical": {"block_days": 1},
}
"""Shapes of the shocks' laws [ours]."""


def market_config(model: str, law: str, n_assets: int, dependence: dict[str, Any] | None = None) -> dict[str, Any]:
    """A [market] of like assets; `dependence` as in a config, but for the assets, which are all of them."""
    volatility = {"model": model, "long_run_volatility_ann_frac": 0.16, "start": "long-run"} | MODELS[model]
    innovation = {"distribution": law} | LAWS[law]
    names = [f"asset{j}" for j in range(n_assets)]
    assets = [{"name": name, "volatility": volatility, "innovation": innovation} for name in names]
    joint = {} if dependence is None else {"dependence": {"assets": names} | dependence}
    return {"index": names[0], "assets": assets} | joint


def market_terms(model: str, law: str, n_assets: int, n_days: int,
                 dependence: dict[str, Any] | None = None) -> MarketTerms:
    """What kernels read of such a market over `n_days` trading days."""
    config = MarketConfig.model_validate(market_config(model, law, n_assets, dependence))
    residuals = np.random.default_rng(1).standard_t(6.0, (N_RESIDUALS, n_assets))
    inputs = MarketInputs(residual_rows={asset.name: residuals[:, j] for j, asset in enumerate(config.assets)})
    return resolve_market(config, ScenarioConfig.model_validate({"preset": "none"}), inputs, n_days)

