"""Keys over a history: the shipped key on the CSI 300 beside a count of its own, near misses and strips by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from backstop.answers.history.episodes import Episode
from backstop.answers.history.holdouts import Market, counted
from backstop.answers.history.near_misses import common_loosening, critical_threshold, near_miss
from backstop.answers.history.signals import key_signals
from backstop.answers.history.strip import strip_of
from backstop.config.judging import Judging
from backstop.config.text.load import load_config
from backstop.errors import ConfigError
from backstop.market.data import PriceSeries, load_prices
from backstop.market.specification import CalibrationSpec

ASHARE = Path(__file__).parents[4] / "configs" / "ashare.toml"


def facility(entry, **key):
    """The shipped facility with another system key."""
    shipped = load_config(ASHARE, ()).facilities[0]
    leave = {"signal": "market_drawdown", "window_days": 2, "at_most": 0.0}
    system_key = type(shipped.system_key).model_validate({"entry": entry, "exit": leave, **key})
    return shipped.model_copy(update={"system_key": system_key})


def series(*prices):
    dates = np.datetime64("2020-01-01") + np.arange(len(prices))
    return PriceSeries("index", dates, np.array(prices, dtype=float), "a test", "")


def by_plain_loops(prices):
    """Days on which the shipped entry holds, and those that end three in a row, from closes alone."""
    entry_days = met_days = run = 0
    for t in range(1, len(prices)):
        drawdown = 1.0 - prices[t] / max(prices[max(0, t - 250) : t + 1])
        move = prices[t] / prices[max(0, t - 20)] - 1.0
        squares = [math.log(prices[s] / prices[s - 1]) ** 2 for s in range(max(1, t - 19), t + 1)]
        run = run + 1 if drawdown >= 0.2 and move <= -0.1 and math.sqrt(252 / 20 * sum(squares)) >= 0.35 else 0
        entry_days += run > 0
        met_days += run >= 3
    return entry_days, met_days


def test_the_days_of_the_shipped_key_are_those_of_a_plain_count():
    prices = load_prices("builtin:csi300")
    key = key_signals("fund", load_config(ASHARE, ()).facilities[0], prices)
    days = counted("own", key, Judging(), Market("builtin:csi300", prices))
    assert (days.entry_days, days.met_days) == by_plain_loops(prices.prices.tolist()) == (164, 129)
    assert (days.n_days, round(days.entry_share, 4), round(days.met_days / days.n_days, 4)) == (4856, 0.0338, 0.0266)
    assert [(str(spell.breach), str(spell.decision), str(spell.exit)) for spell in days.spells] == [
        ("2008-03-12", "2008-03-18", "2009-06-16"), ("2009-08-31", "2009-09-04", "2009-10-27"),
        ("2015-07-01", "2015-07-07", "2016-04-07")]
    assert (days.n_episodes, days.n_fired) == (9, 2)


def test_a_key_reads_the_volatility_of_a_model_that_was_fitted_before():
    prices = load_prices("builtin:csi300")
    model = CalibrationSpec("ewma", "normal", "zero")
    key = key_signals("fund", facility({"signal": "conditional_volatility", "at_least": 0.4}), prices, model)
    squares, variance, own = np.diff(np.log(prices.prices)) ** 2, 0.0, []
    for square in squares:
        own.append(math.sqrt(252 * variance))
        variance = 0.94 * variance + 0.06 * square
    assert np.isnan(key.readings[0].values[:1001]).all()
    assert np.nanmax(np.abs(key.readings[0].values[1001:] - own[1000:])) < 1e-9
    assert (key.holds[1001:] == (np.array(own[1000:]) >= 0.4)).all()
    assert 100 < key.holds.sum() < 1000
    with pytest.raises(ConfigError, match="calibrate"):
        key_signals("fund", facility({"signal": "conditional_volatility", "at_least": 0.4}), prices)


def test_no_day_knows_the_next():
    prices, shipped = load_prices("builtin:csi300"), load_config(ASHARE, ()).facilities[0]
    whole = key_signals("fund", shipped, prices)
    for day in (400, 600, 2290, 2400):
        cut = PriceSeries("index", prices.dates[:day], prices.prices[:day], "", "")
        assert (key_signals("fund", shipped, cut).phase == whole.phase[:day]).all()


FALLS = {"signal": "market_drawdown", "window_days": 5, "at_least": 0.2}
MOVES = {"signal": "market_return", "window_days": 1, "at_most": -0.1}
#                                    0    1    2    3    4    5
PRICES = series(100, 92, 80.96, 77, 60, 61)
"""Drawdowns 0, .08, .1904, .23, .40, .39; returns of a day -, -.08, -.12, -.0489, -.2208, .0167."""
EPISODE = Episode("2020-01", 0, 1, 5, 4, 5, -1, False)


def test_a_threshold_alone_turns_the_key_where_all_else_holds():
    key = key_signals("fund", facility({"all": [FALLS, MOVES]}, persistence_days=2), PRICES)
    assert key.holds.tolist() == [False, False, False, False, True, False]
    # days 3 and 4 have the drawdown; there the worse of the two returns is -.0489
    assert critical_threshold(key, 1, EPISODE) == pytest.approx(77 / 80.96 - 1)
    # no two days in a row have the return
    assert critical_threshold(key, 0, EPISODE) is None


def test_any_and_all_combine_what_is_missing():
    both = key_signals("fund", facility({"all": [FALLS, MOVES]}, persistence_days=1), PRICES)
    # day 4 has both: a drawdown of .4, a return of -.22; the drawdown must give way least, .2 over .2
    assert common_loosening(both, EPISODE) == pytest.approx(-1.0)
    one = key_signals("fund", facility({"any": [FALLS, MOVES]}, persistence_days=1), PRICES)
    assert common_loosening(one, EPISODE) == pytest.approx(-(1 - 60 / 77 - 0.1) / 0.1)
    assert critical_threshold(one, 0, EPISODE) == math.inf


def test_a_near_miss_names_the_least_change():
    key = key_signals("fund", facility({"all": [FALLS, MOVES]}, persistence_days=2), PRICES)
    miss = near_miss("own", key, EPISODE)
    found = {change.term: (change.would_fire_at, change.size) for change in miss.changes}
    assert found["persistence_days"] == (1.0, 0.5)
    assert found["market_drawdown(5) >= 0.2"] == (None, None)
    # days 1 and 2: drawdown short by .6 and .048, returns by .2 and none; days 2 and 3: .048 and .511
    assert found["all thresholds"][1] == pytest.approx((0.1 - (1 - 77 / 80.96)) / 0.1)
    assert miss.least == "persistence_days"
    assert (miss.days_in_a_row, miss.most_extreme["market_drawdown(5)"]) == (1, pytest.approx(0.4))


def test_what_turns_the_key_in_an_episode_turns_it_in_a_run_of_signals():
    entry = {"all": [FALLS, MOVES]}
    key = key_signals("fund", facility(entry, persistence_days=2), PRICES)
    at = critical_threshold(key, 1, EPISODE)
    for threshold, spells in ((at + 1e-9, 1), (at - 1e-9, 0)):
        turned = {"all": [FALLS, MOVES | {"at_most": threshold}]}
        assert len(key_signals("fund", facility(turned, persistence_days=2), PRICES).spells) == spells


def test_a_strip_goes_from_the_episode_of_the_strictest_threshold_to_the_mildest():
    key = key_signals("fund", facility(FALLS, persistence_days=1), PRICES)
    early = EPISODE._replace(name="early", last=2)
    rows = list(strip_of("own", key, [early, EPISODE]))
    assert [(row.episode, row.fires_at, row.fires) for row in rows] == [
        ("2020-01", pytest.approx(0.4), True), ("early", pytest.approx(0.1904), False)]
