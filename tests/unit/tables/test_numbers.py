"""Numbers as people write them: one reading, or none."""

import polars as pl
import pytest

from backstop.tables.numbers import read_numbers


@pytest.mark.parametrize(("cells", "values"), [
    (["1,216.86", "999.5"], [1216.86, 999.5]),
    (["1.216,86", "999,5"], [1216.86, 999.5]),
    (["1 216,86", "999,5"], [1216.86, 999.5]),
    (["1'216.86", "1216.5"], [None, 1216.5]),
    (["99.215", "98.878"], [99.215, 98.878]),
    (["$1,000.5", "2"], [1000.5, 2.0]),
    (["\uff11\uff12.\uff15", "\u22123"], [12.5, -3.0]),
    (["1e3", "2.5E-2"], [1000.0, 0.025]),
    (["1,2,3", "5.5"], [None, 5.5]),
    (["1_000", "5"], [None, 5.0]),
    (["0,123.5", "5.5"], [None, 5.5]),
])
def test_the_decimal_mark_is_the_one_that_all_cells_share(cells, values):
    assert read_numbers(pl.Series(cells)).values.to_list() == values


def test_a_comma_that_may_be_either_is_refused():
    found = read_numbers(pl.Series(["1,234", "2,345"]))
    assert found.values.null_count() == 2
    assert "decimal comma or a comma between thousands" in found.problem


def test_another_column_tells_the_mark():
    cells = pl.Series(["1,234", "2,345"])
    assert read_numbers(cells, [pl.Series(["12.5", "13.5"])]).values.to_list() == [1234.0, 2345.0]
    assert read_numbers(cells, [pl.Series(["12,5", "13,5"])]).values.to_list() == [1.234, 2.345]


def test_per_cent_is_told_and_a_stray_sign_is_no_number():
    assert read_numbers(pl.Series(["64.77%", "16 %"])).is_percent
    assert read_numbers(pl.Series(["64.77%", "16"])).values.to_list() == [None, 16.0]
