"""The table of numbers by what they do to a headline."""

from types import SimpleNamespace

from backstop.answers.estimators import Estimate
from backstop.report.sensitivity import _table


def test_numbers_have_their_place_from_the_first_their_names_to_the_left_and_figures_to_the_right():
    def sides(key, effect):
        return [SimpleNamespace(key=key, line=7, side=side, config_value=0.1, value=value,
                                effect=Estimate(sign * effect, None, None, ""))
                for side, value, sign in (("low", 0.05, -1), ("high", 0.2, 1))]

    headline = SimpleNamespace(metric="injected", unit="frac")
    table = _table(SimpleNamespace(ranked=lambda: [sides("a", 0.5), sides("b", 0.25)], headline=headline))
    assert [column.justify for column in table.columns] == ["right", "left", *["right"] * 5]
    cells = [list(column.cells) for column in table.columns]
    assert cells[:3] == [["1", "2"], ["a (line 7)", "b (line 7)"], ["0.1"] * 2]
    assert cells[3:5] == [["0.05"] * 2, ["-50.0 %\n", "-25.0 %\n"]]
