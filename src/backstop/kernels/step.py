"""One day of one arm, a page of contents; the order is that of docs/model.md.

`run_arm` takes a tile of paths through any run of days on the seam that `market_tile` filled.
"""

from typing import Any

from backstop.kernels.facility.announcement import reassure
from backstop.kernels.facility.compensation import compensate
from backstop.kernels.facility.covenants import bar_derisking, limit_bonuses
from backstop.kernels.facility.debt import service_debt
from backstop.kernels.facility.demands import demand_payments
from backstop.kernels.facility.guarantee import close_guarantees
from backstop.kernels.facility.inventory import plan_inventory_sales, settle_inventory_sales
from backstop.kernels.facility.resale import plan_trades, settle_trades
from backstop.kernels.facility.signals import close_signals
from backstop.kernels.facility.supply import supply_liquidity
from backstop.kernels.facility.trigger import turn_keys
from backstop.kernels.funds.causes import split_dues
from backstop.kernels.funds.evaluation import sample_scores, score_managers
from backstop.kernels.funds.investing import plan_purchases, settle_purchases
from backstop.kernels.funds.leverage import accrue_to_lenders, pay_lenders, recall_debt
from backstop.kernels.funds.marks import close_funds, mark_funds
from backstop.kernels.funds.peers import weigh_peers
from backstop.kernels.funds.redemption import move_money, pay_redemptions
from backstop.kernels.funds.response import respond
from backstop.kernels.funds.sales import plan_sales, settle_sales
from backstop.kernels.funds.settlement import (
    excuse_unsettled,
    keep_unpaid_in_sight,
    look_ahead,
    receive_proceeds,
    settle_at_horizon,
)
from backstop.kernels.funds.solvency import close_solvency, find_shortfalls
from backstop.kernels.gains import close_gains
from backstop.kernels.judging import close_judging, judge_day, note_use
from backstop.kernels.machine.frames import bare, count_rows, frame
from backstop.kernels.machine.jit import FIRST, Index, entry, rule
from backstop.kernels.pool.books import check_funds, check_pool
from backstop.kernels.pool.capital import close_pool
from backstop.kernels.pool.premiums import collect_premiums
from backstop.kernels.pool.record import close_pool_tallies
from backstop.kernels.prices.calm import price_without_sales
from backstop.kernels.prices.feedback import feed_volatility, feel_prices
from backstop.kernels.prices.fixed_points import find_gap
from backstop.kernels.prices.impact import move_prices, open_market
from backstop.kernels.prices.others import add_purchases_of_others, add_sales_of_others, note_highs
from backstop.kernels.prices.replays import replay_prices, shut_replayed
from backstop.kernels.prices.rounds import (
    add_settled,
    count_unsettled,
    is_day_over,
    keep_within_day,
    open_rounds,
    reopen_market,
)
from backstop.kernels.prices.suspension import hold_closes, suspend
from backstop.kernels.prices.two_sided import find_supply
from backstop.kernels.record import close_fund_tallies, record_bands, record_limits, record_market
from backstop.kernels.state import Seam
from backstop.kernels.windows import close_windows, watch_windows
from backstop.terms import Floats


@rule
def open_day(terms, state, seam, day, lanes):
    """Steps 1 to 6 of day `day` (from 0) for the first `lanes` lanes of `state`."""
    log_return, volatility = seam.log_return, seam.volatility
    prices, funds, tally = state.prices, state.funds, state.fund_tally
    counts, is_risky, index = terms.funds.count, terms.prices.is_risky, terms.prices.index
    # 1 prices before trade
    feed_volatility(terms.prices.feedback, prices, log_return, volatility, day, lanes)
    open_market(terms.prices, prices, log_return, volatility, day, lanes)
    replay_prices(terms.prices, prices, state.replay, day, lanes)
    suspend(terms.prices, prices, day, lanes)
    find_supply(terms.prices, prices, lanes)
    shut_replayed(terms.prices, prices, day, lanes)
    note_highs(prices, lanes)
    record_limits(terms.prices, prices, state.path_tally, lanes)
    # 2 proceeds, premiums, mark to market
    receive_proceeds(funds, day, lanes)
    if count_rows(state.evaluation.peer_assets) > FIRST:
        weigh_peers(counts, funds, state.evaluation, lanes)
    collect_premiums(terms.pool.premium_days, terms.members, counts, state, day, lanes)
    mark_funds(terms.funds, is_risky, prices, funds, tally, lanes)
    # 3 scores and pressure
    score_managers(terms.evaluation, terms.facilities.score_relief_frac, state, Index(index), day, lanes)
    limit_bonuses(terms.covenants, state.loans, state.evaluation, lanes)
    # 4 new money, redemptions, demands of facilities and lenders
    reassure(terms.facilities, state.system_keys, funds, lanes)
    move_money(terms, state, Index(index), day, lanes)
    split_dues(terms.investors, terms.covenants, state, day, lanes)
    look_ahead(terms.investors, terms.covenants, terms.funds.ahead_days, state, day, lanes)
    demand_payments(terms, state, lanes)
    recall_debt(terms.leverage, prices, funds, state.lenders, lanes)
    # 5 what pressure makes of risk
    respond(terms.evaluation, funds, state.evaluation, tally, lanes)
    if count_rows(state.solvency.share) > FIRST:
        find_shortfalls(terms.solvency, prices, funds, state.solvency, lanes)
    bar_derisking(terms.covenants, state.loans, state.evaluation, lanes)
    # 6 signals and keys
    turn_keys(terms.triggers, index, state, volatility, day, lanes)


