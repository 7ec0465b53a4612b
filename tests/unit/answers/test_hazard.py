"""Best responses on a market that can be followed."""

import numpy as np
import pytest

from backstop.answers.hazard import Assumptions, covered_nav, study_hazard
from backstop.config.text.load import load_config
from backstop.errors import ConfigError
from backstop.runs.assemble import assemble
from commands import SMALL

GRID = (0.6, 0.8, 1.2)


@pytest.fixture(scope="module")
def found():
    assembled = assemble(SMALL, ["run.paths=256"])
    return study_hazard(assembled, assembled.config.arms[0], GRID, Assumptions(), 1)


def choices(found, is_covered):
    return {c.multiplier: c for c in found.choices if c.is_covered == is_covered}


def test_the_grid_has_1_and_ends_at_what_the_fund_can_pay_for(found):
    # 95 % at risk: all in is 1 / 0.95
    assert list(choices(found, True)) == list(choices(found, False)) == [0.6, 0.8, 1.0, 1.052]


def test_more_risk_fails_more_often_in_a_falling_market(found):
    for is_covered in (False, True):
        ends = [choice.bad_end.value for choice in choices(found, is_covered).values()]
        assert ends == sorted(ends)
        assert ends[-1] > ends[0]


def test_the_best_response_has_the_highest_payoff_and_its_interval_holds_it(found):
    (response,) = found.responses
    for is_covered, best in ((False, response.alone), (True, response.covered)):
        tried = choices(found, is_covered)
        assert tried[best.value].payoff.value == max(choice.payoff.value for choice in tried.values())
        assert best.lower <= best.value <= best.upper
    assert response.shift.value == response.covered.value - response.alone.value


def test_a_penalty_that_nothing_outweighs_makes_managers_flee_risk():
    assembled = assemble(SMALL, ["run.paths=64"])
    fearful = study_hazard(assembled, assembled.config.arms[0], GRID, Assumptions(penalty=1e6), 1)
    assert fearful.responses[0].alone.value < 1.0
    # who is paid for gains alone takes all the risk there is
    assert study_hazard(assembled, assembled.config.arms[0], GRID, Assumptions(penalty=0.0), 1
                        ).responses[0].alone.value == 1.052


def test_the_payoff_is_that_of_the_paths(found):
    from backstop.answers.gather import gather

    request = assemble(SMALL, ["run.paths=256"]).request
    columns = gather(request, 1, (), ("nav_per_share_end", "failed"))
    end, failed = columns.funds["nav_per_share_end"][0, 0], columns.funds["failed"][0, 0]
    gains = np.maximum((end - 1.0) / (40 / 252), 0.0)
    assert choices(found, False)[1.0].payoff.value == pytest.approx((gains - 0.1 * failed).mean())
    assert choices(found, False)[1.0].bad_end.value == pytest.approx(failed.mean())


def test_prices_are_of_the_design_as_it_is_and_under_both_responses(found):
    assert list(found.prices) == ["as they are", "best without cover", "best with cover"]
    added = found.prices["best with cover"].expected_loss.value - found.prices["best without cover"].expected_loss.value
    assert found.loss_of_response.value == pytest.approx(added)


def test_covered_nav_is_that_of_funds_that_may_claim():
    config = load_config(SMALL)
    assert covered_nav(config, config.arms[0]) == 20e9


def test_a_design_that_covers_nobody_has_no_hazard():
    assembled = assemble(SMALL, ['arms=[{name="empty", facilities=[]}]'])
    with pytest.raises(ConfigError, match="covers no fund"):
        study_hazard(assembled, assembled.config.arms[0], GRID, Assumptions(), 1)
