"""Histories that a fit makes: what its model says could have happened, as long as what did."""

import numpy as np
import numpy.typing as npt

from backstop.config.market.inputs import MarketInputs
from backstop.config.market.resolve import resolve_market
from backstop.config.market.scenario import ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.kernels.market.tile import market_tile, market_work, open_market
from backstop.market.explicit import BOOTSTRAP
from backstop.market.fitted import Calibration

Floats = npt.NDArray[np.float64]

SETTLING_DAYS = 500
"""Days before a history, so that it begins at no set level of volatility. [ours]"""
LANES = 64


def simulate_histories(fit: Calibration, estimates: Floats, n_days: int, n_histories: int, seed: int,
                       is_bootstrap: bool = False) -> Floats:
    """(n, H) log returns of the model of `fit` with the parameters `estimates` (k,).

    Parameters
    ----------
    fit
        Its model, and with `is_bootstrap` its residuals.
    n_days, n_histories, seed
        n and H; history h is path h of the seed.
    is_bootstrap
        Whether shocks are the fit's residuals, drawn day by day, in place of its law.
    """
    section = fit.market_section("long-run", estimates=estimates)
    if is_bootstrap:
        section["innovation"] = {"distribution": BOOTSTRAP, "block_days": 1}
    rows = fit.standardised_residuals[:fit.n_sample]
    inputs = MarketInputs(residual_rows={"a": rows - rows.mean()} if is_bootstrap else {})
    market = MarketConfig.model_validate({"index": "a", "assets": [{"name": "a"} | section]})
    terms = resolve_market(market, ScenarioConfig(), inputs, SETTLING_DAYS + n_days)
    log_return, volatility = np.empty((2, SETTLING_DAYS + n_days, 1, LANES))
    found = np.empty((n_days, n_histories))
    for first in range(0, n_histories, LANES):
        work = market_work(terms, open_market(terms, LANES), log_return, volatility)
        market_tile(work, seed, first, 0, SETTLING_DAYS + n_days, LANES)
        kept = min(LANES, n_histories - first)
        found[:, first : first + kept] = log_return[SETTLING_DAYS:, 0, :kept]
    return found
