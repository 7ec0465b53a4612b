"""What investors ask for and what they are paid (docs/model.md, 4 and 9). Rows of classes are ``f*C + c``."""

import numpy as np

from backstop.kernels.frames import count_columns, count_rows
from backstop.kernels.jit import FIRST, ONE, TWO, Index, fma, jit
from backstop.kernels.lanes import clear, is_any_at_least


@jit
def _fall_due(investors, row, queue_row, funds, f, lanes):
    """``late += floor(overdue * worth); overdue += queue(t); due = floor(overdue * worth)``, a share worth navps."""
    for i in range(FIRST, lanes):
        worth = max(funds.navps[f, i], 0.0)
        before = investors.overdue[row, i]
        overdue = before + investors.queue[queue_row, i]
        due = np.floor(overdue * worth)
        funds.late[f, i] += np.floor(before * worth)
        funds.due[f, i] += due
        investors.queue[queue_row, i] = 0.0
        investors.overdue[row, i] = overdue
        investors.due[row, i] = due


@jit
def _request(investors, row, queue_row, funds, f, back_row, base, slope, tolerance, cap, tally, lanes):
    """``rate = min(cap, base + slope * max(0, -r - tolerance))`` of the class's shares that are not queued."""
    for i in range(FIRST, lanes):
        r = funds.navps[f, i] / funds.nav_history[back_row, i] - 1.0
        rate = min(cap, fma(slope, max(0.0, -r - tolerance), base))
        s = rate * (investors.shares[row, i] - investors.queued[row, i])
        investors.queue[queue_row, i] += s
        investors.queued[row, i] += s
        funds.requested_shares[f, i] += s
        tally.redemption_requested[f, i] += np.floor(s * max(funds.navps[f, i], 0.0))


@jit
def _owe(funds, f, lanes):
    """``owed = due + called``, to which outside lenders may add."""
    for i in range(FIRST, lanes):
        funds.owed[f, i] = funds.due[f, i] + funds.called[f, i]


@jit
def request_redemptions(terms, funds, investors, tally, day, lanes):
    """Step 4: what falls due today, then new requests; `day` counts from 0."""
    n_funds, n_classes = count_rows(terms.share_frac), count_columns(terms.share_frac)
    n_notice = count_rows(investors.queue) // count_rows(investors.shares)
    n_back = count_rows(funds.nav_history) // n_funds
    today = day + ONE
    for f in range(n_funds):
        clear(funds.due, f, lanes)
        clear(funds.late, f, lanes)
        clear(funds.requested_shares, f, lanes)
        for c in range(Index(terms.n_classes[f])):
            row = f * n_classes + c
            _fall_due(investors, row, row * n_notice + today % n_notice, funds, f, lanes)
            due_slot = (today + Index(terms.notice_days[f, c])) % n_notice
            back_slot = (today + n_back - Index(terms.horizon_days[f, c])) % n_back
            _request(investors, row, row * n_notice + due_slot, funds, f, f * n_back + back_slot, terms.base_rate[f, c],
                     terms.bear_slope[f, c], terms.tolerance[f, c], terms.daily_cap[f, c], tally, lanes)
        _owe(funds, f, lanes)


@jit
def _pay(funds, f, tally, lanes):
    """``paid = min(due, cash)``; arrears start anew once what was late is paid, and end with all that is due."""
    for i in range(FIRST, lanes):
        due = funds.due[f, i]
        paid = min(due, funds.cash[f, i])
        days = 1.0 if funds.late[f, i] <= paid else funds.unpaid_days[f, i] + 1.0
        funds.paid[f, i] = paid
        funds.cash[f, i] -= paid
        funds.unpaid_days[f, i] = days if paid < due else 0.0
        tally.redemption_paid[f, i] += paid


@jit
def _apportion(funds, f, investors, row, scratch, lanes):
    """A class's part of the payment by cumulative remainder, into scratch 2 as the shares it loses.

    Rows 0 and 1 of `scratch` carry due and payment accumulated over the classes before.
    """
    for i in range(FIRST, lanes):
        due, due_f, paid_f = investors.due[row, i], funds.due[f, i], funds.paid[f, i]
        overdue, navps = investors.overdue[row, i], funds.navps[f, i]
        due_so_far = scratch[FIRST, i] + due
        is_whole = (paid_f == due_f) | (due_so_far == due_f)
        paid_so_far = paid_f if is_whole else np.floor(paid_f * due_so_far / due_f)
        paid = min(paid_so_far - scratch[ONE, i], due)
        scratch[FIRST, i] = due_so_far
        scratch[ONE, i] += paid
        scratch[TWO, i] = overdue if paid == due else paid / navps


@jit
def _retire(funds, f, investors, row, scratch, lanes):
    """Shares paid for leave the fund, the class, its queue and what is overdue."""
    for i in range(FIRST, lanes):
        retired = scratch[TWO, i]
        investors.overdue[row, i] -= retired
        investors.queued[row, i] -= retired
        investors.shares[row, i] -= retired
        funds.shares[f, i] -= retired


@jit
def _retire_all(funds, f, investors, row, lanes):
    """`_apportion` and `_retire` where every lane is paid in full."""
    for i in range(FIRST, lanes):
        retired = investors.overdue[row, i]
        investors.overdue[row, i] = 0.0
        investors.queued[row, i] -= retired
        investors.shares[row, i] -= retired
        funds.shares[f, i] -= retired


@jit
def pay_redemptions(terms, funds, investors, scratch, tally, lanes):
    """Step 9: what is due is paid as far as cash goes, to classes pro rata."""
    n_classes = count_columns(terms.share_frac)
    for f in range(count_rows(terms.share_frac)):
        _pay(funds, f, tally, lanes)
        clear(scratch, FIRST, lanes)
        clear(scratch, ONE, lanes)
        is_any_unpaid = is_any_at_least(funds.unpaid_days, f, 1.0, lanes)
        for c in range(Index(terms.n_classes[f])):
            if is_any_unpaid:
                _apportion(funds, f, investors, f * n_classes + c, scratch, lanes)
                _retire(funds, f, investors, f * n_classes + c, scratch, lanes)
            else:
                _retire_all(funds, f, investors, f * n_classes + c, lanes)
