"""Step 6, the keys: idle, pending, active, one move a day."""

import numpy as np

from backstop.outcomes import PathTally
from backstop.terms import ArmTerms, Floats, TriggerTerms
from bench.peers.numpy_engine.signals import fund_signals, holds, market_signals
from bench.peers.numpy_engine.state import Bools, Keys, State

IDLE, PENDING, ACTIVE = 0.0, 1.0, 2.0


def turn_keys(terms: ArmTerms, state: State, t: int) -> None:
    """All system keys, then all fund keys, which are read only while their system key is active."""
    triggers, n_facilities = terms.triggers, len(terms.facilities.tenor_days)
    if n_facilities == 0:
        return
    signals = market_signals(triggers, state.index, state.prices, terms.prices.index, t)
    for k in range(n_facilities):
        _turn(triggers, 2 * k, state.system_keys, k, signals)
    is_open = state.system_keys.phase == ACTIVE
    _tally_active(is_open.any(axis=0), state.path_tally, t)
    if is_open.any():
        _turn_fund_keys(terms, state, is_open, t)
    else:
        state.fund_keys = Keys(*(np.zeros_like(state.fund_keys.phase) for _ in range(4)))


def _turn_fund_keys(terms: ArmTerms, state: State, is_open: Bools, t: int) -> None:
    n_back = terms.funds.nav_history.shape[1]
    signals, keys = fund_signals(terms.triggers, state.funds, state.evaluation, n_back, t), state.fund_keys
    for k in range(len(is_open)):
        was_active = keys.phase[k] == ACTIVE
        _turn(terms.triggers, 2 * k + 1, keys, k, signals)
        for field in (keys.phase, keys.breach_days, keys.exit_days, keys.wait):
            field[k] *= is_open[k]
        is_new = (keys.phase[k] == ACTIVE) & ~was_active
        state.loans.shadow_peak[k][is_new] = state.funds.peak[is_new]


def _turn(terms: TriggerTerms, q: int, keys: Keys, k: int, signals: list[Floats]) -> None:
    """Key q, which stands in row k of `keys`."""
    phase, wait = keys.phase[k], keys.wait[k]
    is_idle, is_active = phase == IDLE, phase == ACTIVE
    enters = is_idle & (wait <= 0.0) & holds(terms, int(terms.entry_root[q]), signals)
    leaves = is_active & holds(terms, int(terms.exit_root[q]), signals)
    breach, leaving = np.where(enters, keys.breach_days[k] + 1.0, 0.0), np.where(leaves, keys.exit_days[k] + 1.0, 0.0)
    is_met, is_left = enters & (breach >= terms.entry_days[q]), leaves & (leaving >= terms.exit_days[q])
    to_go = np.where(is_met, terms.decision_lag[q], np.maximum(wait - 1.0, 0.0))
    opens = (is_met | (phase == PENDING)) & (to_go <= 0.0)
    keys.phase[k] = np.select([opens, is_met, is_left], [ACTIVE, PENDING, IDLE], phase)
    keys.breach_days[k] = np.where(is_met, 0.0, breach)
    keys.exit_days[k] = np.where(is_left, 0.0, leaving)
    keys.wait[k] = np.where(is_left, terms.cooldown_days[q], to_go)


def _tally_active(is_active: Bools, tally: PathTally, t: int) -> None:
    first = is_active & (tally.first_active_day[0] == 0.0)
    tally.days_active[0] += is_active
    tally.first_active_day[0][first] = t
