"""Tables that fit: no number is cut or broken, whatever the width."""

import io

import pytest
from rich import box
from rich.cells import cell_len
from rich.table import Table

from backstop.report.fitting import Screen

INTERVALS = [f"{n}0.0 %\n{n}8.1..{n}00.0" for n in range(1, 9)]


def table(n_columns=8, **how):
    made = Table(title="what it is", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), **how)
    made.add_column("market", justify="left")
    for n in range(n_columns):
        made.add_column(f"share of column {n}", justify="right", overflow="fold")
    made.add_row("a name of words", *INTERVALS[:n_columns])
    return made


def printed(made, width):
    out = io.StringIO()
    Screen(file=out, width=width).print(made)
    return out.getvalue()


@pytest.mark.parametrize("width", [24, 30, 47, 80, 119])
@pytest.mark.parametrize("show_edge", [True, False])
def test_no_interval_is_broken_and_no_line_is_too_long(width, show_edge):
    out = printed(table(show_edge=show_edge), width)
    for cell in INTERVALS:
        assert all(part in out for part in cell.split("\n"))
    assert max(map(cell_len, out.splitlines())) <= width


def test_a_table_that_fits_is_printed_as_it_is():
    wide = printed(table(), 200)
    assert wide.count("market") == 1
    # the widest line is what the table takes; so wide it still stands in one piece
    assert printed(table(), max(len(line.rstrip()) for line in wide.splitlines()) + 2).count("market") == 1


def test_each_piece_names_its_rows_and_the_title_stands_once():
    out = printed(table(), 50)
    assert out.count("market") > 1
    assert out.count("what it is") == 1
    assert out.count("market") == out.count("a name")


def test_two_columns_of_words_name_rows_where_they_leave_half_of_the_width():
    made = Table(box=None)
    for head in ("design", "episode"):
        made.add_column(head, justify="left", no_wrap=True)
    for n in range(6):
        made.add_column(f"n{n}", justify="right")
    made.add_row("own", "2015-06", *["123,456.7"] * 6)
    assert printed(made, 50).count("2015-06") == printed(made, 50).count("own") == 2
    assert printed(made, 24).count("own") == 7
    assert printed(made, 24).count("2015-06") == 1


def test_a_column_whose_head_may_not_break_is_as_wide_as_its_head():
    made = Table(box=None)
    made.add_column("what", justify="left")
    for n in range(4):
        made.add_column(f"a long head {n}", justify="right", no_wrap=True)
    made.add_row("x", *"1234")
    assert all(f"a long head {n}" in printed(made, 40) for n in range(4))


def test_what_is_no_table_is_printed_as_ever():
    assert printed("so many words", 8).split() == ["so", "many", "words"]
