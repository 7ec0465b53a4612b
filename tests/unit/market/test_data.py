"""Series: joining, returns, windows and histories."""

import datetime

import numpy as np
import pytest

from backstop.errors import DataError
from backstop.market.data import PriceSeries, history, join, load_prices, log_returns, window


def series_of(name, days, prices):
    dates = np.array(days, dtype="datetime64[D]")
    return PriceSeries(name, dates, np.array(prices, dtype=np.float64), "test", "")


FOUR = ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06"]


def test_log_returns_carry_the_later_date():
    returns = log_returns(series_of("a", FOUR, [1.0, 2.0, 4.0, 2.0]))
    np.testing.assert_allclose(returns.values, np.log([2.0, 2.0, 0.5]))
    assert [str(day) for day in returns.dates] == FOUR[1:]


def test_join_keeps_common_days_and_reports_what_each_lacks():
    a = series_of("a", FOUR, [1, 2, 3, 4])
    b = series_of("b", [FOUR[0], FOUR[2], FOUR[3], "2020-01-07"], [10, 30, 40, 50])
    joined = join([a, b])
    assert [str(day) for day in joined.series[0].dates] == [FOUR[0], FOUR[2], FOUR[3]]
    np.testing.assert_array_equal(joined.series[0].prices, [1, 3, 4])
    np.testing.assert_array_equal(joined.series[1].prices, [10, 30, 40])
    assert [gap.n_missing for gap in joined.gaps] == [0, 1]
    assert joined.gaps[1].first_missing == (datetime.date(2020, 1, 2),)


def test_join_refuses_series_without_common_days():
    with pytest.raises(DataError, match="0 days in common"):
        join([series_of("a", FOUR, [1, 2, 3, 4]), series_of("b", ["2021-01-01", "2021-01-02"], [1, 2])])


def test_join_refuses_two_series_of_one_name():
    with pytest.raises(DataError, match="same name"):
        join([series_of("a", FOUR, [1, 2, 3, 4]), series_of("a", FOUR, [1, 2, 3, 4])])


@pytest.mark.parametrize("kind", [str, datetime.date.fromisoformat, np.datetime64])
def test_window_starts_from_the_close_before_its_first_day(kind):
    csi = load_prices("builtin:csi300")
    crash = window(csi, kind("2015-06-15"), kind("2015-08-26"))
    assert str(crash.dates[0]) == "2015-06-15"
    close = dict(zip(csi.dates.astype(str), csi.prices, strict=True))
    assert crash.values.sum() == pytest.approx(np.log(close["2015-08-26"] / close["2015-06-12"]))


@pytest.mark.parametrize(("first", "last", "says"), [
    ("2019-12-01", "2020-01-03", "reaches beyond"), ("2020-01-01", "2020-01-03", "stay within 2020-01-02"),
    ("2020-01-02", "2020-02-03", "reaches beyond"), ("2020-01-04", "2020-01-05", "no trading day"),
    ("2020-01-03", "2020-01-02", "no trading day"), ("soon", "2020-01-02", "'soon' is not a date"),
])
def test_windows_beyond_the_data_are_refused(first, last, says):
    with pytest.raises(DataError, match=says):
        window(series_of("a", FOUR, [1, 2, 3, 4]), first, last)


def test_history_ends_the_day_before_and_gives_what_there_is():
    a = series_of("a", FOUR, [1, 2, 3, 4])
    np.testing.assert_array_equal(history(a, "2020-01-06", 2).prices, [2, 3])
    np.testing.assert_array_equal(history(a, "2020-01-05", 99).prices, [1, 2, 3])
    with pytest.raises(DataError, match="give a day after"):
        history(a, "2020-01-01", 2)


def test_series_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        load_prices("builtin:csi300").prices[0] = 1.0
