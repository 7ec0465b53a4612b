"""Signals, which keys read, and the windows of the index's closes behind some of them (docs/model.md, 6)."""

import numpy as np

from backstop.kernels.funds.marks import return_since
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.terms import TRADING_DAYS_PER_YEAR, FundSignal, MarketSignal
from backstop.terms.declare import covers


@jit
def _market_drawdown(signals, m, peak_row, price, j, lanes):
    """``1 - P / max(P and the last w closes)``: a sliding maximum as suffix of one block and prefix of the next."""
    for i in range(FIRST, lanes):
        peak = max(max(signals.suffix_peak[peak_row, i], signals.prefix_peak[m, i]), price[j, i])
        signals.market[m, i] = 1.0 - price[j, i] / peak


@jit
def _market_return(signals, m, close_row, price, j, lanes):
    """``P / close(t - w) - 1``."""
    for i in range(FIRST, lanes):
        signals.market[m, i] = price[j, i] / signals.closes[close_row, i] - 1.0


@jit
def _realised_volatility(signals, m, window, prices, j, lanes):
    """``sqrt(252 / w * sum of w squared log returns)``, the last of them today's to the pre-trade price."""
    for i in range(FIRST, lanes):
        today = prices.log_pre[j, i] - prices.log_close[j, i]
        total = max(signals.square_sum[m, i], 0.0) + today * today
        signals.market[m, i] = np.sqrt(TRADING_DAYS_PER_YEAR / window * total)


@jit
def _conditional_volatility(signals, m, volatility, day, j, lanes):
    """``sigma * sqrt(252)``."""
    for i in range(FIRST, lanes):
        signals.market[m, i] = volatility[day, j, i] * np.sqrt(float(TRADING_DAYS_PER_YEAR))


@jit
def copy_signal(target, row, source, source_row, lanes):
    """A signal that is a state variable as it stands."""
    for i in range(FIRST, lanes):
        target[row, i] = source[source_row, i]


@rule
def read_market(terms, index, signals, prices, volatility, day, lanes):
    """Step 6, market signals on the index asset."""
    n_back, j, today = count_rows(signals.closes), Index(index), day + ONE
    for m in range(count_rows(terms.market_kind)):
        kind, window = terms.market_kind[m], Index(terms.market_window[m])
        if kind == MarketSignal.DRAWDOWN:
            _market_drawdown(signals, m, m * n_back + day % window, prices.price, j, lanes)
        elif kind == MarketSignal.RETURN:
            _market_return(signals, m, (today + n_back - window) % n_back, prices.price, j, lanes)
        elif kind == MarketSignal.REALISED_VOLATILITY:
            _realised_volatility(signals, m, float(window), prices, j, lanes)
        elif kind == MarketSignal.CONDITIONAL_VOLATILITY:
            _conditional_volatility(signals, m, volatility, day, j, lanes)
        elif kind == MarketSignal.DISLOCATION:
            copy_signal(signals.market, m, prices.dislocation, j, lanes)


covers(MarketSignal, read_market)


@jit
def _highest_close(signals, g, nav_history, back_row, lanes):
    """A close of the window, older than those before it."""
    for i in range(FIRST, lanes):
        signals.fund[g, i] = max(signals.fund[g, i], nav_history[back_row, i])


@jit
def _fall_from(signals, g, funds, f, lanes):
    """``1 - navps / max(navps, highest close)``."""
    for i in range(FIRST, lanes):
        navps = funds.navps[f, i]
        signals.fund[g, i] = 1.0 - navps / max(navps, signals.fund[g, i])


@rule
def _fund_drawdown(signals, g, window, funds, f, today, lanes):
    """``1 - navps / max(navps and the last w closes)``."""
    n_back = count_rows(funds.nav_history) // count_rows(funds.cash)
    clear(signals.fund, g, lanes)
    for back in range(ONE, window + ONE):
        _highest_close(signals, g, funds.nav_history, f * n_back + (today + n_back - back) % n_back, lanes)
    _fall_from(signals, g, funds, f, lanes)


@jit
def _fund_return(signals, g, back_row, funds, f, lanes):
    """``navps / back(f, w) - 1``."""
    for i in range(FIRST, lanes):
        signals.fund[g, i] = return_since(funds, f, back_row, i)


