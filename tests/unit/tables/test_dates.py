"""Days as people write them: one reading, or none."""

import datetime

import polars as pl
import pytest

from backstop.tables.dates import read_days

DAYS = [datetime.date(2019, 1, 2) + datetime.timedelta(days=n) for n in range(40)]
WORKDAYS = [day for day in DAYS if day.weekday() < 5]


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y",
                                  "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%Y年%m月%d日", "%Y-%m-%d 15:00:00",
                                  "%Y-%m-%dT23:30:00-05:00", "%Y-%m-%d 00:00:00+08:00", "%d/%m/%Y 09:30"])
def test_a_column_of_one_form_is_read(form):
    assert read_days(pl.Series([day.strftime(form) for day in DAYS])).days.to_list() == DAYS


def test_counts_of_days_of_excel_are_read_where_weekends_tell_from_when():
    counts = [(day - datetime.date(1899, 12, 30)).days for day in WORKDAYS]
    assert read_days(pl.Series(counts)).days.to_list() == WORKDAYS
    assert read_days(pl.Series([str(count) for count in counts])).days.to_list() == WORKDAYS
    every = read_days(pl.Series([(day - datetime.date(1899, 12, 30)).days for day in DAYS]))
    assert every.days.null_count() == len(DAYS)
    assert "1900 or 1904" in every.problem


def test_of_two_forms_in_one_column_one_is_left_out():
    found = read_days(pl.Series(["2019-01-02", "2019-01-03", "2019/01/04", "2019/01/05"]))
    assert found.days.to_list() == [*DAYS[:2], None, None]
    assert (found.form, found.problem) == ("2019-01-02", None)


def test_counts_of_seconds_are_no_days():
    assert read_days(pl.Series([1_546_387_200 + 86_400 * n for n in range(9)])).days.null_count() == 9


def test_whole_numbers_may_be_compact_dates():
    assert read_days(pl.Series([20190102, 20190103])).days.to_list() == DAYS[:2]
    assert read_days(pl.Series([20190102.0, None])).days.to_list() == [DAYS[0], None]


@pytest.mark.parametrize("cell", ["2019-01-02 25:99:99zz", "2019-13-01", "02/01/19", "9000-01-01", "x2019-01-02", ""])
def test_what_is_no_day_is_none(cell):
    assert read_days(pl.Series([cell, cell])).days.null_count() == 2
