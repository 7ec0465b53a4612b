import math

import numpy as np
import pytest

from backstop.answers.resampling import MOST_BATCHES, batch_sums, bootstrap


def test_batches_hold_every_path_once():
    x = np.arange(1234.0)
    assert batch_sums(x, None).sum() == x.sum()
    assert batch_sums(x, None).shape == (MOST_BATCHES,)
    assert batch_sums(np.ones((2, 3)), None).tolist() == [[1.0] * 3] * 2


def test_no_batch_parts_a_group():
    assert batch_sums(np.arange(7.0), np.array([0, 0, 1, 1, 1, 2, 2])).tolist() == [1.0, 9.0, 11.0]
    assert batch_sums(np.ones(600), np.arange(600) // 2).tolist().count(2.0) == 100


def test_the_interval_of_a_mean_is_that_of_the_central_limit_theorem():
    x = np.random.default_rng(2).normal(size=(1, 10_000)) + 3.0
    found = bootstrap(x, None, lambda totals: totals[0] / 10_000)
    assert found.value == pytest.approx(x.mean())
    half = 1.96 * x.std() / math.sqrt(x.size)
    assert found.upper - found.lower == pytest.approx(2.0 * half, rel=0.15)
