"""Expressions of signals, and the keys they turn (docs/model.md, 6)."""

from typing import NamedTuple

from backstop.kernels.facility.signals import copy_signal, read_fund, read_market
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, apart, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.terms import ACTIVE, IDLE, PENDING


class Waits(NamedTuple):
    """Days that a key takes: of breach until it is met, of calm until it is left, of rest after that, and pending."""

    entry: float
    exit: float
    cooldown: float
    lag: float


@jit
def _leaf(node, n, signal, row, sign, threshold, lanes):
    """``sign * signal >= sign * threshold``."""
    for i in range(FIRST, lanes):
        node[n, i] = 1.0 if sign * signal[row, i] >= sign * threshold else 0.0


@jit
def _count_child(node, n, child, lanes):
    for i in range(FIRST, lanes):
        node[n, i] += node[child, i]


@jit
def _enough(node, n, needed, lanes):
    for i in range(FIRST, lanes):
        node[n, i] = 1.0 if node[n, i] >= needed else 0.0


@jit
def _turn(keys, row, node, entry, leave, waits, lanes):
    """Idle, pending, active: one move a day."""
    for i in range(FIRST, lanes):
        phase, wait = keys.phase[row, i], keys.wait[row, i]
        is_idle, is_pending, is_active = phase == IDLE, phase == PENDING, phase == ACTIVE
        breach = keys.breach_days[row, i] + 1.0 if is_idle & (wait <= 0.0) & (node[entry, i] > 0.0) else 0.0
        leaving = keys.exit_days[row, i] + 1.0 if is_active & (node[leave, i] > 0.0) else 0.0
        is_met, is_left = is_idle & (breach >= waits.entry), is_active & (leaving >= waits.exit)
        to_go = waits.lag if is_met else max(wait - 1.0, 0.0)
        opens = (is_met | is_pending) & (to_go <= 0.0)
        keys.breach_days[row, i] = 0.0 if is_met else breach
        keys.exit_days[row, i] = 0.0 if is_left else leaving
        keys.wait[row, i] = waits.cooldown if is_left else to_go
        keys.phase[row, i] = ACTIVE if opens else (PENDING if is_met else (IDLE if is_left else phase))


@jit
def _note_latch(node, n, latches, row, lanes):
    for i in range(FIRST, lanes):
        node[n, i] = 1.0 if latches.phase[row, i] == ACTIVE else 0.0


@apart
def _evaluate(terms, q, signal, node, latches, f, n_funds, lanes):
    """Both expressions of key q in postorder, the exit's after the entry's; their truth is in the rows of the roots.

    Latch n of fund f (0 for the market) is row ``n*F + f`` of `latches`.
    """
    for n in range(Index(terms.entry_first[q]), Index(terms.exit_root[q]) + ONE):
        if terms.node_signal[n] >= 0:
            _leaf(node, n, signal, Index(terms.node_signal[n]), terms.node_sign[n], terms.node_threshold[n], lanes)
        elif terms.node_signal[n] < -1:
            latch, first = Index(-2 - terms.node_signal[n]), Index(terms.node_first_child[n])
            row, entry, leave = latch * n_funds + f, Index(terms.children[first]), Index(terms.children[first + ONE])
            waits = Waits(terms.latch_days[latch], 1.0, terms.latch_cooldown[latch], terms.latch_lag[latch])
            _turn(latches, row, node, entry, leave, waits, lanes)
            _note_latch(node, n, latches, row, lanes)
        else:
            clear(node, n, lanes)
            for position in range(Index(terms.node_n_children[n])):
                child = terms.children[Index(terms.node_first_child[n]) + position]
                _count_child(node, n, Index(child), lanes)
            _enough(node, n, float(terms.node_needed[n]), lanes)


@jit
def _hold(keys, row, phase, lanes):
    """In `phase`, all counts 0."""
    for i in range(FIRST, lanes):
        keys.phase[row, i] = phase
        keys.breach_days[row, i] = 0.0
        keys.exit_days[row, i] = 0.0
        keys.wait[row, i] = 0.0


@jit
def _turn_by_hand(terms, q, keys, row, day, lanes):
    """On the days that the terms of key q name, it is what they say."""
    today = Index(day) + ONE
    for h in range(count_rows(terms.hand_key)):
        is_today = (Index(terms.hand_first[h]) <= today) & (today <= Index(terms.hand_last[h]))
        if (Index(terms.hand_key[h]) == q) & is_today:
            _hold(keys, row, ACTIVE if terms.hand_is_on[h] else IDLE, lanes)


@jit
def _turn_key(terms, q, node, keys, row, day, lanes):
    """Key q by its expressions, which are in `node`, or by hand."""
    waits = Waits(terms.entry_days[q], terms.exit_days[q], terms.cooldown_days[q], terms.decision_lag[q])
    _turn(keys, row, node, Index(terms.entry_root[q]), Index(terms.exit_root[q]), waits, lanes)
    _turn_by_hand(terms, q, keys, row, day, lanes)


