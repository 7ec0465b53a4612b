"""Keys over a history of days: by hand, and beside the stage that turns them in a run."""

import numpy as np
import pytest

from backstop.kernels.facility import trigger
from backstop.kernels.facility.state import Keys
from backstop.market.key_turns import Spell, Waits, phases, spells
from backstop.terms import ACTIVE

T, F = True, False


def test_a_key_counts_days_in_a_row_waits_out_its_lag_and_rests_after():
    enters = np.array([T, F, T, T, T, T, T, T, T, T, T, T])
    leaves = np.array([T, T, T, T, T, T, T, F, T, T, T, T])
    # two days in a row on day 4, two days of lag, on from day 6; the exit counts days 7, 9 and 10: two in a row on 10
    assert phases(enters, leaves, Waits(2, 2, 1, 2)).tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2, 0, 0, 0]


def test_spells_begin_with_the_breach_that_led_to_them():
    waits = Waits(3, 1, 0, 2)
    phase = np.array([0, 0, 0, 1, 1, 2, 2, 0, 0, 2], dtype=np.int8)
    assert spells(phase, waits) == (Spell(1, 5, 6, False), Spell(5, 9, 9, True))


@pytest.mark.parametrize("seed", range(20))
def test_a_key_of_a_history_is_the_key_of_a_run(seed):
    rng = np.random.default_rng(seed)
    waits = Waits(*(int(n) for n in rng.integers([1, 1, 0, 0], [4, 4, 6, 4])))
    enters, leaves = rng.random((2, 200)) < rng.uniform(0.3, 0.9, (2, 1))
    stage = getattr(trigger._turn, "py_func", trigger._turn)
    keys, node = Keys(*(np.zeros((1, 1)) for _ in Keys._fields)), np.zeros((2, 1))
    days = []
    for enter, leave in zip(enters, leaves, strict=True):
        node[:, 0] = enter, leave
        stage(keys, np.uint64(0), node, 0, 1, trigger.Waits(*map(float, waits)), np.uint64(1))
        days.append(keys.phase[0, 0])
    assert ACTIVE in days
    assert phases(enters, leaves, waits).tolist() == days
