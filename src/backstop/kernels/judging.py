"""What triggers are judged by (docs/model.md, 13): distress of a counterfactual, and whether keys were on ahead."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.declare import State
from backstop.kernels.funds.marks import own_cash
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.terms import ACTIVE, Floats
from backstop.terms.declare import declared


@declared
class Judging(NamedTuple):
    """What triggers are judged by."""

    sold_before: Annotated[Floats, State("quanta", "forced sales up to yesterday", "fund")]
    was_on: Annotated[Floats, State("0 or 1", "1 if a system key was on yesterday")]
    was_ahead: Annotated[Floats, State("0 or 1", "1 if yesterday was a day of an episode")]
    is_met: Annotated[Floats, State("0 or 1", "1 once a system key was on in the episode")]
    high: Annotated[Floats, State("price", "highest close of the index", opening=1.0)]
    distressed: Annotated[Floats, State("quanta", "opening value of the funds in distress today", is_traced=False)]
    is_on: Annotated[Floats, State("0 or 1", "1 if a system key is on today", is_traced=False)]
    is_ahead: Annotated[Floats, State("0 or 1", "1 if today is a day of an episode", is_traced=False)]
    days_to_distress: Annotated[Floats, State("trading days", "from a day to the next of distress", is_traced=False)]
    deepest: Annotated[Floats, State("share of high", "deepest fall of the index from it")]
    pressed_before: Annotated[Floats, State("trading days", "under pressure, up to yesterday", "fund")]
    cost_before: Annotated[Floats, State("quanta", "fire-sale cost up to yesterday", "fund")]
    breach_age: Annotated[
        Floats, State("trading days", "since the index last breached its drawdown",
                      opening=lambda arm: np.array([arm.judging.breach_age_open]))]
    in_window: Annotated[Floats, State("0 or 1", "1 on a day of stress")]
    opens: Annotated[Floats, State("0 or 1", "1 where a window opens today", is_traced=False)]
    ends: Annotated[Floats, State("0 or 1", "1 where a window ends today, if no breach extends it", is_traced=False)]
    is_after: Annotated[Floats, State("0 or 1", "1 where the last window is looked at once more", is_traced=False)]
    technology: Annotated[Floats, State("units", "of technology assets, of a fund", is_traced=False)]
    technology_of_all: Annotated[Floats, State("units", "of technology assets, of all funds", is_traced=False)]


@declared
class Foresight(NamedTuple):
    """What a counterfactual went through, for its arms to be judged by; no rows where nobody judges."""

    distress: Annotated[
        Floats, State("0 or 1", "1 on a day of distress, written without facilities; in the end, of an episode")]
    ahead: Annotated[
        Floats, State("0 or 1", "1 on a day of an episode of the counterfactual, read in an arm with facilities")]


@jit
def _pay_leavers(funds, f, tally, lanes):
    """``+ floor(min(injection, max(0, due - max(0, own - recalled))))``, own free cash and what lenders ask for."""
    for i in range(FIRST, lanes):
        injection, due = funds.injection[f, i], funds.due[f, i]
        recalled = funds.owed[f, i] - due - funds.called[f, i]
        lacking = max(0.0, due - max(0.0, own_cash(funds, f, i) - recalled))
        tally.injected_to_leavers[f, i] += np.floor(min(injection, lacking))


@jit
def _reach_funds(funds, f, nav_floor, fund_tally, path_tally, today, lanes):
    """What reached a fund below its floor, and the first day on which any cash came."""
    for i in range(FIRST, lanes):
        injection, navps = funds.injection[f, i], funds.navps[f, i]
        first = path_tally.first_cash_day[FIRST, i]
        fund_tally.injected_below_floor[f, i] += injection if navps < nav_floor else 0.0
        path_tally.first_cash_day[FIRST, i] = today if (injection > 0.0) & (first == 0.0) else first


@rule
def note_use(nav_floor, state, day, lanes):
    """Step 7: whom the day's injections reach."""
    if count_rows(state.system_keys.phase) == FIRST:
        return
    for f in range(count_rows(nav_floor)):
        if is_any_at_least(state.funds.injection, f, 1.0, lanes):
            _pay_leavers(state.funds, f, state.fund_tally, lanes)
            _reach_funds(state.funds, f, nav_floor[f], state.fund_tally, state.path_tally, float(day + ONE), lanes)


@jit
def _add_distress(funds, f, judging, tally, material_sale, assets, lanes):
    """A fund's day of distress; `distressed` adds up the opening value of the funds that have one."""
    for i in range(FIRST, lanes):
        sold = tally.forced_sales[f, i]
        is_material = sold - judging.sold_before[f, i] >= material_sale
        is_distressed = is_material | (funds.unpaid_days[f, i] >= 2.0)
        tally.distress_days[f, i] += 1.0 if is_distressed else 0.0
        judging.distressed[FIRST, i] += assets if is_distressed else 0.0


@jit
def _note_distress(foresight, day, judging, material_assets, lanes):
    for i in range(FIRST, lanes):
        foresight.distress[day, i] = 1.0 if judging.distressed[FIRST, i] >= material_assets else 0.0


@jit
def _note_trough(prices, j, judging, tally, today, horizon, lanes):
    """The deepest fall of the index so far, up to `horizon` days after the first activation."""
    for i in range(FIRST, lanes):
        close, first = prices.close[j, i], tally.first_active_day[FIRST, i]
        high = max(judging.high[FIRST, i], close)
        fall = 1.0 - close / high
        deepest, trough = judging.deepest[FIRST, i], tally.trough_day[FIRST, i]
        is_deeper = (fall > deepest) & ((first == 0.0) | (today <= first + horizon))
        judging.high[FIRST, i] = high
        judging.deepest[FIRST, i] = fall if is_deeper else deepest
        tally.trough_day[FIRST, i] = today if is_deeper else trough


