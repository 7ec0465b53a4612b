"""What controls explain of a figure."""

import numpy as np
import pytest

from bench.controls import Gain, explained, table


def test_a_control_explains_what_a_regression_on_it_takes_away():
    rng = np.random.default_rng(1)
    control, rest = rng.standard_normal((2, 100_000))
    assert explained(3.0 * control + rest, control[None]) == pytest.approx(0.9, abs=0.005)
    assert explained(rest, control[None]) == pytest.approx(0.0, abs=0.001)


def test_each_figure_is_a_line():
    lines = table(iter([Gain("relief", 0.128, 0.176, 0.17)])).splitlines()
    assert lines[2] == "| relief | 13% | 18% | +0.17 |"
