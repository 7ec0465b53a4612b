"""What a layer bears, and how often all of it."""

import numpy as np
import pytest

from backstop.answers.estimators import Estimate
from backstop.answers.samples import Sample
from backstop.answers.sizing.costs import _layer

YEARS = 2.0
LOST = Sample(np.array([0.0, 2.0, 10.0, 10.0]) / YEARS, np.ones(4))
NOTHING = Estimate(0.0, None, None)


def test_a_layer_is_exhausted_on_the_paths_that_lose_all_of_it_over_all_years():
    found = _layer("first", (5.0, 15.0), LOST, YEARS, NOTHING)
    assert (found.attachment, found.exhaustion) == (5.0, 15.0)
    assert (found.attached.value, found.exhausted.value) == (0.75, 0.5)
    assert found.loss_a_year.value == pytest.approx(22.0 / 4.0 / YEARS)


def test_a_layer_of_nothing_is_never_exhausted():
    assert _layer("empty", (5.0, 5.0), Sample(np.zeros(4), np.ones(4)), YEARS, NOTHING).exhausted.value == 0.0
