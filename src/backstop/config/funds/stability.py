"""What managers' own response does to them: whether it feeds on itself, and whether a round trip could earn."""

from collections.abc import Sequence

import numpy as np

from backstop.config.schema import Config
from backstop.terms import TRADING_DAYS_PER_YEAR, ArmTerms, EvaluationTerms, Floats, RunTerms

LARGEST_FACTOR = 1.0
"""From here on a disturbance does not die out."""
LONGEST_SALE_DAYS = 1e9
"""Of all volume, to sell what all hold: a market of less volume is no other finding. [ours]"""
ORDINARY_VOLATILITY = 0.02
"""A day, of an asset whose impact law reads the day's and whose volume knows no calm. [ours]"""


def response_findings(config: Config, terms: RunTerms) -> tuple[str, ...]:
    """What is to be said of evaluation before a run, a line each."""
    return (*_unstable(terms), *_earning(config, terms))


def _unstable(terms: RunTerms) -> list[str]:
    """Arms in which a fall that managers make presses them to sell more than made it."""
    found = {}
    for name, arm in zip(terms.names.arms, terms.arms, strict=True):
        feedback, factor = feedback_of(arm), daily_factor(arm)
        if factor >= LARGEST_FACTOR:
            found[f"{feedback:.2f}, {factor:.2f}"] = (
                f"funds: evaluation: in arm {name}, what pressure sells presses {feedback:.2f} times as much again "
                f"where pressure is partial, and a disturbance grows {factor:.2f} times a day; lower risk_cut_frac, "
                "risk_speed_per_day_frac or the impact, or give the cohort dispersion_ann_frac")
    return list(found.values())


def feedback_of(arm: ArmTerms) -> float:
    """``kappa a b`` of all cohorts together: the largest eigenvalue of how one's sales press another."""
    return float(np.max(np.linalg.eigvals(_sensitivities(arm)).real, initial=0.0))


def daily_factor(arm: ArmTerms) -> float:
    """By how much a small disturbance of risk grows a day: below 1, it dies out.

    For one cohort ``|1 - v (1 - kappa a b)|``, which is below 1 while ``kappa a b < 1`` and ``v (1 - kappa a b) < 2``.
    """
    matrix = _sensitivities(arm)
    of_day = np.eye(len(matrix)) + arm.evaluation.speed[:, None] * (matrix - np.eye(len(matrix)))
    responds = arm.evaluation.cut != 0.0
    return float(np.max(np.abs(np.linalg.eigvals(of_day[np.ix_(responds, responds)])), initial=0.0))


def _sensitivities(arm: ArmTerms) -> Floats:
    """(F, F) by how much the target of one cohort falls for a fall of the risk of another, at partial pressure.

    A price loses b in all if every cohort that responds sells all; of that the part of a cohort is its share of what
    they hold. Pressure rises by a of it, through the score.
    """
    funds, evaluation, prices = arm.funds, arm.evaluation, arm.prices
    is_risky, responds = prices.is_risky > 0, (evaluation.cut != 0.0).astype(float)
    held = funds.count[:, None] * funds.units_open * is_risky * responds[:, None]
    whole = held.sum(axis=0)
    with np.errstate(over="ignore"):
        days = np.minimum(whole / prices.adv, LONGEST_SALE_DAYS)
    ordinary = np.minimum(prices.calm_volatility, ORDINARY_VOLATILITY)
    volatility = np.where(prices.impact_volatility > 0.0, prices.impact_volatility, ordinary)
    lasting = prices.permanent_frac * days
    lost = prices.kappa * volatility * ((1.0 - prices.permanent_frac) * days**prices.exponent + lasting)
    part = np.divide(held, whole, out=np.zeros_like(held), where=whole > 0.0)
    exposure = funds.units_open * is_risky / funds.nav_open[:, None]
    return np.asarray((evaluation.cut * _pressure_slopes(evaluation))[:, None] * (exposure * lost) @ part.T)


def _pressure_slopes(evaluation: EvaluationTerms) -> Floats:
    """(F,) by how much pressure rises for a fall of NAV by 1, where it rises most, from nominal windows."""
    years = np.maximum(evaluation.rung_samples, 1) * 21 / TRADING_DAYS_PER_YEAR
    per_year = np.where(evaluation.is_year_to_date > 0, 1.0, 1.0 / years)
    weight = evaluation.rung_weight / evaluation.rung_weight.sum(axis=1, keepdims=True)
    shared = np.minimum(years[:, :, None], years[:, None, :])
    pairs = (weight * per_year)[:, :, None] * (weight * per_year)[:, None, :] * shared
    spread = evaluation.dispersion * np.sqrt(pairs.sum(axis=(1, 2)))
    width = evaluation.threshold - evaluation.floor
    most = [_share_within(half) for half in 0.5 * width / np.maximum(spread, 1e-12)]
    return np.asarray((weight * per_year).sum(axis=1) / width * np.array(most))


def _share_within(z: float) -> float:
    """Chance that a standard normal number lies within z of 0."""
    from scipy.special import erf

    return float(erf(z / np.sqrt(2.0)))


def _earning(config: Config, terms: RunTerms) -> list[str]:
    """Assets that trade both ways by a law whose scale moves with the day."""
    prices = terms.arms[0].prices
    reads_day: Sequence[bool] = (prices.buy_ratio > 0.0) & (prices.kappa > 0.0) & (prices.impact_volatility == 0.0)
    return [
        f"market.assets.{asset.name}.trading.impact: reads the volatility of the day, so that who sells in a storm and "
        "buys back in a calm, or the other way round, may earn by the impact of its own trades (a fire_sale_cost "
        "below 0 says how much); write volatility_ann_frac"
        for asset, is_read in zip(config.market.assets, reads_day, strict=True) if is_read
    ]
