"""Conditions with a past, and keys turned by hand, against hand numbers."""

import numpy as np
import pytest

from backstop.terms import FundSignal, MarketSignal
from small_arm import ALWAYS, NEVER, run_small, small_arm

IDLE, PENDING, ACTIVE = 0.0, 1.0, 2.0
FLAT, BAD, WORSE, GOOD = 0.0, np.log(0.93), np.log(0.88), np.log(1.08)
DOWN, UP = (-0.05, -1.0), (0.05, 1.0)
"""Leaves on a day's return: a fall by 5 % or more, a rise by 5 % or more."""


def phases(arm, returns, keys="system_keys"):
    """Phase of the first key at the close of each day."""
    return [float(getattr(run_small(arm, [[r] for r in returns[:n]]), keys).phase[0, 0])
            for n in range(1, len(returns) + 1)]


def latched(days=1.0, cooldown=0.0, lag=0.0, of_fund=False):
    """A key whose entry is one latch, entered at -5 % and left at +5 %, and whose exit is its opposite."""
    kind = {"fund": (FundSignal.RETURN, 1)} if of_fund else {"market": (MarketSignal.RETURN, 1)}
    arm = small_arm(n_facilities=1, triggers=kind)
    q = int(of_fund)
    # the latch over its two leaves, the exit; the other key's entry and exit
    nodes = {"node_signal": [0, 0, -2, 0, 0, 0], "node_sign": [-1.0, 1.0, 0.0, 1.0, 1.0, 1.0],
             "node_threshold": [-0.05, 0.05, 0.0, 1e9, -1e9, 1e9], "node_first_child": [0] * 6,
             "node_n_children": [0, 0, 2, 0, 0, 0], "node_needed": [0] * 6, "children": [0, 1]}
    ranges = [(0, 2, 3, 3), (4, 4, 5, 5)]
    firsts = np.array(ranges if q == 0 else ranges[::-1]).T
    names = ("entry_first", "entry_root", "exit_first", "exit_root")
    terms = {name: np.array(values) for name, values in nodes.items()}
    terms |= {name: np.ascontiguousarray(column) for name, column in zip(names, firsts, strict=True)}
    return arm._replace(triggers=arm.triggers._replace(
        **terms, latch_key=np.array([q]), latch_days=np.array([days]), latch_cooldown=np.array([cooldown]),
        latch_lag=np.array([lag])))


def latch(arm, returns):
    return [float(run_small(arm, [[r] for r in returns[:n]]).latches.phase[0, 0]) for n in range(1, len(returns) + 1)]


def test_a_condition_stays_true_until_its_exit_threshold():
    assert latch(latched(), [FLAT, BAD, FLAT, GOOD, FLAT]) == [IDLE, ACTIVE, ACTIVE, IDLE, IDLE]
    assert phases(latched(), [FLAT, BAD]) == [IDLE, ACTIVE]


def test_a_condition_may_have_to_last():
    assert latch(latched(days=2.0), [BAD, FLAT, BAD, BAD]) == [IDLE, IDLE, IDLE, ACTIVE]


def test_a_condition_may_be_true_only_later():
    assert latch(latched(lag=2.0), [BAD, GOOD, FLAT, FLAT]) == [PENDING, PENDING, ACTIVE, ACTIVE]
    assert phases(latched(lag=2.0), [BAD, GOOD, FLAT]) == [IDLE, IDLE, ACTIVE]


def test_a_condition_may_need_a_rest():
    assert latch(latched(cooldown=1.0), [BAD, GOOD, BAD, BAD]) == [ACTIVE, IDLE, IDLE, ACTIVE]


def test_every_fund_has_latches_of_its_own():
    arm = small_arm(n_facilities=1, n_funds=2, n_assets=2, funds={"units_open": [[1e6, 0.0], [0.0, 1e6]]})
    terms = latched(of_fund=True).triggers
    state = run_small(arm._replace(triggers=terms), [[[BAD], [FLAT]]])
    np.testing.assert_array_equal(np.asarray(state.latches.phase)[:, 0], [ACTIVE, IDLE])
    np.testing.assert_array_equal(np.asarray(state.fund_keys.phase)[:, 0], [ACTIVE, IDLE])


def test_the_latch_of_a_fund_key_is_idle_while_the_system_key_is():
    arm = latched(of_fund=True)
    # the system key is open by hand on days 2 and 3 alone
    terms = arm.triggers._replace(node_threshold=np.array([-0.05, 0.05, 0.0, 1e9, 1e9, -1e9]),
                                  hand_key=np.array([0]), hand_first=np.array([2]), hand_last=np.array([3]),
                                  hand_is_on=np.array([1]))
    assert latch(arm._replace(triggers=terms), [BAD, BAD, FLAT, FLAT]) == [IDLE, ACTIVE, ACTIVE, IDLE]


def by_hand(*rows, **triggers):
    return small_arm(n_facilities=1, triggers={"by_hand": list(rows)} | triggers)


@pytest.mark.parametrize("entry", [NEVER, ALWAYS])
def test_a_key_is_active_on_the_days_that_are_named(entry):
    arm = by_hand((0, 2, 3, 1), system_entry=entry, system_exit=ALWAYS, decision_lag=5.0)
    assert phases(arm, [FLAT] * 4)[1:3] == [ACTIVE, ACTIVE]


def test_after_its_days_a_key_moves_by_its_expressions():
    arm = by_hand((0, 1, 2, 1), system_entry=NEVER, market=(MarketSignal.RETURN, 1), system_exit=UP)
    assert phases(arm, [FLAT, GOOD, FLAT, GOOD]) == [ACTIVE, ACTIVE, ACTIVE, IDLE]


def test_a_key_may_be_shut_by_hand_whatever_it_reads():
    arm = by_hand((0, 2, 2, 0), entry_days=2.0)
    assert phases(arm, [FLAT] * 4) == [IDLE, IDLE, IDLE, ACTIVE]


def test_a_fund_key_by_hand_still_needs_the_system_key():
    assert phases(by_hand((1, 1, 2, 1), fund_entry=NEVER), [FLAT] * 2, "fund_keys") == [ACTIVE, ACTIVE]
    assert phases(by_hand((1, 1, 2, 1), system_entry=NEVER), [FLAT] * 2, "fund_keys") == [IDLE, IDLE]


def test_a_key_without_expressions_opens_by_hand_alone():
    arm = by_hand((0, 2, 2, 1))
    # an entry that needs one of no parts, an exit that needs none
    terms = arm.triggers._replace(node_signal=np.array([-1, -1, 0, 0]), node_needed=np.array([1, 0, 0, 0]))
    assert phases(arm._replace(triggers=terms), [FLAT] * 4) == [IDLE, ACTIVE, IDLE, IDLE]


def test_what_nobody_latches_has_no_rows():
    assert len(run_small(small_arm(n_facilities=1), [[FLAT]]).latches.phase) == 0
