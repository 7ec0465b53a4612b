"""Steps 4 and 9 for investors: what they ask for and what they are paid."""

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import Floats, Integers, InvestorTerms
from bench.peers.numpy_engine.state import Funds, Investors


def fall_due(funds: Funds, investors: Investors, t: int) -> None:
    """Step 4: what falls due today."""
    worth, slot = np.maximum(funds.navps, 0.0)[:, None], t % len(investors.queue)
    funds.late = np.floor(investors.overdue * worth).sum(axis=1)
    investors.overdue += investors.queue[slot]
    investors.queue[slot] = 0.0
    investors.due = np.floor(investors.overdue * worth)
    funds.due = investors.due.sum(axis=1)


def request(terms: InvestorTerms, funds: Funds, investors: Investors, tally: FundTally, n_back: int, t: int) -> None:
    """Step 4: new requests of the classes in use."""
    f, c = np.nonzero(np.arange(terms.share_frac.shape[1]) < terms.n_classes[:, None])
    past = funds.navps[f] / funds.closes[n_back - 1 + t - terms.horizon_days[f, c], f] - 1.0
    fall = np.maximum(0.0, -past - terms.tolerance[f, c, None])
    rate = np.minimum(terms.daily_cap[f, c, None], terms.base_rate[f, c, None] + terms.bear_slope[f, c, None] * fall)
    asked = rate * (investors.shares[f, c] - investors.queued[f, c])
    investors.queue[(t + terms.notice_days[f, c]) % len(investors.queue), f, c] += asked
    investors.queued[f, c] += asked
    tally.redemption_requested[:] += _sum_by_fund(np.floor(asked * np.maximum(funds.navps[f], 0.0)), terms, f, c)
    funds.requested_shares = _sum_by_fund(asked, terms, f, c)


def _sum_by_fund(values: Floats, terms: InvestorTerms, f: Integers, c: Integers) -> Floats:
    """(F, P) sums over classes of values (f, c) by row."""
    full = np.zeros((*terms.share_frac.shape, values.shape[-1]))
    full[f, c] = values
    return np.asarray(full.sum(axis=1))


def pay(funds: Funds, investors: Investors, tally: FundTally) -> None:
    """Step 9: what is due is paid as far as cash goes, to classes pro rata with a cumulative remainder."""
    paid = np.minimum(funds.due, funds.cash)
    funds.cash -= paid
    tally.redemption_paid[:] += paid
    days = np.where(funds.late <= paid, 1.0, funds.unpaid_days + 1.0)
    funds.unpaid_days = np.where(paid < funds.due, days, 0.0)
    due_so_far, paid_so_far = np.zeros_like(paid), np.zeros_like(paid)
    for c in range(investors.due.shape[1]):
        due = investors.due[:, c]
        due_so_far += due
        bound = _bound(funds.due, paid, due_so_far)
        to_class = np.minimum(bound - paid_so_far, due)
        paid_so_far += to_class
        _retire(funds, investors, c, to_class)


def _bound(due: Floats, paid: Floats, due_so_far: Floats) -> Floats:
    """B: what classes so far are paid together."""
    is_whole = (paid == due) | (due_so_far == due)
    if is_whole.all():
        return paid
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(is_whole, paid, np.floor(paid * due_so_far / due))


def _retire(funds: Funds, investors: Investors, c: int, paid: Floats) -> None:
    """Shares paid for leave the fund, the class, its queue and what is overdue."""
    overdue = investors.overdue[:, c]
    is_whole = paid == investors.due[:, c]
    with np.errstate(divide="ignore", invalid="ignore"):
        retired = overdue.copy() if is_whole.all() else np.where(is_whole, overdue, paid / funds.navps)
    overdue -= retired
    investors.queued[:, c] -= retired
    investors.shares[:, c] -= retired
    funds.shares -= retired
