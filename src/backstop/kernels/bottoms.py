"""What funds sold near the bottom of a window of stress, and what they would have got later (docs/model.md, 13)."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.declare import State
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, jit, rule
from backstop.kernels.machine.lanes import is_any_at_least
from backstop.terms import NEVER, ArmTerms, Floats
from backstop.terms.declare import declared


def has_bottoms(arm: ArmTerms) -> bool:
    """There are arms to compare."""
    return arm.judging.bottom_days > 0.0


def _first_close(arm: ArmTerms) -> Floats:
    """(J, B) the opening price on day 0, in slot 0."""
    past = np.zeros((len(arm.prices.adv), int(arm.judging.bottom_days)))
    past[:, 0] = 1.0
    return past


@declared
class Bottoms(NamedTuple):
    """Of what each fund sold of each asset in windows of stress."""

    past: Annotated[
        Floats, State("price", "of the last days had nobody ever sold: a ring", "asset bottom", is_traced=False,
                      opening=_first_close)]
    past_sum: Annotated[Floats, State("price", "sum of those", "asset", opening=1.0)]
    reference: Annotated[Floats, State("price", "R, their mean when the last window opened", "asset")]
    units: Annotated[Floats, State("units", "sold in windows, not yet looked at again")]
    proceeds: Annotated[Floats, State("quanta", "of them", "fund")]
    is_waiting: Annotated[Floats, State("0 or 1", "1 while sales in windows have not been looked at again", "")]
    sold: Annotated[Floats, State("units", "of one asset by one fund today", "", is_traced=False)]
    got: Annotated[Floats, State("quanta", "for them", "", is_traced=False)]


@jit
def _note_reference(bottoms, j, days, judging, lanes):
    """``R = mean price of the days before``, where a window opens."""
    for i in range(FIRST, lanes):
        mean, before = bottoms.past_sum[j, i] / days, bottoms.reference[j, i]
        bottoms.reference[j, i] = mean if judging.opens[FIRST, i] > 0.0 else before


@jit
def _pass_price(bottoms, j, slot, prices, lanes):
    """Today's price takes the place of the oldest."""
    for i in range(FIRST, lanes):
        oldest, calm = bottoms.past[slot, i], prices.calm[j, i]
        bottoms.past_sum[j, i] += calm - oldest
        bottoms.past[slot, i] = calm


@jit
def _read_sale(funds, row, prices, j, bottoms, lanes):
    """Of a day of one round."""
    for i in range(FIRST, lanes):
        n = funds.to_sell[row, i]
        bottoms.sold[FIRST, i] = n
        bottoms.got[FIRST, i] = np.floor(n * prices.execution[j, i])


@jit
def _read_rounds(rounds, row, bottoms, lanes):
    """Of a day of several."""
    for i in range(FIRST, lanes):
        bottoms.sold[FIRST, i] = rounds.units[row, i]
        bottoms.got[FIRST, i] = rounds.proceeds[row, i]


@jit
def _add_sale(bottoms, f, j, row, frac, in_window, tally, lanes):
    """``cost += max(0, floor(frac * R * n) - got)``; units and proceeds wait for what comes after the window."""
    for i in range(FIRST, lanes):
        n, got, counts = bottoms.sold[FIRST, i], bottoms.got[FIRST, i], in_window[FIRST, i]
        least = np.floor(frac * bottoms.reference[j, i] * n)
        tally.bottom_cost[f, i] += counts * max(0.0, least - got)
        bottoms.units[row, i] = fma(counts, n, bottoms.units[row, i])
        bottoms.proceeds[f, i] += counts * got


@jit
def _wait(bottoms, in_window, lanes):
    for i in range(FIRST, lanes):
        bottoms.is_waiting[FIRST, i] = max(bottoms.is_waiting[FIRST, i], in_window[FIRST, i])


@jit
def _add_sales(terms, state, lanes):
    """What all funds sold today, where today is a day of stress."""
    bottoms, in_window, n_assets = state.bottoms, state.judging.in_window, count_rows(state.prices.close)
    for row in range(count_rows(bottoms.units)):
        f, j = row // n_assets, row % n_assets
        if count_rows(state.rounds.units) > FIRST:
            _read_rounds(state.rounds, row, bottoms, lanes)
        else:
            _read_sale(state.funds, row, state.prices, j, bottoms, lanes)
        _add_sale(bottoms, f, j, row, terms.bottom_frac, in_window, state.fund_tally, lanes)
    _wait(bottoms, in_window, lanes)


