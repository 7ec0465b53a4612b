"""Hits and false alarms of a trigger whose rates can be derived, through the public engine.

On iid normal days investors ask for money back the day after a fall of b or worse, and the fund sells: with a horizon
of one day, a day is in an episode if it or the day before fell so far. The trigger is on where the day falls by a.
"""

import math
from itertools import pairwise

import pytest
from scipy import stats

from backstop.answers.thresholds import judge
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.config.study import Arm
from backstop.config.text.sweeps import Sweep, swept_arms, with_arms
from backstop.runs.request import RunRequest
from backstop.validation.worlds import asset, config_of, constant, fund

SIGMA, FALL, DAYS, PATHS = 0.02, 0.03, 500, 400
STEPS = (-0.05, -0.04, -0.035, -0.03, -0.02, -0.01)
INVESTORS = {"name": "all", "share_frac": 1.0, "notice_days": 1, "base_per_day_frac": 0.0, "horizon_days": 1,
             "tolerance_frac": FALL, "bear_slope_per_day": 10.0, "daily_cap_frac": 0.01}
ENTER, LEAVE = ({"signal": "fund_drawdown", key: 0.5} for key in ("at_least", "at_most"))
FACILITY = {
    "name": "backstop", "instrument": "advance", "eligible": ["fund"],
    "system_key": {"entry": {"signal": "market_return", "window_days": 1, "at_most": -0.05}, "persistence_days": 1,
                   "decision_lag_days": 0, "exit": {"signal": "market_return", "window_days": 1, "at_least": 0.0},
                   "exit_persistence_days": 1, "cooldown_days": 0},
    "fund_key": {"entry": ENTER, "persistence_days": 1, "decision_lag_days": 0, "exit": LEAVE,
                 "exit_persistence_days": 1, "cooldown_days": 0},
    "advance": {"coverage_frac": 0.0, "deductible_frac": 0.0, "fund_cap_frac": 0.1, "haircut_frac": {"index": 0.5},
                "rate_ann_frac": 0.0, "tenor_days": 10, "n_rollovers": 0, "cash_lag_days": 0, "sweep_frac": 1.0,
                "inventory_participation_frac": 1.0},
}
PLACE = "facilities.backstop.system_key"


def probability_of_a_fall(by):
    return stats.norm.cdf(math.log1p(-by) / SIGMA)


def hit_rate(a):
    """Falls of b make an episode while no more than one day lies between them; each is seen with probability q."""
    p = probability_of_a_fall(FALL)
    goes_on, unseen = 1.0 - (1.0 - p) ** 2, 1.0 - min(probability_of_a_fall(a) / p, 1.0)
    return 1.0 - (1.0 - goes_on) * unseen / (1.0 - goes_on * unseen)


def false_alarms(a):
    """Of days that neither fell by b nor followed one that did."""
    p, on = probability_of_a_fall(FALL), probability_of_a_fall(a)
    return max(on - p, 0.0) / (1.0 - p)


@pytest.fixture(scope="module")
def found():
    world = config_of([asset("index", constant(SIGMA**2))], DAYS, fund({"index": 1.0}, investors=[INVESTORS]))
    tree = world.model_dump(exclude_unset=True) | {
        "facilities": [FACILITY], "arms": [{"name": "fund", "facilities": ["backstop"]}],
        "judging": {"horizon_days": 1, "material_sale_per_day_frac": 1e-4, "material_assets_frac": 1.0}}
    config = Config.model_validate(tree)
    sweeps = [Sweep(f"{PLACE}.{key}", STEPS) for key in ("entry.at_most", "exit.at_least")]
    arms: list[Arm] = swept_arms(config.arms[0], sweeps)
    terms = resolve(with_arms(config, arms), MarketInputs())
    given = {arm.name: {"a": -step} for arm, step in zip(arms, STEPS, strict=True)}
    return judge(RunRequest(terms, seed=1, n_paths=PATHS), given, 1)


def figures(found, metric):
    return {figure.values["a"]: figure for figure in found.figures if figure.metric == metric}


@pytest.mark.parametrize(("metric", "expected"), [("hit_rate", hit_rate), ("false_alarm_days", false_alarms)])
def test_each_threshold_has_the_rates_of_the_closed_form(found, metric, expected):
    for a, figure in figures(found, metric).items():
        # four standard errors are twice the half-width, and a day at either end of the run counts for 1 in 500
        allowed = 2.0 * max(figure.upper - figure.estimate, figure.estimate - figure.lower) + 1.0 / DAYS
        assert abs(figure.estimate - expected(a)) < allowed, (a, figure.estimate, expected(a))


def test_a_trigger_short_of_the_threshold_of_distress_misses_nothing_and_one_beyond_is_never_false(found):
    hits, false = figures(found, "hit_rate"), figures(found, "false_activations")
    assert hits[0.02].estimate > 0.999
    # but for falls on the last day, whose distress would come after it
    assert false[0.04].estimate < 2.0 / DAYS < 0.5 < false[0.02].estimate


def test_the_area_is_that_under_the_closed_form(found):
    points = sorted((false_alarms(-step), hit_rate(-step)) for step in STEPS)
    points = [(0.0, 0.0), *points, (1.0, 1.0)]
    area = sum((x - w) * (v + y) / 2.0 for (w, v), (x, y) in pairwise(points))
    half = max(found.area.upper - found.area.value, found.area.value - found.area.lower)
    assert abs(found.area.value - area) < 2.0 * half + 1.0 / DAYS
