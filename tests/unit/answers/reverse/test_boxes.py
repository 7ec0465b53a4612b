"""Boxes against one that was planted, and what is said of bounds that mean nothing."""

from itertools import pairwise

import numpy as np
import pytest

from backstop.answers.reverse.boxes import failure_box
from backstop.answers.reverse.prim import Box, best_box, inside, peeled

N = 2000


def planted(seed, chance_in=0.9, chance_out=0.03):
    """Failure in x0 > 0.7 and x2 < 0.4, features 1 and 3 mean nothing."""
    rng = np.random.default_rng(seed)
    x = rng.random((N, 4))
    truth = (x[:, 0] > 0.7) & (x[:, 2] < 0.4)
    return x, truth, rng.random(N) < np.where(truth, chance_in, chance_out)


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_box_is_found(seed):
    x, truth, fails = planted(seed)
    box, _ = best_box(x, fails, np.ones(N))
    found = inside(x, box.low, box.high)
    assert (found & truth).sum() / found.sum() > 0.95
    assert (found & truth).sum() / truth.sum() > 0.95
    assert set(box.restricted) == {0, 2}


def test_bounds_that_matter_return_in_halves_and_have_a_small_quasi_p():
    x, _, fails = planted(1)
    found = failure_box("abcd", x, fails, np.ones(N))
    by_name = {bound.feature: bound for bound in found.bounds}
    assert by_name["a"].low == pytest.approx(0.7, abs=0.05)
    assert by_name["a"].high is None
    assert by_name["c"].high == pytest.approx(0.4, abs=0.05)
    for name in "ac":
        assert by_name[name].quasi_p < 1e-6
        assert by_name[name].returns == 1.0
    for name in set("bd") & set(by_name):
        assert by_name[name].quasi_p > 1e-3
    assert found.overlap > 0.7


def test_where_failure_is_anywhere_half_samples_disagree():
    rng = np.random.default_rng(3)
    x, fails = rng.random((600, 4)), rng.random(600) < 0.2
    found = failure_box("abcd", x, fails, np.ones(600))
    assert found.overlap < 0.7 or found.mass > 0.9


def test_the_trajectory_gives_coverage_for_density():
    x, _, fails = planted(2)
    boxes = peeled(x, fails, np.ones(N))
    assert (boxes[0].coverage, boxes[0].mass) == (1.0, 1.0)
    assert boxes[0].density == pytest.approx(fails.mean())
    assert all(later.mass < before.mass for before, later in pairwise(boxes))
    assert boxes[-1].density > 0.85


def test_a_weight_counts_as_so_many_paths():
    x, _, fails = planted(4)
    weight = np.where(np.arange(N) < N // 2, 2.0, 1.0)
    twice = np.r_[np.arange(N // 2), np.arange(N)]
    box, _ = best_box(x, fails, weight)
    chosen = inside(x[twice], box.low, box.high)
    assert box.density == pytest.approx(fails[twice][chosen].mean())
    assert box.mass == pytest.approx(chosen.mean())


@pytest.mark.parametrize(("coverage", "density", "mean"), [(0.0, 0.0, 0.0), (0.5, 1.0, 2.0 / 3.0), (1.0, 0.0, 0.0)])
def test_a_box_is_as_good_as_the_harmonic_mean_of_its_coverage_and_density(coverage, density, mean):
    assert Box(np.zeros(1), np.ones(1), coverage, density, 0.1).harmonic == pytest.approx(mean)
