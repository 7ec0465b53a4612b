"""One arm through its days, in the order of docs/model.md."""

from backstop.terms import ArmTerms, Floats
from bench.peers.numpy_engine.debt import service_debt
from bench.peers.numpy_engine.evaluation import intend_derisking, sample_scores, score_managers
from bench.peers.numpy_engine.facility import supply_liquidity
from bench.peers.numpy_engine.funds import close_funds, mark_funds
from bench.peers.numpy_engine.investors import move_money
from bench.peers.numpy_engine.judging import judge_day, note_use
from bench.peers.numpy_engine.keys import turn_keys
from bench.peers.numpy_engine.lenders import accrue_to_lenders, recall_debt
from bench.peers.numpy_engine.pool import bear_the_day, check_books
from bench.peers.numpy_engine.prices import open_market
from bench.peers.numpy_engine.record import close_outcomes, record_bands, record_limits, record_market
from bench.peers.numpy_engine.rounds import trade
from bench.peers.numpy_engine.signals import close_index
from bench.peers.numpy_engine.state import State, open_state


def simulate(terms: ArmTerms, log_return: Floats, volatility: Floats) -> State:
    """The state at the horizon, with outcomes and daily counts; `log_return` and `volatility` are (T, J, P)."""
    n_days, _, n_paths = log_return.shape
    state = open_state(terms, n_days, n_paths)
    for t in range(1, n_days + 1):
        _day(terms, state, log_return[t - 1], volatility[t - 1], t)
    close_outcomes(terms, state)
    return state


def _day(terms: ArmTerms, state: State, log_return: Floats, volatility: Floats, t: int) -> None:
    """Steps 1 to 12 of day t, from 1."""
    prices, funds, evaluation = state.prices, state.funds, state.evaluation
    lenders, tally, is_risky, j = state.lenders, state.fund_tally, terms.prices.is_risky, terms.prices.index
    log_before = prices.log_close[j]
    open_market(terms.prices, prices, log_return, volatility)
    record_limits(prices, state.path_tally)
    mark_funds(terms.funds, is_risky, prices, funds, tally)
    score_managers(terms, state, t)
    n_back = terms.funds.nav_history.shape[1]
    move_money(terms.investors, state, prices.dislocation[j], n_back, t)
    recall_debt(terms.leverage, prices, funds, lenders, funds.due + funds.called)
    intend_derisking(terms.evaluation, funds, evaluation)
    turn_keys(terms, state, t)
    supply_liquidity(terms, state, t)
    note_use(terms, state, t)
    trade(terms, state)
    service_debt(terms, state)
    accrue_to_lenders(terms.leverage, funds, lenders, tally)
    bear_the_day(terms.pool, state.pool, state.path_tally)
    check_books(terms, state)
    close_funds(terms.funds, prices, funds, tally, t)
    sample_scores(terms, state, t)
    close_index(terms.triggers, state.index, prices, j, log_before, t)
    record_market(prices, state.path_tally)
    record_bands(terms, state, t)
    judge_day(terms, state, t)
