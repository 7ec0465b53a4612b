"""Step 13: distress and activations; days of episodes are those that arm none left, which one arm alone has not."""

import numpy as np

from backstop.terms import ArmTerms
from bench.peers.numpy_engine.state import State


def note_use(terms: ArmTerms, state: State, t: int) -> None:
    """Whom the day's injections reach."""
    funds, tally = state.funds, state.fund_tally
    own = np.maximum(funds.cash - funds.injection - funds.buffer, 0.0)
    recalled = funds.owed - funds.due - funds.called
    lacking = np.maximum(0.0, funds.due - np.maximum(0.0, own - recalled))
    tally.injected_to_leavers[:] += np.floor(np.minimum(funds.injection, lacking))
    tally.injected_below_floor[:] += np.where(funds.navps < terms.funds.nav_floor[:, None], funds.injection, 0.0)
    first = state.path_tally.first_cash_day[0]
    first[(funds.injection > 0.0).any(axis=0) & (first == 0.0)] = t


def judge_day(terms: ArmTerms, state: State, t: int) -> None:
    """Distress, activations, the first breach, the trough."""
    rules, judging, tally = terms.judging, state.judging, state.path_tally
    sold = state.fund_tally.forced_sales - judging.sold_before
    judging.sold_before[:] = state.fund_tally.forced_sales
    state.fund_tally.distress_days[:] += (sold >= rules.material_sale[:, None]) | (state.funds.unpaid_days >= 2.0)
    first = tally.first_active_day[0]
    is_on = np.zeros(len(first), dtype=bool)
    for k, phase in enumerate(state.system_keys.phase):
        is_active, q = phase == 2.0, 2 * k
        is_on |= is_active
        breach = t - terms.triggers.decision_lag[q] - terms.triggers.entry_days[q] + 1.0
        known, is_first = tally.first_breach_day[0], is_active & (first == t)
        known[is_first] = np.where(known > 0.0, np.minimum(known, breach), breach)[is_first]
    tally.n_activations[0] += is_on & (judging.was_on[0] == 0.0)
    judging.was_on[0] = is_on
    close = state.prices.close[terms.prices.index]
    np.maximum(judging.high[0], close, out=judging.high[0])
    fall = 1.0 - close / judging.high[0]
    is_deeper = (fall > judging.deepest[0]) & ((first == 0.0) | (t <= first + rules.horizon_days))
    judging.deepest[0][is_deeper] = fall[is_deeper]
    tally.trough_day[0][is_deeper] = t
