"""Windows of stress: the days by which effects are judged, the same in all arms (docs/model.md, 13).

Whether a window goes on is known only once no further breach has come for so many days. So what is read at its end is
read on each day that may be one, and written over if the window goes on.
"""

from typing import Annotated, NamedTuple

from backstop.kernels.bottoms import close_bottoms, leave_bottoms_open, watch_bottoms
from backstop.kernels.declare import State
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, fma, jit, rule
from backstop.kernels.machine.lanes import clear, copy, is_any_at_least
from backstop.kernels.record import opening_technology
from backstop.terms import NEVER, SAME_FALL, Floats
from backstop.terms.declare import declared


@declared
class Stress(NamedTuple):
    """What arm none finds in its index, for all arms to be judged by; no rows where nobody judges."""

    breach_age: Annotated[Floats, State("trading days", "since the last breach, written in arm none")]
    breach_age_ahead: Annotated[Floats, State("trading days", "that of arm none, read in other arms")]
    index_peak: Annotated[
        Floats, State("price", "in arm none, maxima of closes from a place to the end of the last full block",
                      "high_close")]
    index_high: Annotated[Floats, State("price", "in arm none, maximum of the block that is filling", "")]


@jit
def _age_breach(prices, j, stress, row, drawdown, judging, lanes):
    """``age = 0 if 1 - close / high >= drawdown else age + 1``; the close joins the block that is filling."""
    for i in range(FIRST, lanes):
        close, age, filling = prices.close[j, i], judging.breach_age[FIRST, i], stress.index_high[FIRST, i]
        high = max(max(stress.index_peak[row, i], filling), close)
        judging.breach_age[FIRST, i] = 0.0 if 1.0 - close / high >= drawdown - SAME_FALL else age + 1.0
        stress.index_peak[row, i] = close
        stress.index_high[FIRST, i] = max(filling, close)


@jit
def _close_block(stress, lanes):
    """A full block turns into maxima from each position to its end."""
    n_rows = count_rows(stress.index_peak)
    for back in range(ONE, n_rows):
        row = n_rows - ONE - back
        for i in range(FIRST, lanes):
            stress.index_peak[row, i] = max(stress.index_peak[row, i], stress.index_peak[row + ONE, i])
    clear(stress.index_high, FIRST, lanes)


@jit
def _open_index(history, stress, lanes):
    """Before day 1: the closes behind it are a full block."""
    n_rows, highest = count_rows(history), 0.0
    for back in range(n_rows):
        row = n_rows - ONE - back
        highest = max(highest, history[row])
        for i in range(FIRST, lanes):
            stress.index_peak[row, i] = highest
    clear(stress.index_high, FIRST, lanes)


@jit
def _read_index(terms, prices, index, stress, judging, day, lanes):
    """Arm none: days since the last breach, for all arms."""
    n_back = count_rows(stress.index_peak)
    row = day % n_back
    if day == FIRST:
        _open_index(terms.index_history, stress, lanes)
    _age_breach(prices, index, stress, row, terms.window_drawdown, judging, lanes)
    if row == n_back - ONE:
        _close_block(stress, lanes)
    for i in range(FIRST, lanes):
        stress.breach_age[day, i] = judging.breach_age[FIRST, i]


@jit
def _take_age(stress, day, judging, lanes):
    """Other arms: that of arm none."""
    for i in range(FIRST, lanes):
        judging.breach_age[FIRST, i] = stress.breach_age_ahead[day, i]


@jit
def _find_window(judging, days, after_days, n_windows, lanes):
    """``in_window = [age <= days]``; it may end where ``age = days``, and is looked at again `after_days` later."""
    for i in range(FIRST, lanes):
        age, before, n_before = judging.breach_age[FIRST, i], judging.in_window[FIRST, i], n_windows[FIRST, i]
        in_window = 1.0 if age <= days else 0.0
        opens = in_window * (1.0 - before)
        n_windows[FIRST, i] = n_before + opens
        judging.in_window[FIRST, i] = in_window
        judging.opens[FIRST, i] = opens
        judging.ends[FIRST, i] = 1.0 if age == days else 0.0
        judging.is_after[FIRST, i] = 1.0 if (age == days + after_days) & (n_before > 0.0) else 0.0


