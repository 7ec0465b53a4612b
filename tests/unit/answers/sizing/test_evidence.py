"""What a run with a pool without an end tells of sizes."""

from types import SimpleNamespace

import numpy as np
import pytest

from backstop.answers.sizing.evidence import _of_unlimited
from backstop.errors import BeyondMoney


def uses(is_dry=False):
    return SimpleNamespace(is_dry=np.array([[is_dry, False, False]]), paths=None, is_in_crisis=lambda crisis: crisis,
                           columns={"pool_peak_use": np.array([[0.0, 5.0, 8.0]])})


def test_a_use_has_room_for_rounding_and_none_stays_none():
    found = _of_unlimited(uses(), "crisis", 0.25, ())
    np.testing.assert_array_equal(found.use, [0.0, 5.25, 8.25])


def test_a_pool_without_an_end_that_runs_dry_is_beyond_what_can_be_counted():
    with pytest.raises(BeyondMoney, match="is too small"):
        _of_unlimited(uses(is_dry=True), "crisis", 0.25, ())
