"""One unlimited run tells who runs dry with any pool, in every design that hangs on no size; and in those alone."""

from functools import cache
from itertools import count, islice

import numpy as np
import pytest

from backstop.answers.sizing.hanging import hanging_terms, rounding
from backstop.answers.sizing.resize import resized, unlimited_size
from oracle.compare import run_kernels
from oracle.designs import random_design

LANES = 3
N_DESIGNS, N_IN_LONG_FORM, BATCH = 200, 800, 20


def numbered(seed):
    return random_design(seed, LANES, ("mixed", "advances", "guaranteed")[seed % 3])


@cache
def free_designs(n):
    """Numbers of the first `n` designs with a facility, a pool, and nothing that hangs on its size."""
    def is_free(seed):
        arm = numbered(seed).arm
        return len(arm.facilities.instrument) and arm.pool.layer_size.sum() > 0.0 and not hanging_terms(arm)

    return list(islice(filter(is_free, count()), n))


def with_size(design, size):
    return run_kernels(design._replace(arm=resized(design.arm, size))).path_tally


def peak_use(tally):
    return np.asarray(tally.pool_peak_use)[0]


def is_dry(tally):
    return np.asarray(tally.first_dry_day)[0] > 0.0


def used_by(seeds):
    """How many of these designs use the pool; each is held against pools around what it uses."""
    return sum(bool(holds(seed)) for seed in seeds)


def holds(seed):
    """Most that a design has out; that its paths run dry where that is more than the pool has, is asserted."""
    design = numbered(seed)
    unlimited = with_size(design, unlimited_size(design.arm))
    assert not is_dry(unlimited).any(), seed
    use, slack = peak_use(unlimited), rounding(design.arm)
    for size in {float(np.median(use)), float(use.max()) - 1.0, float(np.floor(0.3 * use.max()))}:
        if size >= 1.0:
            found = with_size(design, size)
            assert np.all(is_dry(found)[use > size]), (seed, size)
            assert not np.any(is_dry(found)[use + slack <= size]), (seed, size)
            calm = ~is_dry(found)
            np.testing.assert_array_equal(peak_use(found)[calm], use[calm])
    return use.max()


@pytest.mark.parametrize("first", range(0, N_DESIGNS, BATCH))
def test_peak_use_tells_path_by_path_who_runs_dry_in_designs_free_of_size(first):
    assert used_by(free_designs(N_DESIGNS)[first : first + BATCH]) >= BATCH // 10


@pytest.mark.long
def test_so_it_does_in_two_hundred_designs_that_use_the_pool():
    assert used_by(free_designs(N_IN_LONG_FORM)) >= N_DESIGNS


def test_where_terms_hang_on_the_size_peak_use_says_too_little_or_too_much():
    """What is refused is refused for a reason: the pools of some such designs run dry elsewhere."""
    differing = 0
    for seed in range(60):
        design = numbered(seed)
        if not (len(design.arm.facilities.instrument) and hanging_terms(design.arm)):
            continue
        use = peak_use(with_size(design, unlimited_size(design.arm)))
        size = float(np.floor(0.5 * use.max()))
        differing += size >= 1.0 and bool((is_dry(with_size(design, size)) != (use > size)).any())
    assert differing >= 3