@jit
def _count_days(judging, tally, today, lanes):
    """Days in windows, the first and the last of them."""
    for i in range(FIRST, lanes):
        in_window = judging.in_window[FIRST, i]
        first, last = tally.first_window_day[FIRST, i], tally.last_window_day[FIRST, i]
        tally.days_in_windows[FIRST, i] += in_window
        tally.first_window_day[FIRST, i] = today if (in_window > 0.0) & (first == 0.0) else first
        tally.last_window_day[FIRST, i] = today if in_window > 0.0 else last


@jit
def _add_today(total, before, in_window, f, lanes, sums):
    """``sum += in_window * (total - before); before = total``: what a day of stress added to a total."""
    for i in range(FIRST, lanes):
        now, until = total[f, i], before[f, i]
        sums[f, i] += in_window[FIRST, i] * (now - until)
        before[f, i] = now


@jit
def _add_to_windows(judging, f, tally, lanes):
    """What a fund did today, if today is a day of stress."""
    in_window = judging.in_window
    _add_today(tally.forced_sales, judging.sold_before, in_window, f, lanes, tally.forced_sales_in_window)
    _add_today(tally.fire_sale_cost, judging.cost_before, in_window, f, lanes, tally.fire_sale_cost_in_window)
    _add_today(tally.days_under_pressure, judging.pressed_before, in_window, f, lanes, tally.pressure_days_in_window)


@jit
def _pass_day(judging, f, tally, lanes):
    """The same on a day that is one of stress in no lane."""
    copy(tally.forced_sales, judging.sold_before, f, lanes)
    copy(tally.fire_sale_cost, judging.cost_before, f, lanes)
    copy(tally.days_under_pressure, judging.pressed_before, f, lanes)


@jit
def _add_units(units, row, judging, lanes):
    for i in range(FIRST, lanes):
        judging.technology[FIRST, i] += units[row, i]


@jit
def _note_kept(units, row, opened, judging, tally, f, lanes):
    """``kept = units / opened``, where a window may end, and where it is looked at once more."""
    for i in range(FIRST, lanes):
        kept = units[row, i] / opened
        at_end, later = tally.technology_kept_window_end[f, i], tally.technology_kept_after_window[f, i]
        tally.technology_kept_window_end[f, i] = kept if judging.ends[FIRST, i] > 0.0 else at_end
        tally.technology_kept_after_window[f, i] = kept if judging.is_after[FIRST, i] > 0.0 else later


@jit
def _add_of_fund(count, judging, lanes):
    for i in range(FIRST, lanes):
        judging.technology_of_all[FIRST, i] = fma(count, judging.technology[FIRST, i],
                                                  judging.technology_of_all[FIRST, i])


@jit
def _note_technology(terms, state, lanes):
    """Technology kept by each fund and by all."""
    judging, is_technology, everything = state.judging, terms.prices.is_technology, 0.0
    n_assets = count_rows(is_technology)
    clear(judging.technology_of_all, FIRST, lanes)
    for f in range(count_rows(terms.funds.count)):
        opened = opening_technology(terms.funds.units_open, is_technology, f)
        if opened > 0.0:
            clear(judging.technology, FIRST, lanes)
            for j in range(n_assets):
                if is_technology[j]:
                    _add_units(state.funds.units, f * n_assets + j, judging, lanes)
            _note_kept(judging.technology, FIRST, opened, judging, state.fund_tally, f, lanes)
            _add_of_fund(terms.funds.count[f], judging, lanes)
            everything += terms.funds.count[f] * opened
    if everything > 0.0:
        _note_kept(judging.technology_of_all, FIRST, everything, judging, state.path_tally, FIRST, lanes)


@jit
def _forget_after(judging, rows, row, lanes):
    """Of the last window: another one has opened."""
    for i in range(FIRST, lanes):
        rows[row, i] = NEVER if judging.opens[FIRST, i] > 0.0 else rows[row, i]


