"""What no market can do is refused, with asset, model, path and day."""

import numpy as np
import pytest

from backstop.errors import MarketExploded
from backstop.market.bounds import MOST_LOG_RETURN
from backstop.runs.bounded_market import BoundedMarket
from backstop.runs.seam import SimulatedMarket
from markets import NORMAL, asset, resolved

EGARCH = {"model": "egarch", "omega": -0.1, "alpha": (0.2,), "gamma": (0.0,), "beta": (0.99,)}
TERMS = resolved(asset("calm"), asset("wild", EGARCH, NORMAL), days=3)


class Written:
    """A market that is 0 but for one return."""

    def __init__(self, value, day=1, which=1, lane=2):
        self.value, self.place = value, (day, which, lane)

    def rehearse(self, terms):
        return []

    def open(self, terms, lanes):
        return None

    def reset(self, terms, state):
        pass

    def fill(self, terms, state, seed, first_path, first_day, last_day, log_return, volatility, lanes):
        log_return[:] = volatility[:] = 0.0
        log_return[self.place] = self.value


def filled(market, lanes=4):
    log_return, volatility = np.empty((2, 3, 2, 5))
    BoundedMarket(market, ("calm", "wild"), {"wild": "egarch(1,1,1) normal"}).fill(
        TERMS, None, 1, 100, 10, 13, log_return, volatility, lanes)
    return log_return


@pytest.mark.parametrize("value", [20.1, -20.1, 1184.0, np.inf, -np.inf, np.nan])
def test_a_return_beyond_the_bound_names_asset_model_day_and_path(value):
    with pytest.raises(MarketExploded, match=rf"^wild: its model \(egarch\(1,1,1\) normal\) gives a log return of "
                                             rf"{value:.4g} on day 12 of path 102, beyond 20; .*fit garch, "
                                             "gjr or tarch"):
        filled(Written(value))


def test_another_models_cause_is_not_egarchs():
    with pytest.raises(MarketExploded, match=r"^calm: its model \(as written\).*a persistence near 1$"):
        filled(Written(np.inf, which=0))


@pytest.mark.parametrize("value", [MOST_LOG_RETURN, -MOST_LOG_RETURN, 0.0])
def test_what_is_within_the_bound_is_left_as_it_is(value):
    assert filled(Written(value))[1, 1, 2] == value


def test_lanes_that_hold_no_path_are_not_judged():
    filled(Written(np.nan, lane=4), lanes=4)


def test_the_first_path_that_explodes_is_named_by_the_day_it_began():
    class Two(Written):
        def fill(self, terms, state, seed, first_path, first_day, last_day, log_return, *rest):
            log_return[:] = 0.0
            log_return[2, 0, 1] = log_return[0, 1, 3] = np.inf

    with pytest.raises(MarketExploded, match="on day 13 of path 101,"):
        filled(Two(0.0))


def test_an_explosive_model_is_refused_where_its_paths_are_made():
    terms = resolved(asset("a", {"model": "egarch", "omega": -0.5, "alpha": (1.5,), "gamma": (0.0,), "beta": (0.95,)},
                           {"distribution": "student-t", "nu": 2.5}), days=200)
    market = BoundedMarket(SimulatedMarket(), ("a",))
    log_return, volatility = np.empty((2, 200, 1, 64))
    with pytest.raises(MarketExploded, match=r"^a: "):
        market.fill(terms, market.open(terms, 64), 1, 0, 0, 200, log_return, volatility, 64)
