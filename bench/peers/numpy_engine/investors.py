"""Steps 4 and 9 for investors: what they bring and ask for, and what they are paid."""

from typing import NamedTuple

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import NO_GATE, Floats, Integers, InvestorTerms
from bench.peers.numpy_engine.causes import pay_causes, split_dues
from bench.peers.numpy_engine.state import Causes, Funds, Investors, State


class _Classes(NamedTuple):
    """The classes in use: fund and class numbers, the trailing gain that each sees, its free shares; (n, P)."""

    f: Integers
    c: Integers
    past: Floats
    free: Floats


def move_money(terms: InvestorTerms, state: State, dislocation: Floats, n_back: int, t: int) -> None:
    """Step 4: new money, what falls due today, new requests; `dislocation` (P,) is the index's."""
    funds, investors, tally = state.funds, state.investors, state.fund_tally
    f, c = np.nonzero(np.arange(terms.share_frac.shape[1]) < terms.n_classes[:, None])
    past = funds.navps[f] / funds.closes[n_back - 1 + t - terms.horizon_days[f, c], f] - 1.0
    classes = _Classes(f, c, past, investors.shares[f, c] - investors.queued[f, c])
    _subscribe(terms, funds, investors, classes, tally)
    _fall_due(funds, investors, t)
    if (terms.gate_frac < NO_GATE).any() or (terms.swing_threshold < NO_GATE).any():
        _apply_exit_rules(terms, funds, investors, tally)
    _request(terms, funds, investors, state.causes, classes, dislocation, tally, t)
    split_dues(funds, state.causes, t)


def _gain(terms: InvestorTerms, classes: _Classes) -> Floats:
    """Trailing gains beyond the tolerance."""
    f, c, past, _ = classes
    return np.maximum(0.0, past - terms.tolerance[f, c, None])


def _subscribe(terms: InvestorTerms, funds: Funds, investors: Investors, classes: _Classes, tally: FundTally) -> None:
    """New money, paid in at today's NAV per share."""
    f, c, _, free = classes
    slope, cap = terms.bull_slope[f, c, None], terms.daily_cap[f, c, None]
    base = np.minimum(cap, terms.base_inflow[f, c, None])
    funds.inflow = np.zeros_like(funds.cash)
    if not (base.any() or slope.any()):
        return
    worth = np.maximum(funds.navps, 0.0)
    loss = np.maximum(0.0, -classes.past - terms.tolerance[f, c, None])
    wet = np.maximum(0.0, 1.0 - terms.inflow_dry[f, c, None] * loss)
    brought = base * wet * np.maximum(free, 0.0)
    if slope.any():
        brought += np.minimum(cap - base, slope * _gain(terms, classes)) * np.maximum(investors.shares[f, c], 0.0)
    money = np.floor(brought * worth[f])
    bought = np.divide(money, worth[f], out=np.zeros_like(money), where=money > 0.0)
    investors.shares[f, c] += bought
    funds.inflow = _sum_by_fund(money, terms, f, c)
    funds.shares += _sum_by_fund(bought, terms, f, c)
    funds.cash += funds.inflow
    funds.nav += funds.inflow
    tally.subscribed[:] += funds.inflow


def _fall_due(funds: Funds, investors: Investors, t: int) -> None:
    """What falls due today, at NAV per share and without a gate."""
    worth, slot = np.maximum(funds.navps, 0.0), t % len(investors.queue)
    funds.late = np.floor(investors.overdue * worth[:, None]).sum(axis=1)
    investors.overdue += investors.queue[slot]
    investors.queue[slot] = 0.0
    investors.due = np.floor(investors.overdue * worth[:, None])
    funds.due = funds.ripe = investors.due.sum(axis=1)
    funds.exit_price = worth


def _apply_exit_rules(terms: InvestorTerms, funds: Funds, investors: Investors, tally: FundTally) -> None:
    """What leavers give up where the price swings, and what a gate holds back."""
    value = np.maximum(funds.nav, 0.0)
    has_gate, swings = terms.gate_frac[:, None] < NO_GATE, terms.swing_threshold[:, None] < NO_GATE
    is_swung = swings & (funds.due - funds.inflow > np.where(swings, terms.swing_threshold[:, None], 0.0) * value)
    kept = 1.0 - terms.swing_frac[:, None] * is_swung
    tally.days_swung[:] += kept < 1.0
    funds.exit_price = funds.exit_price * kept
    funds.late = np.floor(funds.late * kept)
    investors.due = np.floor(investors.overdue * funds.exit_price[:, None])
    funds.ripe = investors.due.sum(axis=1)
    most = np.floor(np.where(has_gate, terms.gate_frac[:, None], 0.0) * value)
    funds.due = np.where(has_gate, np.minimum(funds.ripe, most), funds.ripe)
    tally.days_gated[:] += funds.due < funds.ripe