@rule
def act(terms, state, seam, day, lanes):
    """Step 7: what facilities do."""
    # 7 claims, rationing, injections
    supply_liquidity(terms, state, day, lanes)
    bar_derisking(terms.covenants, state.loans, state.evaluation, lanes)
    note_use(terms.funds.nav_floor, state, day, lanes)


@rule
def trade(terms, state, seam, day, lanes):
    """Steps 8 and 9: a first round of sales, and more where the run allows them and their prices force them."""
    volatility = seam.volatility
    prices, funds, tally, has_more = state.prices, state.funds, state.fund_tally, terms.prices.rounds > 1
    if has_more:
        open_rounds(prices, state.rounds, lanes)
    for number in range(terms.prices.rounds):
        if number > 0:
            reopen_market(terms, state, lanes)
        # 8 what to sell
        plan_sales(terms.funds, terms.prices.is_risky, prices, funds, state.evaluation, state.solvency, tally, lanes)
        if has_more:
            keep_within_day(terms.funds, prices, funds, state.rounds, lanes)
        if number == 0:
            plan_inventory_sales(terms.facilities.inventory_participation_frac, state.pool, prices, lanes)
            plan_trades(terms.purchase, terms.facilities.instrument, state, day, lanes)
            add_sales_of_others(terms.prices, prices, state.path_tally, lanes)
            add_purchases_of_others(terms.prices, prices, state.path_tally, lanes)
            plan_purchases(terms.funds, terms.evaluation, terms.prices, state, lanes)
            find_gap(terms, state, volatility, day, lanes)
        # 9 impact, settlement, payment
        move_prices(terms.prices, prices, state.replay, volatility, day, lanes)
        hold_closes(prices, lanes)
        if number == 0:
            price_without_sales(terms.prices, prices, day, lanes)
        settle_sales(terms.prices.settlement_days, state, day, lanes)
        if has_more:
            add_settled(prices, funds, state.rounds, lanes)
        if number == 0:
            settle_purchases(state, lanes)
        pay_lenders(funds, state.lenders, tally, lanes)
        if number == 0:
            pay_redemptions(terms.investors, terms.covenants, state, lanes)
            keep_unpaid_in_sight(terms.funds.ahead_days, funds, state.causes, lanes)
            settle_inventory_sales(state.pool, prices, lanes)
            settle_trades(terms, state, lanes)
        if has_more and is_day_over(prices, state.rounds, lanes):
            break
    if has_more:
        count_unsettled(state.rounds, state.path_tally, lanes)


@rule
def close_day(terms, state, seam, day, lanes):
    """Steps 10 to 13."""
    prices, funds, tally = state.prices, state.funds, state.fund_tally
    counts, index = terms.funds.count, terms.prices.index
    # 10 interest, repayment, maturity, default
    excuse_unsettled(funds, lanes)
    service_debt(terms, state, lanes)
    accrue_to_lenders(terms.leverage, funds, state.lenders, tally, lanes)
    # 11 compensations, the pool's day, and the books
    compensate(terms, state, day, lanes)
    close_pool(terms.pool, counts, state, day, lanes)
    check_pool(terms.pool.layer_size, counts, state, lanes)
    check_funds(terms.funds.cash_open, terms.leverage.debt_open, state, lanes)
    # 12 record at closing prices
    close_funds(terms.funds, prices, funds, tally, day, lanes)
    if count_rows(state.solvency.share) > FIRST:
        close_solvency(terms.solvency, funds, state.solvency, day, lanes)
    sample_scores(terms.evaluation, funds, state.evaluation, prices, Index(index), day, lanes)
    feel_prices(terms.prices.feedback, prices, day, lanes)
    close_signals(terms.triggers, index, state.signals, prices, day, lanes)
    record_market(prices, state.path_tally, lanes)
    record_bands(terms, state, day, lanes)
    # 13 what triggers are judged by
    judge_day(terms.judging, terms.triggers, state, Index(index), day, lanes)
    watch_windows(terms, state, Index(index), day, lanes)


PARTS = (open_day, act, trade, close_day)
"""Of a day, in order."""


@entry
def _run_arm(terms, state, seam, first_day, last_day, lanes):
    for day in range(first_day, last_day):
        open_day(terms, state, seam, day, lanes)
        act(terms, state, seam, day, lanes)
        trade(terms, state, seam, day, lanes)
        close_day(terms, state, seam, day, lanes)


@entry
def _close_arm(terms, state, lanes):
    settle_at_horizon(state.funds, lanes)
    close_fund_tallies(terms, state, lanes)
    close_pool_tallies(state, lanes)
    close_guarantees(terms, state, lanes)
    close_gains(terms, state, lanes)
    close_judging(terms.judging.horizon_days, state, lanes)
    close_windows(terms, state, lanes)


def run_arm(terms: Any, state: Any, log_return: Floats, volatility: Floats, first_day: int, last_day: int,
            lanes: int) -> None:
    """Days `first_day` to `last_day` - 1 (from 0) of one arm.

    Parameters
    ----------
    terms : ArmTerms
        Or its `frame`; so for the state.
    state : ArmState
        Opened by `backstop.kernels.state.open_arm`, changed in place; its tallies are the result.
    log_return, volatility : (T, J, L) float64
        The seam; days are rewritten where impact feeds variance.
    first_day, last_day, lanes : int
    """
    frames = frame(terms), frame(state), frame(Seam(bare(log_return), bare(volatility)))
    _run_arm(*frames, Index(first_day), Index(last_day), Index(lanes))


def close_arm(terms: Any, state: Any, lanes: int) -> None:
    """Outcomes that only the horizon shows; called once, after the last day."""
    _close_arm(frame(terms), frame(state), Index(lanes))
