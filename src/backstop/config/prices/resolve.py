"""How sales move prices, into terms: the volume, limits and impact law of every asset."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.config.market.section import MarketConfig
from backstop.config.numbers import codes, column, padded_rows
from backstop.config.prices.resolve_feedback import NO_FEEDBACK
from backstop.config.prices.resolve_replay import NO_REPLAY
from backstop.config.prices.suspension import Suspension
from backstop.config.prices.trading import Buyers, ContSchaanningImpact, Impact, Others, PowerImpact, Trading
from backstop.terms import NEVER, TRADING_DAYS_PER_YEAR, Execution, Floats, ImpactLaw, PriceTerms

DEEP_MARKET = 1e30
"""Volume a day, quanta, of an asset whose trading is no limit."""
NO_PRICE_LIMIT = 1e3
"""Log price that no day reaches."""
NO_TRADING = Trading(adv=1.0)
NO_IMPACT = PowerImpact(law="linear", kappa=0.0, half_life_days=1.0, permanent_frac=0.0)


def resolve_prices(market: MarketConfig, quantum: float, has_buyers: bool = False) -> PriceTerms:
    """How sales move prices.

    Parameters
    ----------
    quantum
        Currency in one quantum.
    has_buyers
        Whether anybody buys, in any arm: volume is then counted alike in all arms.
    """
    traded = [asset.trading or NO_TRADING for asset in market.assets]
    depths = [DEEP_MARKET if asset.trading is None else asset.trading.adv / quantum for asset in market.assets]
    return PriceTerms(
        **_impact_terms([trading.impact or NO_IMPACT for trading in traded], has_buyers),
        **_volume_terms(traded, depths),
        **_execution_terms(traded),
        **_limit_terms(traded),
        **_others_terms(traded, quantum),
        **_suspension_terms([trading.suspension or Suspension() for trading in traded]),
        is_risky=codes([int(asset.is_risky) for asset in market.assets]),
        is_technology=codes([int(asset.is_technology) for asset in market.assets]),
        feedback=NO_FEEDBACK,
        replay=NO_REPLAY,
        index=[asset.name for asset in market.assets].index(market.index),
        rounds=market.rounds,
        seeks_both_ends=int(market.fixed_points == "both"),
    )


def _impact_terms(impacts: Sequence[Impact], has_buyers: bool) -> dict[str, Any]:
    """What volume does to a price, and for how long."""
    return {
        "impact_law": codes([_impact_law(impact) for impact in impacts]),
        "kappa": column([_kappa(impact) for impact in impacts]),
        "exponent": column([_exponent(impact) for impact in impacts]),
        "buy_ratio": column([_buy_ratio(impact) if has_buyers else 0.0 for impact in impacts]),
        "impact_volatility": column([_a_day(impact.volatility_ann_frac, 0.0) for impact in impacts]),
        "price_floor": column([i.floor_frac if isinstance(i, ContSchaanningImpact) else 0.0 for i in impacts]),
        "decay": column([2.0 ** (-1.0 / impact.half_life_days) for impact in impacts]),
        "permanent_frac": column([impact.permanent_frac for impact in impacts]),
    }


def _volume_terms(traded: Sequence[Trading], depths: Sequence[float]) -> dict[str, Any]:
    """How much is traded a day, in calm and in stress; `depths` in quanta."""
    return {
        "adv": column(depths),
        "calm_volatility": column([_a_day(trading.calm_volatility_ann_frac, 1.0) for trading in traded]),
        "stress_adv_frac": column([trading.stress_adv_frac for trading in traded]),
    }


def _execution_terms(traded: Sequence[Trading]) -> dict[str, Any]:
    """What a seller gets, and when."""
    return {
        "execution": codes([Execution.of(t.execution) for t in traded]),
        "half_spread": column([-np.log1p(-trading.half_spread_bps / 1e4) for trading in traded]),
        "settlement_days": codes([trading.settlement_days for trading in traded]),
    }


def _limit_terms(traded: Sequence[Trading]) -> dict[str, Any]:
    """How far a day may move a price."""
    return {
        "log_limit_down": column([_log_limit(trading, -1.0) for trading in traded]),
        "log_limit_up": column([_log_limit(trading, 1.0) for trading in traded]),
    }


def _others_terms(traded: Sequence[Trading], quantum: float) -> dict[str, Any]:
    """Sellers and buyers outside the funds."""
    return {
        "others_drawdown": column([t.others.drawdown_frac if t.others else 1.0 for t in traded]),
        "others_frac": column([t.others.adv_frac_per_day if t.others else 0.0 for t in traded]),
        "others_stock": column([_stock(t.others, t, quantum) for t in traded]),
        "buyers_drawdown": column([t.buyers.drawdown_frac if t.buyers else 1.0 for t in traded]),
        "buyers_frac": column([t.buyers.adv_frac_per_day if t.buyers else 0.0 for t in traded]),
        "buyers_stock": column([_stock(t.buyers, t, quantum) for t in traded]),
    }


def _suspension_terms(suspensions: Sequence[Suspension]) -> dict[str, Any]:
    """When an asset does not trade."""
    return {
        "suspended_first": _windows([[w.first_day for w in s.windows] for s in suspensions]),
        "suspended_last": _windows([[w.last_day for w in s.windows] for s in suspensions]),
        "suspend_limit_downs": column([s.limit_down_days or NEVER for s in suspensions]),
        "suspend_fall": column([s.fall_frac or NEVER for s in suspensions]),
        "suspend_days": column([s.days or 0.0 for s in suspensions]),
    }


def _impact_law(impact: Impact) -> int:
    if isinstance(impact, ContSchaanningImpact):
        return ImpactLaw.CONT_SCHAANNING
    fixed = {law.rule.exponent: law for law in ImpactLaw if law.rule.exponent is not None}
    return fixed.get(_exponent(impact), ImpactLaw.POWER)


def _exponent(impact: Impact) -> float:
    return (impact.exponent or 1.0) if isinstance(impact, PowerImpact) else 1.0


def _buy_ratio(impact: Impact) -> float:
    """Cont and Schaanning's law knows no purchases."""
    return impact.buy_ratio if isinstance(impact, PowerImpact) else 0.0


def _kappa(impact: Impact) -> float:
    """Daily volatilities that a day's whole volume costs, to first order."""
    if isinstance(impact, ContSchaanningImpact):
        return float(1.0 / (impact.c * np.sqrt(impact.tau_days)))
    return impact.kappa


def _stock(others: Others | Buyers | None, trading: Trading, quantum: float) -> float:
    """What they have to sell, or to spend."""
    return float(np.floor(others.stock_adv_days * trading.adv / quantum)) if others else 0.0


def _a_day(volatility_ann: float | None, otherwise: float) -> float:
    return otherwise if volatility_ann is None else float(volatility_ann / np.sqrt(TRADING_DAYS_PER_YEAR))


def _windows(days: Sequence[Sequence[float]]) -> Floats:
    """(J, W) first or last days of windows; 0, which no day is, for those that are not there."""
    return padded_rows(days) if any(days) else np.zeros((len(days), 0))


def _log_limit(trading: Trading, sign: float) -> float:
    if trading.price_limit_frac is None:
        return sign * NO_PRICE_LIMIT
    return float(np.log1p(sign * trading.price_limit_frac))