@jit
def _redemption_rate(signals, g, funds, f, lanes):
    """Shares asked back today over all shares."""
    for i in range(FIRST, lanes):
        signals.fund[g, i] = funds.requested_shares[f, i] / max(funds.shares[f, i], 1.0)


@jit
def _redemption_coverage(signals, g, funds, evaluation, f, lanes):
    """``max(cash - buffer, 0) / max(due + intended, 1)``."""
    for i in range(FIRST, lanes):
        wanted = max(funds.due[f, i] + evaluation.intended[f, i], 1.0)
        signals.fund[g, i] = max(funds.cash[f, i] - funds.buffer[f, i], 0.0) / wanted


@rule
def read_fund(terms, signals, funds, evaluation, f, day, lanes):
    """Step 6, the signals of fund f, into the rows that its key reads next."""
    n_back = count_rows(funds.nav_history) // count_rows(funds.cash)
    for g in range(count_rows(terms.fund_kind)):
        kind, window = terms.fund_kind[g], Index(terms.fund_window[g])
        if kind == FundSignal.DRAWDOWN and window > FIRST:
            _fund_drawdown(signals, g, window, funds, f, day + ONE, lanes)
        elif kind == FundSignal.DRAWDOWN:
            copy_signal(signals.fund, g, funds.drawdown, f, lanes)
        elif kind == FundSignal.RETURN:
            _fund_return(signals, g, f * n_back + (day + ONE + n_back - window) % n_back, funds, f, lanes)
        elif kind == FundSignal.REDEMPTION_RATE:
            _redemption_rate(signals, g, funds, f, lanes)
        elif kind == FundSignal.REDEMPTION_COVERAGE:
            _redemption_coverage(signals, g, funds, evaluation, f, lanes)
        elif kind == FundSignal.EVALUATION_SCORE:
            copy_signal(signals.fund, g, evaluation.score, f, lanes)


covers(FundSignal, read_fund)


@jit
def _square_return(signals, row, prices, j, lanes):
    """Today's close and its squared log return into their rings."""
    for i in range(FIRST, lanes):
        r = prices.close_return[j, i]
        signals.squares[row, i] = r * r
        signals.closes[row, i] = prices.close[j, i]


@jit
def _slide_square_sum(signals, m, new_row, old_row, lanes):
    """The sum over the last w-1 closes moves on by a day."""
    for i in range(FIRST, lanes):
        signals.square_sum[m, i] += signals.squares[new_row, i] - signals.squares[old_row, i]


@jit
def _fill_block(signals, m, peak_row, prices, j, lanes):
    """Today's close joins the block that is filling."""
    for i in range(FIRST, lanes):
        signals.suffix_peak[peak_row, i] = prices.close[j, i]
        signals.prefix_peak[m, i] = max(signals.prefix_peak[m, i], prices.close[j, i])


@jit
def _close_block(signals, m, first_row, window, lanes):
    """A full block turns into maxima from each position to its end."""
    for back in range(ONE, window):
        row = first_row + window - ONE - back
        for i in range(FIRST, lanes):
            signals.suffix_peak[row, i] = max(signals.suffix_peak[row, i], signals.suffix_peak[row + ONE, i])
    for i in range(FIRST, lanes):
        signals.prefix_peak[m, i] = 0.0


@rule
def close_signals(terms, index, signals, prices, day, lanes):
    """Step 12: the index's close enters the windows that later signals read."""
    n_back, j, today = count_rows(signals.closes), Index(index), day + ONE
    n_market = count_rows(terms.market_kind)
    if n_market == FIRST:
        return
    row = today % n_back
    _square_return(signals, row, prices, j, lanes)
    for m in range(n_market):
        window = Index(terms.market_window[m])
        if terms.market_kind[m] == MarketSignal.REALISED_VOLATILITY and window > ONE:
            _slide_square_sum(signals, m, row, (today + n_back + ONE - window) % n_back, lanes)
        elif terms.market_kind[m] == MarketSignal.DRAWDOWN:
            first_row, position = m * n_back, day % window
            _fill_block(signals, m, first_row + position, prices, j, lanes)
            if position == window - ONE:
                _close_block(signals, m, first_row, window, lanes)