def _request(terms: InvestorTerms, funds: Funds, investors: Investors, causes: Causes, classes: _Classes,
             dislocation: Floats, tally: FundTally, t: int) -> None:
    """New requests of the classes in use, and what of them losses and gains cause."""
    f, c, past, free = classes
    loss = np.maximum(0.0, -past - terms.tolerance[f, c, None])
    curved = np.flatnonzero(terms.bear_power[f, c] != 1.0)
    loss[curved] **= terms.bear_power[f, c][curved, None]
    slope = terms.bear_slope[f, c, None]
    if terms.illiquidity_slope.any():
        slope = slope * (1.0 + terms.illiquidity_slope[f, c, None] * np.maximum(dislocation, 0.0))
    base = np.minimum(terms.daily_cap[f, c, None], terms.base_rate[f, c, None])
    room = terms.daily_cap[f, c, None] - base
    stressed = np.minimum(room, slope * loss)
    funds.requested_shares = np.zeros_like(funds.cash)
    due_day = (t + terms.notice_days[f, c]) % len(investors.queue)
    if slope.any():
        np.add.at(causes.queue, (due_day, 0, f), stressed * free)
    _ask(terms, funds, investors, classes, (base + stressed) * free, due_day, tally)
    if terms.gain_slope.any():
        taken = np.minimum(room, terms.gain_slope[f, c, None] * _gain(terms, classes)) * free
        np.add.at(causes.queue, (due_day, 1, f), taken)
        _ask(terms, funds, investors, classes, taken, due_day, tally)


def _ask(terms: InvestorTerms, funds: Funds, investors: Investors, classes: _Classes, asked: Floats, due_day: Integers,
         tally: FundTally) -> None:
    """Shares join the queue."""
    f, c, *_ = classes
    investors.queue[due_day, f, c] += asked
    investors.queued[f, c] += asked
    tally.redemption_requested[:] += _sum_by_fund(np.floor(asked * np.maximum(funds.navps[f], 0.0)), terms, f, c)
    funds.requested_shares += _sum_by_fund(asked, terms, f, c)


def _sum_by_fund(values: Floats, terms: InvestorTerms, f: Integers, c: Integers) -> Floats:
    """(F, P) sums over classes of values (n, P)."""
    full = np.zeros((*terms.share_frac.shape, values.shape[-1]))
    full[f, c] = values
    return np.asarray(full.sum(axis=1))


def pay(funds: Funds, investors: Investors, causes: Causes, tally: FundTally) -> None:
    """Step 9: what is due is paid as far as cash goes, to classes pro rata with a cumulative remainder."""
    funds.cash += funds.netted
    funds.due = funds.due + funds.netted
    paid = np.minimum(funds.due, funds.cash)
    funds.cash -= paid
    tally.redemption_paid[:] += paid
    days = np.where(funds.late <= paid, 1.0, funds.unpaid_days + 1.0)
    funds.unpaid_days = np.where(paid < funds.due, days, 0.0)
    is_late = funds.unpaid_days >= 2.0
    tally.shortfall_days[:] += is_late
    np.maximum(tally.shortfall_peak, is_late * (funds.late - paid), out=tally.shortfall_peak)
    due_so_far, paid_so_far = np.zeros_like(paid), np.zeros_like(paid)
    for c in range(investors.due.shape[1]):
        due = investors.due[:, c]
        due_so_far += due
        bound = _bound(funds.ripe, paid, due_so_far)
        to_class = np.minimum(bound - paid_so_far, due)
        paid_so_far += to_class
        _retire(funds, investors, c, to_class)
    pay_causes(funds, causes, paid)


def _bound(ripe: Floats, paid: Floats, due_so_far: Floats) -> Floats:
    """B: what classes so far are paid together."""
    is_whole = (paid == ripe) | (due_so_far == ripe)
    if is_whole.all():
        return paid
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(is_whole, paid, np.floor(paid * due_so_far / ripe))


def _retire(funds: Funds, investors: Investors, c: int, paid: Floats) -> None:
    """Shares paid for leave the fund, the class, its queue and what is overdue."""
    overdue = investors.overdue[:, c]
    is_whole = paid == investors.due[:, c]
    with np.errstate(divide="ignore", invalid="ignore"):
        retired = overdue.copy() if is_whole.all() else np.where(is_whole, overdue, paid / funds.exit_price)
    overdue -= retired
    investors.queued[:, c] -= retired
    investors.shares[:, c] -= retired
    funds.shares -= retired
