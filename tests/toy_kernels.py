"""Kernels that tests have compiled as the package's are: in processes that import this module."""

from backstop.kernels.funds.investing import settle_purchases
from backstop.kernels.funds.sales import settle_sales
from backstop.kernels.machine.jit import FIRST, call_code, entry, jit
from backstop.kernels.prices.calm import price_without_sales


@jit
def _double(numbers, lanes):
    for i in range(FIRST, lanes):
        numbers[i] = 2.0 * numbers[i]


@entry
def double(numbers, lanes):
    """Twice every number."""
    _double(numbers, lanes)


@entry
def refuse_the_third(terms, state, seam, day, lanes):
    """A part of a day that raises on its third."""
    if day == 2:
        raise ValueError("no third day")


@entry
def days(part, last_day):
    """Days on end."""
    for day in range(FIRST, last_day):
        call_code(part, FIRST, FIRST, FIRST, day, FIRST)


@entry
def wrong(numbers):
    """What does not compile."""
    numbers.no_such_thing()


@entry
def price_alone(terms, prices, day, lanes):
    """A stage that days call, by itself."""
    price_without_sales(terms, prices, day, lanes)


@entry
def sell_alone(terms, state, day, lanes):
    """A stage that days call, by itself."""
    settle_sales(terms.settlement_days, state, day, lanes)


@entry
def buy_alone(state, lanes):
    """A stage that days call, by itself."""
    settle_purchases(state.prices, state.funds, state.fund_tally, lanes)
