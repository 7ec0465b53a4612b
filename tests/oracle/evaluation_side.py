"""Steps 3 and 5 of docs/model.md: how a manager is scored, and what is sold for it."""

import math

from backstop.terms import NEVER_REPLACED
from oracle.state import Path
from oracle.state_funds import Fund

SAMPLE_DAYS = 21
SMALLEST_NAVPS = 1e-6


def log_navps(fund: Fund) -> float:
    """What score samples hold."""
    return math.log(max(fund.navps, SMALLEST_NAVPS))


def growth_over(log_ratio: float, days: int) -> float:
    """Annualised return of a log growth over some days."""
    return math.expm1(252 / days * log_ratio)


def score(path: Path, fund: Fund, t: int) -> float | None:
    """The ladder of annualised returns, over the rungs whose sample is known and the manager's own."""
    latest, index = (t - 1) // SAMPLE_DAYS, path.assets[path.index]
    drawn = math.fsum(facility.score_relief_frac * facility.loans[fund.index].drawn for facility in path.facilities)
    fund.score_cover = drawn / max(fund.shares, 1.0)
    log_value = math.log(max(fund.navps + fund.score_cover, SMALLEST_NAVPS))
    weighted, weights = 0.0, 0.0
    for weight, window in fund.rungs:
        sample = latest - window
        if sample < -fund.n_history or sample < fund.first_sample:
            path.gauge.fire("record cut short", sample >= -fund.n_history)
            continue
        of_index = fund.index_samples[sample] if sample <= 0 else path.index_samples[sample]
        days = t - SAMPLE_DAYS * sample
        growth = growth_over(log_value - fund.samples[sample], days)
        growth -= fund.benchmark_frac * growth_over(index.log_pre - of_index, days)
        weighted += weight * growth
        weights += weight
    return weighted / weights if weights > 0.0 else None


def spread(fund: Fund, t: int) -> float:
    """Standard deviation of the scores of a cohort, over the rungs that count."""
    latest = (t - 1) // SAMPLE_DAYS
    rungs = [(weight, (t - SAMPLE_DAYS * (latest - window)) / 252) for weight, window in fund.rungs
             if latest - window >= max(-fund.n_history, fund.first_sample)]
    variance = sum(w / e * (v / d) * min(e, d) for w, e in rungs for v, d in rungs)
    return fund.dispersion * math.sqrt(variance) / sum(weight for weight, _ in rungs)


def expected_shortfall(distance: float, sigma: float) -> float:
    """Mean of ``max(0, distance - N)``, N normal around 0 with the standard deviation sigma."""
    z = distance / sigma
    below = 0.5 * math.erfc(-z / math.sqrt(2.0))
    return distance * below + sigma * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def pressure_on(path: Path, fund: Fund, score: float, t: int) -> float:
    """The linear rule, or its mean over a cohort."""
    span = fund.threshold - fund.floor
    if fund.dispersion == 0.0:
        return 0.0 if path.gauge.at_least(score, fund.threshold) else min((fund.threshold - score) / span, 1.0)
    path.gauge.fire("cohort dispersed")
    sigma = spread(fund, t)
    above = expected_shortfall(fund.threshold - score, sigma) - expected_shortfall(fund.floor - score, sigma)
    return min(max(above / span, 0.0), 1.0)


def is_scored(fund: Fund, t: int) -> bool:
    """Whether a manager with the longest possible record would have a score."""
    return fund.is_evaluated and any((t - 1) // SAMPLE_DAYS - window >= -fund.n_history for _, window in fund.rungs)


def evaluate(path: Path, fund: Fund, t: int) -> None:
    """Step 3."""
    gauge = path.gauge
    fund.score = score(path, fund, t) if fund.is_evaluated else None
    fund.pressure = 0.0
    if is_scored(fund, t):
        fund.score_cover_peak = max(fund.score_cover_peak, fund.score_cover)
        gauge.fire("cover in score", fund.score_cover > 0.0)
    if fund.score is None:
        gauge.fire("no score yet", fund.is_evaluated)
        return
    gauge.fire("benchmark", fund.benchmark_frac > 0.0)
    fund.score_min = fund.score if fund.score_min is None else min(fund.score_min, fund.score)
    fund.pressure = pressure_on(path, fund, fund.score, t)
    gauge.fire("pressure", fund.pressure > 0.0)
    if fund.replace_below > NEVER_REPLACED and not gauge.at_least(fund.score, fund.replace_below):
        fund.first_sample = (t - 1) // SAMPLE_DAYS + 1
        fund.managers_replaced += 1
        gauge.fire("manager replaced")


def intend(path: Path, fund: Fund) -> None:
    """Step 5, and the debt that must be paid today."""
    fund.called = sum(facility.loans[fund.index].called for facility in path.facilities)
    fund.days_under_pressure += fund.pressure
    room = max(fund.derisk_cap - fund.derisked, 0.0)
    wanted = fund.pressure * fund.derisk_per_day * fund.risky
    path.gauge.fire("pressure capped", wanted > room)
    fund.intended = min(wanted, room)