@rule
def watch_windows(terms, state, index, day, lanes):
    """Step 13: whether the day is one of stress, and what funds did on it."""
    judging, stress, n_funds = state.judging, state.stress, count_rows(terms.funds.count)
    if count_rows(stress.breach_age) > FIRST:
        _read_index(terms.judging, state.prices, index, stress, judging, day, lanes)
    elif count_rows(stress.breach_age_ahead) > FIRST:
        _take_age(stress, day, judging, lanes)
    else:
        for f in range(n_funds):
            _pass_day(judging, f, state.fund_tally, lanes)
        return
    _find_window(judging, terms.judging.window_days, terms.judging.after_window_days, state.path_tally.n_windows, lanes)
    _count_days(judging, state.path_tally, float(day + ONE), lanes)
    if count_rows(state.bottoms.units) > FIRST:
        watch_bottoms(terms.judging, state, day, lanes)
    is_stressed = is_any_at_least(judging.in_window, FIRST, 1.0, lanes)
    for f in range(n_funds):
        if is_stressed:
            _add_to_windows(judging, f, state.fund_tally, lanes)
        else:
            _pass_day(judging, f, state.fund_tally, lanes)
    if is_any_at_least(judging.opens, FIRST, 1.0, lanes):
        _forget_after(judging, state.path_tally.technology_kept_after_window, FIRST, lanes)
        for f in range(n_funds):
            _forget_after(judging, state.fund_tally.technology_kept_after_window, f, lanes)
    if (is_any_at_least(judging.ends, FIRST, 1.0, lanes)) | (is_any_at_least(judging.is_after, FIRST, 1.0, lanes)):
        _note_technology(terms, state, lanes)


@jit
def _cut_window(judging, kept, at_end, row, lanes):
    """A window that the horizon cuts ends there."""
    for i in range(FIRST, lanes):
        at_end[row, i] = kept[row, i] if judging.in_window[FIRST, i] > 0.0 else at_end[row, i]


@jit
def _sum_funds(count, eligible, tally, f, path_tally, lanes):
    """Over funds, those that some facility admits also apart."""
    for i in range(FIRST, lanes):
        sold = count * tally.forced_sales_in_window[f, i]
        path_tally.forced_sales_in_window[FIRST, i] += sold
        path_tally.forced_sales_in_window_eligible[FIRST, i] += eligible * sold
        path_tally.fire_sale_cost_in_window[FIRST, i] += count * tally.fire_sale_cost_in_window[f, i]


@jit
def _null_without_window(n_windows, rows, row, lanes):
    for i in range(FIRST, lanes):
        rows[row, i] = NEVER if n_windows[FIRST, i] == 0.0 else rows[row, i]


@rule
def close_windows(terms, state, lanes):
    """At the horizon: a window that is cut, sums over funds, and what there is not without a window."""
    judging, tally, path_tally = state.judging, state.fund_tally, state.path_tally
    n_windows = path_tally.n_windows
    if count_rows(state.bottoms.units) > FIRST:
        close_bottoms(terms.funds.count, state, lanes)
    else:
        leave_bottoms_open(state, lanes)
    for i in range(FIRST, lanes):
        path_tally.is_window_cut[FIRST, i] = judging.in_window[FIRST, i]
    _cut_window(judging, path_tally.technology_kept, path_tally.technology_kept_window_end, FIRST, lanes)
    for f in range(count_rows(terms.funds.count)):
        _cut_window(judging, tally.technology_kept, tally.technology_kept_window_end, f, lanes)
        _sum_funds(terms.funds.count[f], terms.judging.is_admissible[f], tally, f, path_tally, lanes)
        _null_without_window(n_windows, tally.forced_sales_in_window, f, lanes)
        _null_without_window(n_windows, tally.fire_sale_cost_in_window, f, lanes)
        _null_without_window(n_windows, tally.pressure_days_in_window, f, lanes)
    _null_without_window(n_windows, path_tally.forced_sales_in_window, FIRST, lanes)
    _null_without_window(n_windows, path_tally.forced_sales_in_window_eligible, FIRST, lanes)
    _null_without_window(n_windows, path_tally.fire_sale_cost_in_window, FIRST, lanes)
