"""What is odd about prices: said, or refused with row, day and remedy, unless it is meant."""

import numpy as np
import pytest

from backstop.errors import DataError
from backstop.market.data import PriceSeries
from backstop.market.examination import (
    ENOUGH_ROWS,
    EVERYTHING,
    _likeness,
    _Sample,
    _still,
    examine,
    examine_all,
    examine_together,
)

N = 1000
WORKDAYS = np.busday_offset("2010-01-04", np.arange(N))
MOVES = 0.01 * np.random.default_rng(5).standard_t(6, N)


def series_of(prices, days=WORKDAYS, name="a"):
    prices = np.asarray(prices, dtype=np.float64)
    return PriceSeries(name, np.asarray(days, dtype="datetime64[D]")[:len(prices)], prices, "test", "",
                       np.arange(2, len(prices) + 2), "line", "a.csv")


def prices_of(moves=MOVES):
    return 100.0 * np.exp(np.cumsum(moves))


def changed(row, value):
    moves = MOVES.copy()
    moves[row] = value
    return moves


def refusal(series, kind):
    with pytest.raises(DataError) as caught:
        examine(series)
    said = str(caught.value)
    assert f'accept = ["{kind}"]' in said
    assert f"--accept {kind}" in said
    assert examine(series, [kind])
    return said


def test_plain_daily_prices_have_nothing_to_be_said_of():
    assert examine(series_of(prices_of())) == ()


@pytest.mark.parametrize(("step", "word"), [(7, "weekly"), (30, "monthly"), (91, "quarterly")])
def test_rows_further_apart_than_days_are_refused(step, word):
    days = np.datetime64("1960-01-01") + step * np.arange(300)
    assert f"rows are {step} days apart, {word}" in refusal(series_of(prices_of()[:300], days), "spacing")


def test_a_gap_is_refused_with_both_its_ends():
    days = np.concatenate([WORKDAYS[:500], WORKDAYS[500:] + 1826])
    said = refusal(series_of(prices_of(), days), "gap")
    assert f"between line 501 ({days[499]}) and line 502 ({days[500]})" in said
    assert "no price for 1,8" in said


def test_a_gap_of_three_weeks_is_said():
    days = np.concatenate([WORKDAYS[:500], WORKDAYS[500:] + 21])
    assert "no price for 2" in examine(series_of(prices_of(), days))[0]


def test_a_run_of_equal_prices_is_said_with_its_days():
    moves = MOVES.copy()
    moves[301:360] = 0.0
    (said,) = examine(series_of(prices_of(moves)))
    assert "60 equal prices" in said
    assert f"line 302 ({WORKDAYS[300]}) to line 361 ({WORKDAYS[359]})" in said


def test_a_series_that_ends_stale_is_said():
    moves = MOVES.copy()
    moves[-50:] = 0.0
    assert "ends stale" in examine(series_of(prices_of(moves)))[0]


@pytest.mark.parametrize("factor", [3.0, 1.5, 0.6, 0.01])
def test_a_slip_in_one_price_is_refused_by_its_row(factor):
    prices = prices_of()
    prices[400] *= factor
    said = refusal(series_of(prices), "jump")
    assert f"line 402 ({WORKDAYS[400]})" in said
    assert "the next row is back" in said


@pytest.mark.parametrize("factor", [0.5, 0.1, 2.0, 100.0])
def test_a_split_or_another_unit_is_refused_by_its_row(factor):
    prices = prices_of()
    prices[400:] *= factor
    said = refusal(series_of(prices), "jump")
    assert f"line 402 ({WORKDAYS[400]})" in said
    assert "like a split or another unit" in said


def test_a_crash_is_said_and_not_refused():
    (said,) = examine(series_of(prices_of(changed(400, np.log(1 - 0.22)))))
    assert f"line 402 ({WORKDAYS[400]})" in said
    assert "check it" in said


def test_large_moves_of_a_lively_market_are_not_odd():
    assert examine(series_of(prices_of(10.0 * MOVES))) == ()


def every_day(n):
    return np.datetime64("2015-01-01") + np.arange(n)


