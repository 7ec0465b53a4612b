"""The answer as a table: a row a side of each number, each value under its name."""

from types import SimpleNamespace

from backstop.answers.estimators import Estimate
from backstop.answers.sensitivity.sensitivity import Moved
from backstop.answers.sensitivity.table import moved_table


def test_each_side_of_a_number_is_a_row_of_what_it_was_and_came_to():
    effect = Estimate(-0.5, -0.6, -0.4, "")
    low = Moved("pool.size", 12, "ours", "low", 2.0, 1.0, False, Estimate(0.5, 0.4, 0.6, ""), effect, True, True)
    answer = SimpleNamespace(headline=SimpleNamespace(unit="frac"), ranked=lambda: [(low, low._replace(side="high"))])
    first, second = moved_table(answer).to_pylist()
    assert first == {
        "key": "pool.size", "line": 12, "tag": "ours", "side": "low", "config_value": 2.0, "value": 1.0,
        "is_stated": False, "estimate": 0.5, "lower": 0.4, "upper": 0.6, "effect": -0.5, "effect_lower": -0.6,
        "effect_upper": -0.4, "turns": True, "is_sure": True}
    assert second == first | {"side": "high"}
