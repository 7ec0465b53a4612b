"""Signals, expression trees and the keys they turn (docs/model.md, 6)."""

import numpy as np

from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, ONE, Index, apart, jit, own_frame
from backstop.kernels.lanes import clear, is_any_at_least
from backstop.terms import (
    CONDITIONAL_VOLATILITY,
    DISLOCATION,
    FUND_DRAWDOWN,
    FUND_RETURN,
    MARKET_DRAWDOWN,
    MARKET_RETURN,
    REALISED_VOLATILITY,
    REDEMPTION_COVERAGE,
    REDEMPTION_RATE,
    TRADING_DAYS_PER_YEAR,
)

PENDING, ACTIVE = 1.0, 2.0


@jit
def _market_drawdown(signals, m, peak_row, price, j, lanes):
    """``1 - P / max(P and the last w closes)``: a sliding maximum as suffix of one block and prefix of the next."""
    for i in range(FIRST, lanes):
        peak = max(max(signals.suffix_peak[peak_row, i], signals.prefix_peak[m, i]), price[j, i])
        signals.market[m, i] = 1.0 - price[j, i] / peak


@jit
def _market_return(signals, m, close_row, price, j, lanes):
    """``P / close(t - w) - 1``."""
    for i in range(FIRST, lanes):
        signals.market[m, i] = price[j, i] / signals.closes[close_row, i] - 1.0


@jit
def _realised_volatility(signals, m, window, prices, j, lanes):
    """``sqrt(252 / w * sum of w squared log returns)``, the last of them today's to the pre-trade price."""
    for i in range(FIRST, lanes):
        today = prices.log_pre[j, i] - prices.log_close[j, i]
        total = max(signals.square_sum[m, i], 0.0) + today * today
        signals.market[m, i] = np.sqrt(TRADING_DAYS_PER_YEAR / window * total)


@jit
def _conditional_volatility(signals, m, volatility, day, j, lanes):
    """``sigma * sqrt(252)``."""
    for i in range(FIRST, lanes):
        signals.market[m, i] = volatility[day, j, i] * np.sqrt(float(TRADING_DAYS_PER_YEAR))


@jit
def _copy_signal(target, row, source, source_row, lanes):
    """A signal that is a state variable as it stands."""
    for i in range(FIRST, lanes):
        target[row, i] = source[source_row, i]


@jit
def read_market(terms, index, signals, prices, volatility, day, lanes):
    """Step 6, market signals on the index asset."""
    n_back, j, today = count_rows(signals.closes), Index(index), day + ONE
    for m in range(count_rows(terms.market_kind)):
        kind, window = terms.market_kind[m], Index(terms.market_window[m])
        if kind == MARKET_DRAWDOWN:
            _market_drawdown(signals, m, m * n_back + day % window, prices.price, j, lanes)
        elif kind == MARKET_RETURN:
            _market_return(signals, m, (today + n_back - window) % n_back, prices.price, j, lanes)
        elif kind == REALISED_VOLATILITY:
            _realised_volatility(signals, m, float(window), prices, j, lanes)
        elif kind == CONDITIONAL_VOLATILITY:
            _conditional_volatility(signals, m, volatility, day, j, lanes)
        elif kind == DISLOCATION:
            _copy_signal(signals.market, m, prices.dislocation, j, lanes)


@jit
def _fund_return(signals, g, back_row, funds, f, lanes):
    """``navps / back(f, w) - 1``."""
    for i in range(FIRST, lanes):
        signals.fund[g, i] = funds.navps[f, i] / funds.nav_history[back_row, i] - 1.0


@jit
def _redemption_rate(signals, g, funds, f, lanes):
    """Shares asked back today over all shares."""
    for i in range(FIRST, lanes):
        signals.fund[g, i] = funds.requested_shares[f, i] / max(funds.shares[f, i], 1.0)


