"""The frontier: what beats what, and that its probabilities are what repetition says."""

import numpy as np
import pytest

from backstop.answers.sweeping.batches import Batches
from backstop.answers.sweeping.frontier import on_frontier, zones
from backstop.answers.sweeping.halving import rounds
from backstop.answers.sweeping.judging import Asked, Judge
from backstop.answers.sweeping.objectives import Limit, Quantity

NONE = np.zeros(2)


def test_what_is_worse_in_all_is_beaten():
    values = np.array([[1.0, 4.0], [2.0, 2.0], [3.0, 3.0], [4.0, 1.0]])
    assert on_frontier(values, NONE).tolist() == [True, True, False, True]


def test_by_less_than_the_zone_none_is_better():
    values = np.array([[2.0, 2.0], [2.05, 2.05], [2.2, 2.0]])
    assert on_frontier(values, np.array([0.1, 0.1])).tolist() == [True, True, False]


def test_twins_are_both_on_it_and_what_is_not_known_is_not():
    values = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, np.nan]])
    assert on_frontier(values, NONE).tolist() == [True, True, False]


@pytest.mark.parametrize("seed", range(20))
def test_the_quick_way_is_that_of_all_pairs(seed):
    rng = np.random.default_rng(seed)
    values, zone = rng.integers(0, 12, (60, 3)).astype(float), np.array([0.0, 1.0, 2.0])
    plain = [not any((other <= own).all() and (other < own - zone).any() for other in values) for own in values]
    assert on_frontier(values, zone).tolist() == plain


def test_a_zone_that_is_not_stated_is_a_hundredth_of_the_spread():
    values = np.linspace(0.0, 100.0, 101)[:, None]
    assert zones(values, [None]) == pytest.approx([0.9])
    assert zones(values, [7.0]) == pytest.approx([7.0])


def judge(n_batches, limits=(), model=None):
    metrics = (Quantity("good", "currency", False, True), Quantity("cost", "currency", False, False),
               Quantity("dry", "bool", False, False))
    models = np.zeros(n_batches, dtype=np.int64) if model is None else model
    batches = Batches(np.arange(n_batches), models, np.ones(n_batches), np.ones(n_batches))
    return Judge(Asked(metrics, metrics[:2], tuple(limits), (0.0, 0.0)), batches)


def sums(good, cost, dry):
    """(D, 3, 2, B) of values by design and batch."""
    values = np.stack([good, cost, dry], axis=1)
    return np.stack([values, np.ones_like(values)], axis=2)


def test_chances_are_calibrated():
    # two designs of one cost: the better is on the frontier alone; truth is drawn around what is seen
    said, was = [], []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        truth = rng.normal(0.0, 0.3)
        good = np.stack([np.zeros(50), truth + rng.normal(size=50)])
        chance = judge(50).judge(sums(good, np.ones((2, 50)), np.zeros((2, 50))), NONE).chance[1]
        said.append(chance)
        was.append(truth > 0.0)
    said, was = np.array(said), np.array(was)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        chosen = (said >= low) & (said <= high)
        assert abs(said[chosen].mean() - was[chosen].mean()) < 0.25


def test_a_limit_must_be_kept_in_every_model():
    model = np.repeat([0, 1], 10)
    dry = np.zeros((2, 20))
    dry[1, 10:] = 0.05
    seen = sums(np.stack([np.zeros(20), np.ones(20)]), np.ones((2, 20)), dry)
    limit = [Limit("dry", True, 0.04)]
    assert judge(20, limit, model).judge(seen, NONE).is_on.tolist() == [True, False]
    assert judge(20, limit).judge(seen, NONE).is_on.tolist() == [False, True]


def test_an_event_that_no_path_shows_may_break_a_limit_and_less_often_with_more_paths():
    def chance(n_batches):
        nobody = np.zeros((1, n_batches))
        return judge(n_batches, [Limit("dry", True, 0.01)]).judge(sums(nobody, nobody + 1.0, nobody), NONE).chance[0]
    assert 0.4 < chance(50) < chance(150) < chance(400) < 1.0


def test_the_best_of_designs_have_chances_that_add_up_to_one():
    rng = np.random.default_rng(1)
    good = rng.normal(size=(6, 40))
    best = judge(40).judge(sums(good, np.ones((6, 40)), np.zeros((6, 40))), NONE).best
    assert best.sum() == pytest.approx(1.0)
    assert np.argmax(best) == np.argmax(good.mean(axis=1))


def test_chances_of_the_best_are_calibrated_where_designs_differ():
    said, was, held = [], [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = 0.3 * rng.normal(size=16)
        good = truth[:, None] + rng.normal(size=(16, 50))
        best = judge(50).judge(sums(good, np.ones((16, 50)), np.zeros((16, 50))), NONE).best
        order = np.argsort(-best)
        said.append(best.max())
        was.append(order[0] == np.argmax(truth))
        held.append(np.argmax(truth) in order[: np.searchsorted(np.cumsum(best[order]), 0.95) + 1])
    # sixty repetitions know a share to .06
    assert abs(np.mean(said) - np.mean(was)) < 0.18
    assert np.mean(held) > 0.85


def test_rounds_double_and_end_with_all_paths():
    assert [tuple(span) for span in rounds(1000, True)] == [(0, 250), (250, 500), (500, 1000)]
    assert [tuple(span) for span in rounds(1000, False)] == [(0, 1000)]


def test_rounds_end_with_whole_cycles_of_models():
    assert [tuple(span) for span in rounds(3000, True, 320)] == [(0, 640), (640, 1280), (1280, 3000)]
    assert [tuple(span) for span in rounds(1200, True, 320)] == [(0, 1200)]
