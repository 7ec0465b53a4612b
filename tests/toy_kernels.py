"""Kernels that tests have compiled as the package's are: in processes that import this module."""

from backstop.kernels.funds.investing import settle_purchases
from backstop.kernels.funds.sales import settle_sales
from backstop.kernels.machine.jit import FIRST, Index, entry, jit, rule
from backstop.kernels.market.distributions import draw_normals, student_ts
from backstop.kernels.market.philox import draw_words
from backstop.kernels.market.transform import map_row
from backstop.kernels.prices.calm import price_without_sales


@jit
def _double(numbers, lanes):
    for i in range(FIRST, lanes):
        numbers[i] = 2.0 * numbers[i]


@entry
def double(numbers, lanes):
    """Twice every number."""
    _double(numbers, lanes)


@rule
def triple(numbers, lanes):
    """What only some calls need."""
    for i in range(FIRST, lanes):
        numbers[i] = 3.0 * numbers[i]


@rule
def refuse_the_third(day):
    """Raises on its third day."""
    if day == 2:
        raise ValueError("no third day")


@entry
def days(last_day, lanes):
    """Days on end."""
    for day in range(FIRST, last_day):
        refuse_the_third(day)


@entry
def double_or_triple(numbers, is_triple, lanes):
    """One of two rules."""
    if is_triple:
        triple(numbers, lanes)
    else:
        _double(numbers, lanes)


@entry
def triple_if_large(numbers, lanes):
    """A rule that no rehearsal meets."""
    if numbers[0] > 100.0:
        triple(numbers, lanes)


@rule
def does_not_compile(numbers, lanes):
    """What does not."""
    numbers.no_such_thing()


@entry
def fail_if_large(numbers, lanes):
    """Likewise, and it does not compile."""
    if numbers[0] > 100.0:
        does_not_compile(numbers, lanes)


@entry
def wrong(numbers, lanes):
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
    settle_purchases(state, lanes)


@entry
def normals(words, shock, days, lanes):
    """Four days' normals a block."""
    for day in range(FIRST, days):
        draw_normals(words, shock, day * Index(4), Index(7), FIRST, day, FIRST, lanes)


@entry
def students(words, shock, nu, days, lanes):
    """Two days' Student-t a block; `nu` (1,)."""
    for day in range(FIRST, days):
        draw_words(words, Index(7), FIRST, day, FIRST, lanes)
        student_ts(words, shock, day * Index(2), nu[0], lanes)


@entry
def mapped(terms, m, source, target, lanes):
    """A row through a table."""
    map_row(terms, m, source, FIRST, target, FIRST, lanes)
