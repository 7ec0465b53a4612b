"""Arms side by side, within the width there is."""

from types import SimpleNamespace

import pytest

from backstop.answers.summary import Row
from backstop.report.language.catalogue import texts_in
from backstop.report.screen.arms import table
from backstop.report.screen.told import Told

ARMS = ("fund", "half-of-the-pool", "twice")


def share(arm, estimate):
    return Row(arm, None, "window_sales_averted_share", "frac", "ratio", estimate, estimate / 2, estimate * 2, "none",
               "facility", None, None, None, None, 400, None, None, None, None, None)


def told(*arms):
    names = SimpleNamespace(arms=["none", *arms])
    terms = SimpleNamespace(names=names, counterfactual_names=lambda: dict.fromkeys(names.arms, "none"))
    rows = [share(arm, 0.1 * (n + 1)) for n, arm in enumerate(arms)]
    return Told("a", "runs/a", "a.toml", rows, SimpleNamespace(terms=terms), {}, texts_in("en"))


def width_of(lines):
    return max(map(len, lines))


def test_every_cell_stands_flush_right_below_the_name_of_its_arm():
    lines = table(told(*ARMS), 200, ())
    assert len({len(line) for line in lines}) == 1
    ends = [lines[0].index(arm) + len(arm) for arm in ARMS]
    row = lines[-1]
    assert all(row[end - 1] == ")" for end in ends)
    assert all(row[end : end + 2] == "  " for end in ends[:-1])


def test_intervals_go_before_arms_do_and_the_last_arms_go_first():
    wide = width_of(table(told(*ARMS), 200, ()))
    assert table(told(*ARMS), wide, ()) == table(told(*ARMS), 200, ())
    narrower = table(told(*ARMS), wide - 1, ())
    assert all("(" not in line for line in narrower[1:])
    assert all(arm in narrower[0] for arm in ARMS)
    fewer = table(told(*ARMS), width_of(narrower) - 1, ())
    assert ("half-of-the-pool" in fewer[0], "twice" in fewer[0]) == (True, False)
    assert "twice" in fewer[-1]


@pytest.mark.parametrize("width", [10, 40])
def test_one_arm_is_shown_in_any_width(width):
    lines = table(told(*ARMS), width, ())
    assert "fund" in lines[0]
    assert "half-of-the-pool" not in lines[0]
    assert lines[-1].endswith("10.0 % (5.0..20.0)")
