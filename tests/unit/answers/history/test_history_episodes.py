"""Windows of a history, by hand: where they begin and end, which peak is theirs, which days are of which."""

import numpy as np

from backstop.answers.history.episodes import breaches, episodes_of, highs
from backstop.config.judging import Judging
from backstop.market.data import PriceSeries
from backstop.market.key_turns import Spell

RULES = Judging(window_drawdown_frac=0.2, window_high_days=3, window_days=2)


def series(*prices):
    dates = np.datetime64("2020-01-01") + np.arange(len(prices))
    return PriceSeries("index", dates, np.array(prices, dtype=float), "a test", "")


def test_the_high_is_that_of_the_close_and_of_so_many_before_it():
    assert highs(np.array([5.0, 3.0, 4.0, 2.0, 1.0]), 2).tolist() == [5.0, 5.0, 5.0, 4.0, 4.0]


def test_a_fall_of_just_a_fifth_is_a_breach_whatever_the_rounding():
    assert breaches(np.array([1.0, 0.8, 0.81]), RULES).tolist() == [False, True, False]


def test_an_episode_opens_at_the_last_peak_before_it_and_ends_its_days_after_the_last_breach():
    #                              0    1    2    3    4    5    6    7    8    9   10   11
    (one,) = episodes_of(series(10, 12, 12, 11, 9.0, 9.5, 9.0, 9.0, 9.1, 9.0, 9.0, 9.0), RULES, [], 2)
    # day 4 is a quarter below the high of days 1 to 4, day 5 a fifth and a bit below that of 2 to 5; day 6 is .18 below
    # that of 3 to 6
    assert (one.name, one.peak, one.first, one.last, one.trough, one.end) == ("2020-01", 2, 4, 7, 4, 9)
    assert (one.shut_until, one.is_cut) == (-1, False)


def test_breaches_within_the_days_of_a_window_make_it_longer_and_the_next_begins_where_it_ended():
    prices = [10, 7, 7, 7, 7, 7, 10, 7, 7, 7, 7, 7, 7]
    one, two = episodes_of(series(*prices), RULES, [], 1)
    # breaches on days 1 to 3, and on days 7 to 9
    assert [(one.first, one.last), (two.first, two.last)] == [(1, 5), (7, 11)]
    assert (two.peak, two.shut_until, two.end, two.is_cut) == (6, 5, 12, False)


def test_data_that_end_too_early_cut_an_episode():
    (one,) = episodes_of(series(10, 10, 7), RULES, [], 5)
    assert (one.last, one.end, one.is_cut) == (2, 2, True)


def test_a_key_turned_on_outside_of_every_window_makes_an_episode_of_its_own():
    calm = series(*[10.0] * 9)
    (one,) = episodes_of(calm, RULES, [Spell(3, 5, 8, True)], 0)
    assert (one.first, one.last) == (3, 7)
    assert episodes_of(calm, RULES, [], 0) == ()


def test_episodes_are_those_that_begin_on_chosen_days_and_know_what_came_before():
    prices = series(10, 7, 7, 7, 7, 7, 10, 7, 7, 7, 7, 7, 7)
    (two,) = episodes_of(prices, RULES, [], 1, slice(5, None))
    assert (two.first, two.shut_until) == (7, 5)