def test_weekends_carried_forward_are_refused():
    days = every_day(N)
    is_weekend = (days.astype(np.int64) + 3) % 7 >= 5
    assert "Saturdays and Sundays" in refusal(series_of(prices_of(np.where(is_weekend, 0.0, MOVES)), days), "weekend")


def test_a_market_of_365_days_is_said():
    (said,) = examine(series_of(prices_of(), every_day(N)))
    assert "365 rows a year" in said


def test_prices_from_sunday_to_thursday_are_said():
    (said,) = examine(series_of(prices_of(), WORKDAYS - 1))
    assert "days are one early" in said


def test_an_accrual_and_the_rounding_of_one_are_refused():
    rate = 8e-5 + 2e-5 * np.sin(np.arange(N) / 200)
    assert "an accrual" in refusal(series_of(prices_of(rate)), "steady")
    steps = np.random.default_rng(6).integers(-1, 2, N)
    assert "rounding of its last digit" in refusal(series_of(1.0 + 1e-4 * np.cumsum(steps)), "steady")


@pytest.mark.parametrize(("largest", "is_refused"), [(4, True), (5, False)])
def test_prices_that_stay_or_move_by_four_sizes_alone_are_rounded(largest, is_refused):
    steps = np.random.default_rng(7).integers(-largest, largest + 1, N)
    said = " ".join(finding.text for finding in _still(_Sample(series_of(2.0 + 1e-4 * np.cumsum(steps)), slice(None))))
    assert ("rounding of its last digit" in said) == is_refused


def test_logs_of_prices_are_said():
    (said,) = examine(series_of(np.log(3000.0) + np.cumsum(MOVES)))
    assert "if these are logs of prices" in said


def test_a_day_to_come_is_said():
    assert "still to come" in examine(series_of(prices_of(), WORKDAYS + 7 * 4200))[0]


def test_all_that_is_refused_is_said_at_once():
    prices = prices_of()
    prices[400:] *= 0.5
    days = np.concatenate([WORKDAYS[:700], WORKDAYS[700:] + 400])
    with pytest.raises(DataError) as caught:
        examine(series_of(prices, days))
    assert len(str(caught.value).split("\n")) == 2
    assert len(examine(series_of(prices, days), EVERYTHING)) == 2


def test_all_series_are_examined_before_any_is_refused():
    prices = prices_of()
    prices[400:] *= 0.5
    halves = [series_of(prices, name=name) for name in "ab"]
    with pytest.raises(DataError) as caught:
        examine_all((one, (), slice(None)) for one in halves)
    assert [line[:1] for line in str(caught.value).split("\n")] == ["a", "b"]
    assert len(examine_all((one, ("jump",), slice(None)) for one in halves)) == 2


def test_only_the_rows_that_are_used_are_examined():
    prices = prices_of()
    prices[100:] *= 0.5
    assert examine(series_of(prices), rows=slice(200, None)) == ()


def test_builtin_prices_are_said_and_never_refused():
    prices = prices_of()
    prices[400:] *= 0.5
    examine(PriceSeries("wti", np.asarray(WORKDAYS, dtype="datetime64[D]"), prices, "test", ""))


def test_two_series_that_move_as_one_are_named():
    a, b = series_of(prices_of(), name="index"), series_of(0.01 * prices_of(), name="etf")
    (said,) = examine_together([a, b])
    assert said.startswith("index, etf: they move as one")


def test_days_that_are_shifted_are_told_by_the_correlation_of_the_day_before():
    a, b = series_of(prices_of(), name="x"), series_of(prices_of(0.9 * MOVES + 0.003), WORKDAYS, name="y")
    late = series_of(b.prices, np.busday_offset(WORKDAYS, 1), "y")
    (said,) = examine_together([a, late])
    assert "with y a day later" in said


def test_series_that_share_few_days_are_not_compared():
    days = WORKDAYS[:ENOUGH_ROWS - 1]
    few = series_of(prices_of()[:len(days)], days, "few")
    assert _likeness(few, series_of(prices_of(), name="other")) == (0.0, 0.0, 0.0)
