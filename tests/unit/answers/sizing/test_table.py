"""The table of curves: a chance given a crisis is worst within what the crisis itself may be off by."""

from types import SimpleNamespace

import pytest

from backstop.answers.sizing.curves import Point
from backstop.answers.sizing.robust import LADDER, worst
from backstop.answers.sizing.table import curves_table

CRISIS = 0.05


def test_only_a_chance_given_a_crisis_is_worst_beside_the_chance_of_that_crisis():
    points = (Point(1e9, 0.2, 0.1, 0.3),)
    curves = [SimpleNamespace(given=given, model=None, points=points) for given in ("path", "crisis")]
    table = curves_table(SimpleNamespace(curves=curves, crisis_chance=SimpleNamespace(lower=CRISIS)))
    path, crisis = table.to_pylist()
    for k in LADDER:
        assert path[f"worst_{k:g}"] == pytest.approx(worst(0.3, k))
        assert crisis[f"worst_{k:g}"] == pytest.approx(worst(0.3, k, CRISIS))
    assert any(path[f"worst_{k:g}"] != pytest.approx(crisis[f"worst_{k:g}"]) for k in LADDER)