@jit
def _redemption_coverage(signals, g, funds, evaluation, f, lanes):
    """``max(cash - buffer, 0) / max(due + intended, 1)``."""
    for i in range(FIRST, lanes):
        wanted = max(funds.due[f, i] + evaluation.intended[f, i], 1.0)
        signals.fund[g, i] = max(funds.cash[f, i] - funds.buffer[f, i], 0.0) / wanted


@jit
def read_fund(terms, signals, funds, evaluation, f, day, lanes):
    """Step 6, the signals of fund f, into the rows that its key reads next."""
    n_back = count_rows(funds.nav_history) // count_rows(funds.cash)
    for g in range(count_rows(terms.fund_kind)):
        kind, window = terms.fund_kind[g], Index(terms.fund_window[g])
        if kind == FUND_DRAWDOWN:
            _copy_signal(signals.fund, g, funds.drawdown, f, lanes)
        elif kind == FUND_RETURN:
            _fund_return(signals, g, f * n_back + (day + ONE + n_back - window) % n_back, funds, f, lanes)
        elif kind == REDEMPTION_RATE:
            _redemption_rate(signals, g, funds, f, lanes)
        elif kind == REDEMPTION_COVERAGE:
            _redemption_coverage(signals, g, funds, evaluation, f, lanes)
        else:
            _copy_signal(signals.fund, g, evaluation.score, f, lanes)


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
def _turn(keys, row, node, entry, leave, entry_days, exit_days, cooldown, lag, lanes):
    """Idle, pending, active: one move a day."""
    for i in range(FIRST, lanes):
        phase, wait = keys.phase[row, i], keys.wait[row, i]
        is_idle, is_pending, is_active = phase == 0.0, phase == PENDING, phase == ACTIVE
        breach = keys.breach_days[row, i] + 1.0 if is_idle & (wait <= 0.0) & (node[entry, i] > 0.0) else 0.0
        leaving = keys.exit_days[row, i] + 1.0 if is_active & (node[leave, i] > 0.0) else 0.0
        is_met, is_left = is_idle & (breach >= entry_days), is_active & (leaving >= exit_days)
        to_go = lag if is_met else max(wait - 1.0, 0.0)
        opens = (is_met | is_pending) & (to_go <= 0.0)
        keys.breach_days[row, i] = 0.0 if is_met else breach
        keys.exit_days[row, i] = 0.0 if is_left else leaving
        keys.wait[row, i] = cooldown if is_left else to_go
        keys.phase[row, i] = ACTIVE if opens else (PENDING if is_met else (0.0 if is_left else phase))


@jit
def _note_latch(node, n, latches, row, lanes):
    for i in range(FIRST, lanes):
        node[n, i] = 1.0 if latches.phase[row, i] == ACTIVE else 0.0


@apart
def _evaluate(terms, q, signal, node, latches, f, n_funds, lanes):
    """Both expressions of key q in postorder, the exit's after the entry's; their truth is in the rows of the roots.

    Latch n of fund f (0 for the market) is row ``n*F + f`` of `latches`.
    """
    own_frame()
    for n in range(Index(terms.entry_first[q]), Index(terms.exit_root[q]) + ONE):
        if terms.node_signal[n] >= 0:
            _leaf(node, n, signal, Index(terms.node_signal[n]), terms.node_sign[n], terms.node_threshold[n], lanes)
        elif terms.node_signal[n] < -1:
            latch, first = Index(-2 - terms.node_signal[n]), Index(terms.node_first_child[n])
            row, entry, leave = latch * n_funds + f, Index(terms.children[first]), Index(terms.children[first + ONE])
            _turn(latches, row, node, entry, leave, terms.latch_days[latch], 1.0, terms.latch_cooldown[latch],
                  terms.latch_lag[latch], lanes)
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
            _hold(keys, row, ACTIVE if terms.hand_is_on[h] else 0.0, lanes)


