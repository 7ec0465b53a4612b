"""What halving drops: never the best more often than stated, whatever the others are like, and much of the rest."""

import numpy as np
import pytest

from backstop.answers.skewness import cautious
from backstop.answers.sweeping.batches import Batches
from backstop.answers.sweeping.halving import rounds
from backstop.answers.sweeping.judging import Asked, Judge
from backstop.answers.sweeping.objectives import Limit, Quantity
from backstop.answers.sweeping.surely import WRONG, drawn_chances

N_DESIGNS, N_PATHS, REPETITIONS = 32, 512, 80
GOOD, DRY = Quantity("good", "currency", False, True), Quantity("dry", "bool", False, False)


def left(good, dry, limit=None):
    """Designs left after each round, of (D, N) values by path; high is better."""
    spans = rounds(N_PATHS, True)
    n = spans[0].last
    judge = Judge(Asked((GOOD, DRY), (GOOD,), () if limit is None else (Limit("dry", True, limit),), (0.0,)),
                  Batches(np.arange(N_PATHS) % n, np.zeros(n, dtype=np.int64), np.ones(N_PATHS), np.ones(n)))
    alive, found = np.arange(len(good)), []
    for span in spans:
        seen = np.stack([good, dry], axis=1)[alive, :, :span.last].reshape(len(alive), 2, -1, n).sum(axis=2)
        counts = np.full_like(seen, span.last // n)
        lost = judge.lost(np.stack([seen, counts], axis=2), np.zeros(1), len(good), len(spans))
        alive = alive[~lost]
        found.append(alive)
    return found


def nearly_equal(rng):
    """The best is better by less than any sample tells."""
    return np.r_[1e-9, np.zeros(N_DESIGNS - 1)][:, None] + rng.normal(size=(N_DESIGNS, N_PATHS)), None


def rare_gains(rng):
    """The best gains much on one path of twenty, the others surely nearly as much: few of them show."""
    rare = np.where(rng.random(N_PATHS) < 0.05, rng.lognormal(0.0, 1.0, N_PATHS), 0.0)
    sure = 0.05 * np.exp(0.5) - 1e-9 + 0.05 * rng.normal(size=(N_DESIGNS - 1, N_PATHS))
    return np.vstack([rare, sure]), None


def tempting(rng):
    """Half of the others are better and break the limit, by little."""
    good = np.r_[0.0, np.full(16, 0.5), np.full(15, -0.01)][:, None] + 0.3 * rng.normal(size=(N_DESIGNS, N_PATHS))
    chance = np.r_[0.03, np.full(16, 0.06), np.full(15, 0.01)][:, None]
    return good, (rng.random(N_PATHS) < chance).astype(float)


@pytest.mark.parametrize(("world", "limit"), [(nearly_equal, None), (rare_gains, None), (tempting, 0.05)])
def test_a_planted_best_is_lost_no_more_often_than_stated(world, limit):
    n_lost = 0
    for seed in range(REPETITIONS):
        good, dry = world(np.random.default_rng(seed))
        n_lost += 0 not in left(good, np.zeros_like(good) if dry is None else dry, limit)[-1]
    # three standard errors of as many repetitions
    assert n_lost / REPETITIONS <= WRONG + 3.0 * np.sqrt(WRONG * (1.0 - WRONG) / REPETITIONS)
    assert n_lost / REPETITIONS <= WRONG


def test_what_is_clearly_worse_goes_early_and_the_best_stays():
    rng = np.random.default_rng(1)
    good = -np.linspace(0.0, 2.0, N_DESIGNS)[:, None] + rng.normal(size=N_PATHS) + 0.3 * rng.normal(
        size=(N_DESIGNS, N_PATHS))
    numbers = [len(one) for one in left(good, np.zeros_like(good))]
    assert numbers[0] < 12
    assert numbers == sorted(numbers, reverse=True)
    assert left(good, np.zeros_like(good))[-1][0] == 0


def test_a_design_that_may_break_a_limit_beats_nobody():
    rng = np.random.default_rng(2)
    good = np.r_[1.0, 0.0][:, None] + 0.01 * rng.normal(size=(2, N_PATHS))
    never = np.zeros_like(good)
    # 512 paths without the event tell 5 %, and do not tell .5 %
    assert left(good, never, 0.05)[-1].tolist() == [0]
    assert left(good, never, 0.005)[-1].tolist() == [0, 1]


def test_a_limit_that_is_surely_broken_loses_a_design():
    rng = np.random.default_rng(3)
    dry = (rng.random((2, N_PATHS)) < [[0.2], [0.0]]).astype(float)
    assert left(rng.normal(size=(2, N_PATHS)), dry, 0.05)[-1].tolist() == [1]


def test_skewness_that_hides_losses_weakens_and_the_other_kind_adds_nothing():
    assert cautious(np.array(5.0), np.array(0.5)) == 5.0
    assert cautious(np.array(5.0), np.array(0.0)) == 5.0
    assert cautious(np.array(5.0), np.array(-0.7)) < 2.0
    rising = cautious(np.linspace(-20.0, 200.0, 400), np.full(400, -0.4))
    assert (np.diff(rising) > -1e-12).all()
    assert rising[-1] > 5.0


def test_a_drawn_chance_is_jeffreys_of_all_paths_of_a_design():
    from scipy.stats import beta

    counts = np.array([[[0.0, 1.0, 2.0], [10.0, 10.0, 10.0]], [[0.0, 0.0, 0.0], [20.0, 20.0, 60.0]]])
    uniforms = np.array([0.1, 0.5, 0.9])
    expected = [beta.ppf(uniforms, x + 0.5, n - x + 0.5) for x, n in ((3.0, 30.0), (0.0, 100.0))]
    np.testing.assert_allclose(drawn_chances(counts, uniforms), expected, rtol=1e-12)
