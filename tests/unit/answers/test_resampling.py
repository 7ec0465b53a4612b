import math

import numpy as np
import pytest

from backstop.answers.resampling import MOST_BATCHES, batch_sums, bootstrap


def test_batches_hold_every_path_once():
    x = np.arange(1234.0)
    assert batch_sums(x).sum() == x.sum()
    assert batch_sums(x).shape == (MOST_BATCHES,)
    assert batch_sums(np.ones((2, 3))).tolist() == [[1.0] * 3] * 2


def test_the_interval_of_a_mean_is_that_of_the_central_limit_theorem():
    x = np.random.default_rng(2).normal(size=(1, 10_000)) + 3.0
    found = bootstrap(x, lambda totals: totals[0] / 10_000)
    assert found.value == pytest.approx(x.mean())
    half = 1.96 * x.std() / math.sqrt(x.size)
    assert found.upper - found.lower == pytest.approx(2.0 * half, rel=0.15)