@jit
def _note_breach(keys, k, tally, today, breach_day, lanes):
    """On the day of the first activation: when the breach behind it began, the earliest where several keys open."""
    for i in range(FIRST, lanes):
        known = tally.first_breach_day[FIRST, i]
        is_first = (keys.phase[k, i] == ACTIVE) & (tally.first_active_day[FIRST, i] == today)
        earliest = min(known, breach_day) if known > 0.0 else breach_day
        tally.first_breach_day[FIRST, i] = earliest if is_first else known


@jit
def _find_on(keys, judging, lanes):
    """``is_on``: some system key is on."""
    clear(judging.is_on, FIRST, lanes)
    for k in range(count_rows(keys.phase)):
        for i in range(FIRST, lanes):
            judging.is_on[FIRST, i] = max(judging.is_on[FIRST, i], 1.0 if keys.phase[k, i] == ACTIVE else 0.0)


@jit
def _count_activations(foresight, day, judging, tally, lanes):
    """Activations of today, and false ones; `is_ahead` is read from the counterfactual."""
    has_foresight = count_rows(foresight.ahead) > FIRST
    clear(judging.is_ahead, FIRST, lanes)
    if has_foresight:
        for i in range(FIRST, lanes):
            judging.is_ahead[FIRST, i] = foresight.ahead[day, i]
    for i in range(FIRST, lanes):
        is_on = judging.is_on[FIRST, i]
        turned_on = is_on * (1.0 - judging.was_on[FIRST, i])
        judging.was_on[FIRST, i] = is_on
        tally.n_activations[FIRST, i] += turned_on
        tally.n_false_activations[FIRST, i] += turned_on * (1.0 - judging.is_ahead[FIRST, i]) if has_foresight else 0.0


@jit
def _follow_episodes(judging, tally, lanes):
    """An episode counts as missed from its first day until a key is on."""
    for i in range(FIRST, lanes):
        is_on, ahead = judging.is_on[FIRST, i], judging.is_ahead[FIRST, i]
        opens = ahead * (1.0 - judging.was_ahead[FIRST, i])
        was_met = judging.is_met[FIRST, i] * (1.0 - opens) * ahead
        is_met = max(was_met, is_on * ahead)
        judging.was_ahead[FIRST, i] = ahead
        judging.is_met[FIRST, i] = is_met
        tally.n_episodes[FIRST, i] += opens
        tally.n_missed_episodes[FIRST, i] += opens - (is_met - was_met)
        tally.quiet_days[FIRST, i] += 1.0 - ahead
        tally.false_days[FIRST, i] += is_on * (1.0 - ahead)


@rule
def judge_day(terms, triggers, state, index, day, lanes):
    """Step 13: distress of the day; activations and episodes by what lies ahead in the counterfactual."""
    judging, tally, today = state.judging, state.path_tally, float(day + ONE)
    clear(judging.distressed, FIRST, lanes)
    for f in range(count_rows(terms.assets)):
        _add_distress(state.funds, f, judging, state.fund_tally, terms.material_sale[f], terms.assets[f], lanes)
    if count_rows(state.foresight.distress) > FIRST:
        _note_distress(state.foresight, day, judging, terms.material_assets, lanes)
    _note_trough(state.prices, index, judging, tally, today, terms.horizon_days, lanes)
    for k in range(count_rows(state.system_keys.phase)):
        days_before = triggers.decision_lag[Index(2) * k] + triggers.entry_days[Index(2) * k] - 1.0
        _note_breach(state.system_keys, k, tally, today, today - days_before, lanes)
    _find_on(state.system_keys, judging, lanes)
    _count_activations(state.foresight, day, judging, tally, lanes)
    if count_rows(state.foresight.ahead) > FIRST:
        _follow_episodes(judging, tally, lanes)


@jit
def _look_ahead(distress, day, horizon, judging, lanes):
    """``[days until the next distress <= horizon]``, from the last day back."""
    for i in range(FIRST, lanes):
        days = 0.0 if distress[day, i] > 0.0 else judging.days_to_distress[FIRST, i] + 1.0
        judging.days_to_distress[FIRST, i] = days
        distress[day, i] = 1.0 if days <= horizon else 0.0


@jit
def _count_episodes(distress, day, judging, tally, lanes):
    """A counterfactual's own count."""
    for i in range(FIRST, lanes):
        ahead = distress[day, i]
        opens = ahead * (1.0 - judging.was_ahead[FIRST, i])
        judging.was_ahead[FIRST, i] = ahead
        tally.n_episodes[FIRST, i] += opens
        tally.n_missed_episodes[FIRST, i] += opens
        tally.quiet_days[FIRST, i] += 1.0 - ahead


@rule
def close_judging(horizon, state, lanes):
    """At the horizon: last prices; in a counterfactual, days of distress become days of episodes."""
    judging, distress = state.judging, state.foresight.distress
    for j in range(count_rows(state.prices.close)):
        for i in range(FIRST, lanes):
            state.path_tally.market_end_by_asset[j, i] = state.prices.close[j, i]
    n_days = count_rows(distress)
    for i in range(FIRST, lanes):
        judging.days_to_distress[FIRST, i] = horizon
        judging.was_ahead[FIRST, i] = 0.0
    for back in range(n_days):
        _look_ahead(distress, n_days - ONE - back, horizon, judging, lanes)
    for day in range(n_days):
        _count_episodes(distress, day, judging, state.path_tally, lanes)
