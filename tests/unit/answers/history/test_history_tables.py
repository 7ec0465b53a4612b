"""A history as tables: the line of an episode."""

import datetime

from backstop.answers.estimators import Estimate
from backstop.answers.history.answer import OWN
from backstop.answers.history.figures import FIGURES
from backstop.answers.history.rows import KEY_DAYS, EpisodeRow, When
from backstop.answers.history.tables import _figures, _flat

PEAK, BEGINS, TROUGH, LAST, END = (datetime.date(2015, 6, day) for day in (12, 15, 26, 29, 30))
BREACH = When(datetime.date(2015, 6, 18), datetime.date(2015, 6, 17), datetime.date(2015, 6, 19), 0.1)
ROW = EpisodeRow(
    OWN, "pool", "2015-06", PEAK, BEGINS, TROUGH, LAST, END, False, 0.3, breach=BREACH, decision=BREACH, cash=None,
    exit=None, days_to_trough=6, eligible_nav=2e9, pool_size=1e9, figures={"paid": Estimate(3e8, 2e8, 4e8, "few")},
    layers={}, money_by_fund={}, authorities=(), notes=("one", "two"))


def test_an_episode_is_a_line_with_a_date_for_each_day_of_its_key_and_none_where_it_has_not_come():
    line = _flat(ROW)
    assert [line[name] for name in ("peak", "begins", "trough", "last", "end")] == [PEAK, BEGINS, TROUGH, LAST, END]
    assert {name: line[name] for name in line if name.startswith("breach")} == {
        "breach": BREACH.date, "breach_earliest": BREACH.earliest, "breach_latest": BREACH.latest,
        "breach_drawdown": 0.1}
    assert all(line[name] is None for name in line if name.split("_")[0] in ("cash", "exit"))
    assert set(KEY_DAYS) <= set(line)


def test_it_has_every_figure_what_is_still_to_fall_and_its_notes():
    line = _flat(ROW)
    assert {figure.name: line[figure.name] for figure in FIGURES} == {
        figure.name: 3e8 if figure.name == "paid" else None for figure in FIGURES}
    # of 1, .9 is left at the decision and .7 at the trough
    assert line["still_to_fall"] == 1.0 - 0.7 / 0.9
    assert line["notes"] == "one; two"


def test_a_figure_has_a_line_with_its_unit_and_interval():
    (line,) = _figures(ROW)
    assert (line["figure"], line["unit"], line["estimate"], line["lower"], line["upper"], line["note"]) == (
        "paid", "currency", 3e8, 2e8, 4e8, "few")
