"""Steps 3 and 5 of docs/model.md: how a manager is scored, and what is sold for it."""

import math

from backstop.terms import NEVER_REPLACED
from oracle.state import Path
from oracle.state_funds import Fund, Rung

SAMPLE_DAYS = 21
SMALLEST_NAVPS = 1e-6


def log_navps(fund: Fund) -> float:
    """What score samples hold."""
    return math.log(max(fund.navps, SMALLEST_NAVPS))


def growth_over(log_ratio: float, days: int) -> float:
    """Annualised return of a log growth over some days."""
    return math.expm1(252 / days * log_ratio)


def year_start(path: Path, t: int) -> int:
    """The day on which the calendar year of day t began."""
    return max(start for start in path.year_starts if start <= t)


def days_back(path: Path, rung: Rung, t: int) -> int:
    """How far back a rung looks."""
    if rung.is_to_date:
        return t - (year_start(path, t) - 1)
    return t - SAMPLE_DAYS * ((t - 1) // SAMPLE_DAYS - rung.samples)


def is_known(path: Path, fund: Fund, rung: Rung, t: int) -> bool:
    """Whether there is a close for a rung to look back on."""
    if rung.is_to_date:
        return year_start(path, t) > 1 or fund.is_year_known
    return (t - 1) // SAMPLE_DAYS - rung.samples >= -fund.n_history


def is_own(path: Path, fund: Fund, rung: Rung, t: int) -> bool:
    """Whether the manager was there then."""
    if not fund.is_replaced:
        return True
    if rung.is_to_date:
        return year_start(path, t) - 1 >= SAMPLE_DAYS * fund.first_sample
    return (t - 1) // SAMPLE_DAYS - rung.samples >= fund.first_sample


def growth(path: Path, fund: Fund, rung: Rung, log_value: float, t: int) -> float:
    """The return of a fund over a rung, annualised unless it is a year's to date."""
    if rung.is_to_date:
        return math.expm1(log_value - fund.year_ends[year_start(path, t)])
    return growth_over(log_value - fund.samples[(t - 1) // SAMPLE_DAYS - rung.samples], days_back(path, rung, t))


def growth_of_index(path: Path, fund: Fund, rung: Rung, t: int) -> float:
    """The same of the index, as the fund knows its past."""
    log_price, sample = path.assets[path.index].log_pre, (t - 1) // SAMPLE_DAYS - rung.samples
    if rung.is_to_date:
        start = year_start(path, t)
        return math.expm1(log_price - (path.index_year_ends[start] if start > 1 else fund.index_year_end))
    of_index = fund.index_samples[sample] if sample <= 0 else path.index_samples[sample]
    return growth_over(log_price - of_index, days_back(path, rung, t))


def growth_of_peers(path: Path, fund: Fund, rung: Rung, t: int) -> float:
    """The mean return of the others, by what they were worth yesterday."""
    others = [path.funds[g] for g in rung.peers if g != fund.index]
    path.gauge.fire("judged by peers", bool(others))
    assets = [math.floor(other.count * max(other.nav_before, 0.0)) for other in others]
    if sum(assets) == 0:
        return 0.0
    growths = [growth(path, other, rung, log_navps(other), t) for other in others]
    return math.fsum(a * g for a, g in zip(assets, growths, strict=True)) / sum(assets)


def benchmark(path: Path, fund: Fund, rung: Rung, t: int) -> float:
    """What of the benchmark's return a rung is net of."""
    if fund.benchmark_frac == 0.0:
        return 0.0
    of_benchmark = growth_of_index(path, fund, rung, t) if rung.peers is None else growth_of_peers(path, fund, rung, t)
    return fund.benchmark_frac * of_benchmark


def score(path: Path, fund: Fund, t: int) -> float | None:
    """The ladder of returns, over the rungs that are known and the manager's own."""
    drawn = math.fsum(facility.score_relief_frac * facility.loans[fund.index].drawn for facility in path.facilities)
    fund.score_cover = drawn / max(fund.shares, 1.0)
    log_value = math.log(max(fund.navps + fund.score_cover, SMALLEST_NAVPS))
    known = [rung for rung in fund.rungs if is_known(path, fund, rung, t)]
    own = [rung for rung in known if is_own(path, fund, rung, t)]
    path.gauge.fire("record cut short", len(own) < len(known))
    path.gauge.fire("year to date", any(rung.is_to_date for rung in own))
    returns = [growth(path, fund, rung, log_value, t) - benchmark(path, fund, rung, t) for rung in own]
    weights = math.fsum(rung.weight for rung in own)
    return math.fsum(r.weight * g for r, g in zip(own, returns, strict=True)) / weights if own else None


def spread(path: Path, fund: Fund, t: int) -> float:
    """Standard deviation of the scores of a cohort, over the rungs that count."""
    rungs = [(rung.weight, days_back(path, rung, t) / 252, rung.is_to_date) for rung in fund.rungs
             if is_known(path, fund, rung, t) and is_own(path, fund, rung, t)]
    scaled = [(w if is_to_date else w / e, e) for w, e, is_to_date in rungs]
    variance = sum(w * v * min(e, d) for w, e in scaled for v, d in scaled)
    return fund.dispersion * math.sqrt(variance) / sum(w for w, _, _ in rungs)


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
    sigma = spread(path, fund, t)
    above = expected_shortfall(fund.threshold - score, sigma) - expected_shortfall(fund.floor - score, sigma)
    return min(max(above / span, 0.0), 1.0)


def is_scored(path: Path, fund: Fund, t: int) -> bool:
    """Whether a manager with the longest possible record would have a score."""
    return fund.is_evaluated and any(is_known(path, fund, rung, t) for rung in fund.rungs)


def evaluate(path: Path, fund: Fund, t: int) -> None:
    """Step 3."""
    gauge = path.gauge
    fund.score = score(path, fund, t) if fund.is_evaluated else None
    fund.pressure = 0.0
    if is_scored(path, fund, t):
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
        fund.is_replaced, fund.first_sample = True, (t - 1) // SAMPLE_DAYS + 1
        fund.managers_replaced += 1
        gauge.fire("manager replaced")


def intend(path: Path, fund: Fund) -> None:
    """Step 5, and the debt that must be paid today."""
    fund.called = sum(facility.loans[fund.index].called for facility in path.facilities)
    fund.days_under_pressure += fund.pressure
    target = min(max(1.0 - fund.cut * fund.pressure, 0.0), fund.most_risk)
    responds = fund.is_evaluated and fund.cut != 0.0 and fund.theta > 0.0
    change = fund.speed * (target - fund.theta) / fund.theta if responds else 0.0
    path.gauge.fire("target capped", responds and target < 1.0 - fund.cut * fund.pressure)
    fund.intended = max(-change, 0.0) * fund.risky
    fund.rebuy = max(change, 0.0) * fund.risky if fund.rebuys else 0.0
    path.gauge.fire("never bought back", not fund.rebuys and change > 0.0)


def end_year(path: Path, t: int) -> None:
    """Step 12: on the last day of a calendar year, what the next one's scores refer to."""
    if t + 1 in path.year_starts:
        path.index_year_ends[t + 1] = path.assets[path.index].log_close
        for fund in path.funds:
            fund.year_ends[t + 1] = log_navps(fund)