@jit
def _regret(bottoms, f, row, prices, j, judging, lanes, tally):
    """``regret += floor(units * close)``; the units are looked at."""
    for i in range(FIRST, lanes):
        units, is_after = bottoms.units[row, i], judging.is_after[FIRST, i]
        tally.bottom_regret[f, i] += is_after * np.floor(units * prices.close[j, i])
        bottoms.units[row, i] = (1.0 - is_after) * units


@jit
def _less_proceeds(bottoms, f, judging, tally, lanes):
    """``regret -= proceeds``."""
    for i in range(FIRST, lanes):
        proceeds, is_after = bottoms.proceeds[f, i], judging.is_after[FIRST, i]
        tally.bottom_regret[f, i] -= is_after * proceeds
        bottoms.proceeds[f, i] = (1.0 - is_after) * proceeds


@jit
def _look_again(state, lanes):
    """Some time after a window: what its sales would bring now."""
    bottoms, judging, n_assets = state.bottoms, state.judging, count_rows(state.prices.close)
    for row in range(count_rows(bottoms.units)):
        _regret(bottoms, row // n_assets, row, state.prices, row % n_assets, judging, lanes, state.fund_tally)
    for f in range(count_rows(bottoms.proceeds)):
        _less_proceeds(bottoms, f, judging, state.fund_tally, lanes)
    for i in range(FIRST, lanes):
        bottoms.is_waiting[FIRST, i] *= 1.0 - judging.is_after[FIRST, i]


@rule
def watch_bottoms(terms, state, day, lanes):
    """Step 13, once it is known whether the day is one of stress."""
    bottoms, judging, n_assets = state.bottoms, state.judging, count_rows(state.prices.close)
    n_days, today = Index(terms.bottom_days), day + ONE
    if is_any_at_least(judging.opens, FIRST, 1.0, lanes):
        for j in range(n_assets):
            _note_reference(bottoms, j, float(min(today, n_days)), judging, lanes)
    if is_any_at_least(judging.in_window, FIRST, 1.0, lanes):
        _add_sales(terms, state, lanes)
    if is_any_at_least(judging.is_after, FIRST, 1.0, lanes):
        _look_again(state, lanes)
    for j in range(n_assets):
        _pass_price(bottoms, j, j * n_days + today % n_days, state.prices, lanes)


@jit
def _sum_bottoms(tally, f, count, path_tally, lanes):
    for i in range(FIRST, lanes):
        path_tally.bottom_cost[FIRST, i] += count * tally.bottom_cost[f, i]
        path_tally.bottom_regret[FIRST, i] += count * tally.bottom_regret[f, i]


@jit
def _null_bottoms(n_windows, bottoms, tally, row, lanes):
    """None without a window; no regret while sales wait."""
    for i in range(FIRST, lanes):
        has_none = n_windows[FIRST, i] == 0.0
        is_unknown = has_none | (bottoms.is_waiting[FIRST, i] > 0.0)
        tally.bottom_cost[row, i] = NEVER if has_none else tally.bottom_cost[row, i]
        tally.bottom_regret[row, i] = NEVER if is_unknown else tally.bottom_regret[row, i]


@jit
def _leave_open(tally, row, lanes):
    for i in range(FIRST, lanes):
        tally.bottom_cost[row, i] = NEVER
        tally.bottom_regret[row, i] = NEVER


@rule
def leave_bottoms_open(state, lanes):
    """At the horizon, where nobody looked: none of any fund."""
    for f in range(count_rows(state.fund_tally.bottom_cost)):
        _leave_open(state.fund_tally, f, lanes)
    _leave_open(state.path_tally, FIRST, lanes)


@rule
def close_bottoms(counts, state, lanes):
    """At the horizon: sums over funds, and what there is not without a window, or not yet."""
    n_windows = state.path_tally.n_windows
    for f in range(count_rows(counts)):
        _sum_bottoms(state.fund_tally, f, counts[f], state.path_tally, lanes)
        _null_bottoms(n_windows, state.bottoms, state.fund_tally, f, lanes)
    _null_bottoms(n_windows, state.bottoms, state.path_tally, FIRST, lanes)
