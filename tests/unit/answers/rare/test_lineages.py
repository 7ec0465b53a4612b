"""Paths that share their beginning: the same days to the bit, other shocks from the branch on, and weights by hand."""

import itertools

import numpy as np
import pytest

from backstop.answers.estimators import Estimate
from backstop.answers.rare.lineages import LineageMarket, Stretch, branched
from backstop.answers.rare.rare import OfMethod, refusal_of
from backstop.runs.seam import SimulatedMarket
from backstop.validation.worlds import SEED, asset, student_t, terms_of

DAYS = 22
GARCH = {"model": "garch", "omega": 1e-6, "alpha": [0.1], "beta": [0.88], "start": 4.0}


@pytest.fixture(scope="module")
def terms():
    return terms_of([asset("a", GARCH, student_t(5.0)), asset("b", GARCH)], DAYS)


def filled(market, terms, lanes, cuts=(0, DAYS)):
    returns, volatility = np.empty((2, DAYS, 2, lanes))
    state = market.open(terms.market, lanes)
    market.reset(terms.market, state)
    for first, last in itertools.pairwise(cuts):
        market.fill(terms.market, state, SEED, 0, first, last, returns[first:last], volatility[first:last], lanes)
    return returns, volatility


def test_a_lineage_of_one_stretch_is_that_path_of_the_market(terms):
    plain = filled(SimulatedMarket(), terms, 3)
    ours = filled(LineageMarket(SimulatedMarket(), [(Stretch(0, n),) for n in (2, 0, 1)], DAYS), terms, 3, (0, 5, DAYS))
    for one, other in zip(plain, ours, strict=True):
        assert np.array_equal(one[..., [2, 0, 1]], other)


def test_a_branch_has_the_days_of_its_parent_and_then_the_shocks_of_another(terms):
    parent = (Stretch(0, 0),)
    child = branched(parent, 6, 1)
    assert child == (Stretch(0, 0), Stretch(8, 1))
    returns, volatility = filled(LineageMarket(SimulatedMarket(), [parent, child], DAYS), terms, 2)
    plain, of_plain = filled(SimulatedMarket(), terms, 2)
    assert np.array_equal(returns[:8, :, 0], returns[:8, :, 1])
    # the volatility of the branch is its parent's, its shocks are those of path 1
    assert volatility[8, :, 0] == pytest.approx(volatility[8, :, 1], rel=1e-15)
    assert returns[8:, :, 1] / volatility[8:, :, 1] == pytest.approx(plain[8:, :, 1] / of_plain[8:, :, 1], rel=1e-9)
    assert branched(child, 7, 5) == (Stretch(0, 0), Stretch(8, 5))


def score(value, error, seen=20):
    told = "" if seen > 9 else f"{seen} of 20 repetitions saw it"
    return OfMethod("x", (), Estimate(value, None, None), error, seen, 9, 9, 9.0, 0.1, 400, told)


def test_scores_that_disagree_and_events_that_few_repetitions_saw_give_no_chance():
    assert refusal_of([score(1e-3, 1e-4), score(1.3e-3, 1e-4)]) == ""
    assert "3.5 standard errors apart" in refusal_of([score(1e-3, 1e-4), score(1.5e-3, 1e-4)])
    assert "9 of 20 repetitions saw it" in refusal_of([score(1e-3, 1e-4), score(1e-3, 1e-4, seen=9)])
    assert refusal_of([score(1e-3, 1e-4), score(1e-3, 1e-4, seen=9), score(1.1e-3, 1e-4)]) == ""