@jit
def _turn_key(terms, q, node, keys, row, day, lanes):
    """Key q by its expressions, which are in `node`, or by hand."""
    _turn(keys, row, node, Index(terms.entry_root[q]), Index(terms.exit_root[q]), terms.entry_days[q],
          terms.exit_days[q], terms.cooldown_days[q], terms.decision_lag[q], lanes)
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
def _remember_peak(loans, row, fund_keys, was_active, funds, f, lanes):
    """``shadow_peak``: the peak on the day the fund key became active."""
    for i in range(FIRST, lanes):
        is_new = (fund_keys.phase[row, i] == ACTIVE) & (was_active[FIRST, i] != ACTIVE)
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
    signals, keys, was_active = state.signals, state.fund_keys, state.pool.scratch
    _copy_signal(was_active, FIRST, keys.phase, row, lanes)
    _evaluate(terms, q, signals.fund, signals.node, state.latches, f, n_funds, lanes)
    _turn_key(terms, q, signals.node, keys, row, day, lanes)
    _only_while_open(keys, row, state.system_keys, k, lanes)
    _remember_peak(state.loans, row, keys, was_active, state.funds, f, lanes)


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


@apart
def turn_keys(terms, index, state, volatility, day, lanes):
    """Step 6: all signals read, all keys turned."""
    own_frame()
    n_facilities = count_rows(state.system_keys.phase)
    if n_facilities == FIRST:
        return
    scratch = state.pool.scratch
    read_market(terms, index, state.signals, state.prices, volatility, day, lanes)
    clear(scratch, FIRST, lanes)
    for k in range(n_facilities):
        turn_system_key(terms, state, k, count_rows(state.funds.cash), day, lanes)
        _count_active(state.system_keys, k, scratch, lanes)
    _tally_active(scratch, state.path_tally, float(day + ONE), lanes)
    turn_fund_keys(terms, state, day, lanes)


@jit
def _square_return(signals, row, prices, j, lanes):
    """Today's close and its squared log return into their rings."""
    for i in range(FIRST, lanes):
        r = prices.close_return[j, i]
        signals.squares[row, i] = r * r
        signals.closes[row, i] = prices.close[j, i]


@jit
def _slide_square_sum(signals, m, new_row, old_row, lanes):
    """The sum over the last w-1 closes moves on by a day."""
    for i in range(FIRST, lanes):
        signals.square_sum[m, i] += signals.squares[new_row, i] - signals.squares[old_row, i]


@jit
def _fill_block(signals, m, peak_row, prices, j, lanes):
    """Today's close joins the block that is filling."""
    for i in range(FIRST, lanes):
        signals.suffix_peak[peak_row, i] = prices.close[j, i]
        signals.prefix_peak[m, i] = max(signals.prefix_peak[m, i], prices.close[j, i])


@jit
def _close_block(signals, m, first_row, window, lanes):
    """A full block turns into maxima from each position to its end."""
    for back in range(ONE, window):
        row = first_row + window - ONE - back
        for i in range(FIRST, lanes):
            signals.suffix_peak[row, i] = max(signals.suffix_peak[row, i], signals.suffix_peak[row + ONE, i])
    for i in range(FIRST, lanes):
        signals.prefix_peak[m, i] = 0.0


@apart
def close_signals(terms, index, signals, prices, day, lanes):
    """Step 12: the index's close enters the windows that later signals read."""
    own_frame()
    n_back, j, today = count_rows(signals.closes), Index(index), day + ONE
    n_market = count_rows(terms.market_kind)
    if n_market == FIRST:
        return
    row = today % n_back
    _square_return(signals, row, prices, j, lanes)
    for m in range(n_market):
        window = Index(terms.market_window[m])
        if terms.market_kind[m] == REALISED_VOLATILITY and window > ONE:
            _slide_square_sum(signals, m, row, (today + n_back + ONE - window) % n_back, lanes)
        elif terms.market_kind[m] == MARKET_DRAWDOWN:
            first_row, position = m * n_back, day % window
            _fill_block(signals, m, first_row + position, prices, j, lanes)
            if position == window - ONE:
                _close_block(signals, m, first_row, window, lanes)
