"""What came before day 1: closes of the index, NAV per share of each fund.

An asset's past return on a day is that of its own closes where they are known; else what the model expects
of it, its drift plus beta times its factor's return. A fund's past NAV is that of today's holdings kept at
constant weights, with cash and debt at their rates: what the fund would have earned, not what it did earn.
"""

from collections.abc import Mapping

import numpy as np

from backstop.config.funds.section import Fund
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.section import AssetConfig, MarketConfig
from backstop.terms import SCORE_SAMPLE_DAYS, SMALLEST_NAVPS, TRADING_DAYS_PER_YEAR, Floats


def index_closes(market: MarketConfig, inputs: MarketInputs, length: int) -> Floats:
    """(length,) closes of the index up to day 0, which is 1; 1 throughout where it has no history."""
    return padded(inputs.history.get(market.index, np.ones(1)), length)


def padded(closes: Floats, length: int) -> Floats:
    """(length,) the last closes (h,), the oldest known one standing in for those before it."""
    missing = max(length - len(closes), 0)
    return np.concatenate([np.full(missing, closes[0]), closes])[-length:].astype(np.float64)


def fund_closes(fund: Fund, market: MarketConfig, inputs: MarketInputs) -> Floats | None:
    """(h,) NAV per share up to day 0, which is 1, as far back as prices of all that the fund holds are known.

    None where ``history = "flat"``, or where nothing that the fund holds has a history.
    """
    if fund.history == "flat":
        return None
    assets = {asset.name: asset for asset in market.assets}
    returns = {name: _log_returns(assets[name], assets, inputs) for name, share in fund.holdings.items() if share > 0.0}
    lengths = [len(series) for series in returns.values() if series.ndim]
    if not lengths:
        return None
    days = min(lengths)
    cash = fund.assets_over_nav - sum(fund.holdings.values())
    interest = fund.leverage.debt_frac * fund.leverage.rate_ann_frac if fund.leverage else 0.0
    growth = np.full(days, (cash * market.cash_rate_ann_frac - interest) / TRADING_DAYS_PER_YEAR)
    for name, series in returns.items():
        growth += fund.holdings[name] * np.expm1(series[-days:] if series.ndim else series)
    log_navps = np.concatenate([[0.0], np.cumsum(np.log1p(growth))])
    return np.asarray(np.exp(log_navps - log_navps[-1]))


def _log_returns(asset: AssetConfig, assets: Mapping[str, AssetConfig], inputs: MarketInputs) -> Floats:
    """(n,) log returns before day 1, oldest first; (), the same on all days, where no prices are known."""
    if asset.name in inputs.history:
        return np.asarray(np.diff(np.log(inputs.history[asset.name])))
    drift = np.asarray(asset.drift_ann_frac / TRADING_DAYS_PER_YEAR)
    if asset.factor is None:
        return drift
    followed = _log_returns(assets[asset.factor.asset], assets, inputs)
    return np.asarray(drift + asset.factor.beta * followed)


def score_samples(fund: Fund, market: MarketConfig, inputs: MarketInputs, n_samples: int) -> tuple[int, Floats]:
    """How many samples before the opening are known, and (n_samples,) log NAV per share at samples 1-S .. 0.

    A flat past is known throughout; a past to be read from data that are not there is not known at all.
    """
    return _sampled(fund_closes(fund, market, inputs), fund.history == "flat", n_samples)


def year_end(fund: Fund, market: MarketConfig, inputs: MarketInputs) -> float | None:
    """Log NAV per share at the last close before the calendar year of day 1; None where it is not known."""
    return _end_of_year(fund_closes(fund, market, inputs), fund.history == "flat", inputs.days_of_year)


def benchmark_year_end(fund: Fund, market: MarketConfig, inputs: MarketInputs) -> float | None:
    """`year_end` of the index, as `fund` is to see its past."""
    is_flat = fund.history == "flat"
    closes = None if is_flat else inputs.history.get(market.index)
    return _end_of_year(closes, is_flat, inputs.days_of_year)


def _end_of_year(closes: Floats | None, is_flat: bool, days_of_year: int) -> float | None:
    if is_flat or days_of_year == 0:
        return 0.0
    if closes is None or len(closes) <= days_of_year:
        return None
    return float(np.log(max(closes[-1 - days_of_year], SMALLEST_NAVPS)))


def benchmark_samples(fund: Fund, market: MarketConfig, inputs: MarketInputs, n_samples: int) -> tuple[int, Floats]:
    """`score_samples` of the index, as `fund` is to see its past: flat, or read from data."""
    is_flat = fund.history == "flat"
    return _sampled(None if is_flat else inputs.history.get(market.index), is_flat, n_samples)


def _sampled(closes: Floats | None, is_flat: bool, n_samples: int) -> tuple[int, Floats]:
    """Samples of (h,) closing values up to day 0, where there are any."""
    if closes is None:
        return (n_samples - 1 if is_flat else 0), np.zeros(n_samples)
    known = min((len(closes) - 1) // SCORE_SAMPLE_DAYS, n_samples - 1)
    days_back = SCORE_SAMPLE_DAYS * np.arange(known, -1, -1)
    samples = np.log(np.maximum(closes[len(closes) - 1 - days_back], SMALLEST_NAVPS))
    return known, np.concatenate([np.zeros(n_samples - 1 - known), samples])