@jit
def turn_system_key(terms, state, k, n_funds, day, lanes):
    """Step 6: the system key of facility k."""
    q, signals = Index(2) * k, state.signals
    _evaluate(terms, q, signals.market, signals.node, state.latches, FIRST, n_funds, lanes)
    _turn_key(terms, q, signals.node, state.system_keys, k, day, lanes)


@jit
def _only_while_open(fund_keys, row, system_keys, k, lanes):
    """A fund key is idle with all counts 0 unless its system key is active."""
    for i in range(FIRST, lanes):
        is_open = 1.0 if system_keys.phase[k, i] == ACTIVE else 0.0
        fund_keys.phase[row, i] *= is_open
        fund_keys.breach_days[row, i] *= is_open
        fund_keys.exit_days[row, i] *= is_open
        fund_keys.wait[row, i] *= is_open


@jit
def _remember_peak(loans, row, fund_keys, phase_before, funds, f, lanes):
    """``shadow_peak``: the peak on the day the fund key became active."""
    for i in range(FIRST, lanes):
        is_new = (fund_keys.phase[row, i] == ACTIVE) & (phase_before[FIRST, i] != ACTIVE)
        peak, shadow_peak = funds.peak[f, i], loans.shadow_peak[row, i]
        loans.shadow_peak[row, i] = peak if is_new else shadow_peak


@jit
def _release_latches(terms, latches, system_keys, k, f, n_funds, lanes):
    """The latches of a fund key are idle unless its system key is active."""
    for n in range(count_rows(terms.latch_key)):
        if Index(terms.latch_key[n]) == Index(2) * k + ONE:
            _only_while_open(latches, n * n_funds + f, system_keys, k, lanes)


@jit
def turn_fund_key(terms, state, k, f, n_funds, day, lanes):
    """Step 6: the key of fund f at facility k, from the signals `read_fund` left."""
    q, row = Index(2) * k + ONE, k * n_funds + f
    signals, keys = state.signals, state.fund_keys
    copy_signal(signals.phase_before, FIRST, keys.phase, row, lanes)
    _evaluate(terms, q, signals.fund, signals.node, state.latches, f, n_funds, lanes)
    _turn_key(terms, q, signals.node, keys, row, day, lanes)
    _only_while_open(keys, row, state.system_keys, k, lanes)
    _remember_peak(state.loans, row, keys, signals.phase_before, state.funds, f, lanes)


@jit
def _count_active(keys, k, anywhere, lanes):
    """Marks lanes with any system key active."""
    for i in range(FIRST, lanes):
        anywhere[FIRST, i] = max(anywhere[FIRST, i], 1.0 if keys.phase[k, i] == ACTIVE else 0.0)


@jit
def _tally_active(anywhere, tally, today, lanes):
    for i in range(FIRST, lanes):
        is_first = (anywhere[FIRST, i] > 0.0) & (tally.first_active_day[FIRST, i] == 0.0)
        tally.days_active[FIRST, i] += anywhere[FIRST, i]
        tally.first_active_day[FIRST, i] = today if is_first else tally.first_active_day[FIRST, i]


@jit
def _is_any_open(keys, lanes):
    """Whether the system key of any facility is active in any lane."""
    for k in range(count_rows(keys.phase)):
        if is_any_at_least(keys.phase, k, ACTIVE, lanes):
            return True
    return False


@jit
def turn_fund_keys(terms, state, day, lanes):
    """Step 6: the keys of all funds, which are read only while their system key is active."""
    n_funds, n_facilities = count_rows(state.funds.cash), count_rows(state.system_keys.phase)
    is_any_open = _is_any_open(state.system_keys, lanes)
    for f in range(n_funds):
        if is_any_open:
            read_fund(terms, state.signals, state.funds, state.evaluation, f, day, lanes)
        for k in range(n_facilities):
            row = k * n_funds + f
            if is_any_open:
                turn_fund_key(terms, state, k, f, n_funds, day, lanes)
            else:
                _only_while_open(state.fund_keys, row, state.system_keys, k, lanes)
            _release_latches(terms, state.latches, state.system_keys, k, f, n_funds, lanes)


@rule
def turn_keys(terms, index, state, volatility, day, lanes):
    """Step 6: all signals read, all keys turned."""
    n_facilities = count_rows(state.system_keys.phase)
    if n_facilities == FIRST:
        return
    is_any_on = state.signals.is_any_on
    read_market(terms, index, state.signals, state.prices, volatility, day, lanes)
    clear(is_any_on, FIRST, lanes)
    for k in range(n_facilities):
        turn_system_key(terms, state, k, count_rows(state.funds.cash), day, lanes)
        _count_active(state.system_keys, k, is_any_on, lanes)
    _tally_active(is_any_on, state.path_tally, float(day + ONE), lanes)
    turn_fund_keys(terms, state, day, lanes)
