"""What turns keys, and what facilities of each instrument carry from day to day besides loans."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.declare import State
from backstop.terms import ArmTerms, Floats, Instrument, MarketSignal
from backstop.terms.declare import declared


def _has(arm: ArmTerms, *instruments: int) -> bool:
    return bool(np.isin(arm.facilities.instrument, instruments).any())


def has_purchases(arm: ArmTerms) -> bool:
    """Some facility buys."""
    return _has(arm, Instrument.PURCHASE, Instrument.MARKET_PURCHASE)


def has_compensations(arm: ArmTerms) -> bool:
    """Some facility compensates losses."""
    return _has(arm, Instrument.COMPENSATION)


def has_guarantees(arm: ArmTerms) -> bool:
    """Some facility guarantees loans of banks."""
    return _has(arm, Instrument.GUARANTEE)


def _squares(arm: ArmTerms) -> Floats:
    """(H,) squared log returns of the index before day 1, oldest first; 0 for the first, whose return nobody knows."""
    return np.concatenate([[0.0], np.diff(np.log(arm.triggers.index_history)) ** 2])


def _square_sums(arm: ArmTerms) -> Floats:
    squares, windows = _squares(arm), arm.triggers.market_window
    sums = [squares[len(squares) - window + 1 :].sum() if window > 1 else 0.0 for window in windows]
    return np.array(sums, dtype=np.float64)


def _suffix_peaks(arm: ArmTerms) -> Floats:
    """(M, H), of drawdowns: the highest close from a place of the last w closes to their end."""
    history, triggers = arm.triggers.index_history, arm.triggers
    peaks = np.zeros((len(triggers.market_kind), len(history)))
    for m, (kind, window) in enumerate(zip(triggers.market_kind, triggers.market_window, strict=True)):
        if kind == MarketSignal.DRAWDOWN:
            peaks[m, :window] = np.maximum.accumulate(history[len(history) - window :][::-1])[::-1]
    return peaks


@declared
class Signals(NamedTuple):
    """What keys read; rings are of the index."""

    market: Annotated[Floats, State("unit of the signal", "of the index, today")]
    fund: Annotated[Floats, State("unit of the signal", "of a fund, today", "fund_signal", is_traced=False)]
    is_any_on: Annotated[Floats, State("0 or 1", "1 if some system key is active today", "", is_traced=False)]
    phase_before: Annotated[Floats, State("1", "phase of a fund key before it moves", "", is_traced=False)]
    node: Annotated[Floats, State("0 or 1", "whether an expression is true", "node", is_traced=False)]
    closes: Annotated[
        Floats, State("price", "closes: a ring", "close", is_traced=False,
                      opening=lambda arm: np.roll(arm.triggers.index_history, 1))]
    squares: Annotated[
        Floats, State("squared log return", "from close to close: a ring", "close", is_traced=False,
                      opening=lambda arm: np.roll(_squares(arm), 1))]
    square_sum: Annotated[
        Floats, State("squared log return", "of each realised volatility, the sum over the last w-1 closes",
                      is_traced=False, opening=_square_sums)]
    suffix_peak: Annotated[
        Floats, State("price", "of each drawdown, maxima from a place to the end of the last full block of w closes",
                      "market_signal close", is_traced=False, opening=_suffix_peaks)]
    prefix_peak: Annotated[Floats, State("price", "maximum of the block of closes that is filling", is_traced=False)]


@declared
class Keys(NamedTuple):
    """Of each key."""

    phase: Annotated[Floats, State("1", "0 idle, 1 pending, 2 active")]
    breach_days: Annotated[Floats, State("trading days", "in a row on which the entry expression held")]
    exit_days: Annotated[Floats, State("trading days", "in a row on which the exit expression held")]
    wait: Annotated[Floats, State(
        "trading days", "to go, of the decision lag while pending, of the cooldown while idle")]


@declared
class Service(NamedTuple):
    """Of the loan that is being served, from one stage to the next."""

    rate: Annotated[Floats, State("rate a day", "of today, of a graded loan", is_traced=False)]
    must_pay: Annotated[Floats, State("0 or 1", "1 where all of it must be paid now", is_traced=False)]
    budget: Annotated[Floats, State("quanta", "of cash that the fund repays from", is_traced=False)]
    premium: Annotated[Floats, State("quanta", "that the fund pays for its guarantee", is_traced=False)]
    interest: Annotated[Floats, State("quanta", "that the fund pays", is_traced=False)]
    principal: Annotated[Floats, State("quanta", "that the fund repays", is_traced=False)]
    is_default: Annotated[Floats, State("0 or 1", "1 where the fund defaults", is_traced=False)]
    worth: Annotated[Floats, State("quanta", "value of the collateral at closing prices", is_traced=False)]
    share: Annotated[Floats, State("share of collateral", "that is seized", is_traced=False)]
    seized: Annotated[Floats, State("quanta", "of value that is seized", is_traced=False)]
    lost: Annotated[Floats, State("quanta", "of principal that a bank does not recover", is_traced=False)]
    lent: Annotated[Floats, State("quanta", "that a bank lends today", is_traced=False)]


@declared
class Purchases(NamedTuple):
    """Of each facility that buys."""

    spent: Annotated[Floats, State("quanta", "on purchases so far")]
    planned: Annotated[Floats, State("quanta", "that buy in the market today", "facility asset")]
    unmet: Annotated[Floats, State("quanta", "what the pool could not pay of today's budget in the market")]
    idle_days: Annotated[Floats, State("trading days", "since the system key was on")]
    held_days: Annotated[Floats, State("trading days", "since the last purchase")]
    returned: Annotated[Floats, State("quanta", "gains given to funds so far")]
    bought: Annotated[Floats, State("quanta", "paid to a fund so far", "facility fund")]
    need: Annotated[Floats, State("quanta", "what a fund needs", "", is_traced=False)]
    offer: Annotated[Floats, State("quanta", "what is paid for all that a fund may sell", "", is_traced=False)]
    paid: Annotated[Floats, State("quanta", "what a fund is paid", "", is_traced=False)]
    may_sell: Annotated[Floats, State("0 or 1", "1 where a facility may sell", "", is_traced=False)]
    gain_due: Annotated[Floats, State("quanta", "of gains to give to funds", "", is_traced=False)]
    gain_part: Annotated[Floats, State("quanta", "of it, that a fund gets", "", is_traced=False)]


@declared
class Grants(NamedTuple):
    """Of each facility that compensates losses, to each fund."""

    reference: Annotated[Floats, State("NAV per share", "at the start of the period", opening=1.0)]
    qualifies: Annotated[Floats, State("0 or 1", "1 once the fund could claim in the period")]
    paid_reference: Annotated[Floats, State("NAV per share", "what the loss that was paid last was a fall from")]
    held: Annotated[Floats, State("quanta", "paid for it and not clawed back")]
    watch: Annotated[Floats, State("trading days", "of clawback to go")]
    paid: Annotated[Floats, State("quanta", "paid in all, less what was clawed back")]
    value: Annotated[Floats, State("NAV per share", "v, of a fund at closing prices", "", is_traced=False)]
    given: Annotated[Floats, State("quanta", "given to a fund; negative what is clawed back", "", is_traced=False)]


@declared
class Guarantees(NamedTuple):
    """Of each facility that guarantees loans, for each fund."""

    cover: Annotated[Floats, State("quanta", "what the pool has set aside for the loan")]
    premium_due: Annotated[Floats, State("quanta", "premium that is due")]
    taken: Annotated[Floats, State("units", "that banks seized", "asset")]
