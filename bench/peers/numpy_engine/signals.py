"""Step 6, what keys read: signals of the market and of funds, and expressions of them."""

import numpy as np

from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, FundSignal, MarketSignal, TriggerTerms
from bench.peers.numpy_engine.state import Bools, Evaluation, Funds, Index, Prices


def market_signals(terms: TriggerTerms, index: Index, prices: Prices, j: int, t: int) -> list[Floats]:
    """(P,) of each market signal, before trade on day t; j is the index asset."""
    signals = zip(terms.market_kind, terms.market_window, strict=True)
    return [_market_signal(int(kind), int(window), m, index, prices, j, t) for m, (kind, window) in enumerate(signals)]


def _market_signal(kind: int, window: int, m: int, index: Index, prices: Prices, j: int, t: int) -> Floats:
    """A maximum of the last w closes is that of the end of one block of w and of the start of the next."""
    price, row = prices.price[j], index.suffix_peak.shape[1] - 1 + t
    if kind == MarketSignal.DRAWDOWN:
        before = np.maximum(index.suffix_peak[m, (t - 1) % window], index.prefix_peak[m])
        return np.asarray(1.0 - price / np.maximum(before, price))
    if kind == MarketSignal.RETURN:
        return np.asarray(price / index.closes[row - window] - 1.0)
    if kind == MarketSignal.CONDITIONAL_VOLATILITY:
        return np.asarray(prices.volatility[j] * np.sqrt(TRADING_DAYS_PER_YEAR))
    if kind == MarketSignal.REALISED_VOLATILITY:
        today = prices.log_pre[j] - prices.log_close[j]
        total = index.squares[row - window + 1 : row].sum(axis=0) + today * today
        return np.asarray(np.sqrt(TRADING_DAYS_PER_YEAR / window * total))
    return np.asarray(prices.dislocation[j])


def fund_signals(terms: TriggerTerms, funds: Funds, evaluation: Evaluation, n_back: int, t: int) -> list[Floats]:
    """(F, P) of each fund signal."""
    signals = zip(terms.fund_kind, terms.fund_window, strict=True)
    return [_fund_signal(int(kind), funds, evaluation, n_back - 1 + t, int(window)) for kind, window in signals]


def _fund_signal(kind: int, funds: Funds, evaluation: Evaluation, today: int, window: int) -> Floats:
    """`today` is the row of the close to come."""
    past = today - window
    if kind == FundSignal.DRAWDOWN and window > 0:
        return np.asarray(1.0 - funds.navps / np.maximum(funds.navps, funds.closes[past:today].max(axis=0)))
    if kind == FundSignal.DRAWDOWN:
        return funds.drawdown
    if kind == FundSignal.RETURN:
        return np.asarray(funds.navps / funds.closes[past] - 1.0)
    if kind == FundSignal.REDEMPTION_RATE:
        return np.asarray(funds.requested_shares / np.maximum(funds.shares, 1.0))
    if kind == FundSignal.REDEMPTION_COVERAGE:
        free = np.maximum(funds.cash - funds.buffer, 0.0)
        return np.asarray(free / np.maximum(funds.due + evaluation.intended, 1.0))
    return evaluation.score


def holds(terms: TriggerTerms, node: int, signals: list[Floats]) -> Bools:
    """Whether the expression below `node` is true, by path (and fund)."""
    signal = terms.node_signal[node]
    if signal >= 0:
        value, threshold = signals[signal], terms.node_threshold[node]
        return np.asarray(value >= threshold if terms.node_sign[node] > 0.0 else value <= threshold)
    first = terms.node_first_child[node]
    children = terms.children[first : first + terms.node_n_children[node]]
    truths = [holds(terms, int(child), signals) for child in children]
    return np.asarray(sum(truth.astype(np.int64) for truth in truths) >= terms.node_needed[node])


def close_index(terms: TriggerTerms, index: Index, prices: Prices, j: int, log_before: Floats, t: int) -> None:
    """Step 12: the index's close enters the windows; `log_before` is yesterday's log close, (P,)."""
    n_back = len(terms.index_history)
    row, close = n_back - 1 + t, prices.close[j]
    index.closes[row] = close
    index.squares[row] = (prices.log_close[j] - log_before) ** 2
    for m, (kind, window) in enumerate(zip(terms.market_kind, terms.market_window, strict=True)):
        if kind == MarketSignal.DRAWDOWN:
            position = (t - 1) % window
            np.maximum(index.prefix_peak[m], close, out=index.prefix_peak[m])
            if position == window - 1:
                block = index.closes[row - window + 1 : row + 1]
                index.suffix_peak[m, :window] = np.maximum.accumulate(block[::-1])[::-1]
                index.prefix_peak[m] = 0.0
