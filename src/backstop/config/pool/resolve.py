"""The pool, its members and the rationing of claims into terms: whole quanta, rates per day."""

from collections.abc import Sequence

import numpy as np

from backstop.config.facility.eligibility import admitted
from backstop.config.facility.limits import Limits
from backstop.config.facility.section import Facility
from backstop.config.numbers import codes, column, share_of, whole_quanta
from backstop.config.pool.section import Layer, Pool, Profit, Refill
from backstop.config.schema import Config
from backstop.terms import NO_CAP, TRADING_DAYS_PER_YEAR, MemberTerms, PoolTerms, ProfitTo, RationingTerms, ShareRule

_NO_REFILL = Refill(after_days=1, times=1, most=1.0)
_NO_PROFIT = Profit(reserve=0.0, share_frac=1.0, to="owners")


def resolve_pool(pool: Pool, cash_rate: float, quantum: float) -> PoolTerms:
    """The capital stack in whole quanta, what its money costs, and what the pool earns, owes and shares.

    `cash_rate` is the market's, a year.
    """
    layers, borrowing, profit = pool.layers, pool.borrowing, pool.profit or _NO_PROFIT
    sizes = [whole_quanta(layer.size, quantum) for layer in layers]
    refills = [layer.refill or _NO_REFILL for layer in layers]
    return PoolTerms(
        layer_size=column(sizes),
        paid_in=column([share_of(layer.paid_in_frac, size) for layer, size in zip(layers, sizes, strict=True)]),
        funding_rate_per_day=column([_funding_rate(layer, cash_rate) / TRADING_DAYS_PER_YEAR for layer in layers]),
        call_delay_days=codes([layer.call_delay_days or 1 for layer in layers]),
        refill_days=column([refill.after_days for refill in refills]),
        refill_times=column([_times(layer) for layer in layers]),
        refill_most=column([whole_quanta(refill.most, quantum) for refill in refills]),
        cash_floor=whole_quanta(pool.cash_floor, quantum),
        borrow_multiple=borrowing.multiple if borrowing else 0.0,
        borrow_rate_per_day=borrowing.rate_ann_frac / TRADING_DAYS_PER_YEAR if borrowing else 0.0,
        idle_rate_per_day=pool.idle_yield_ann_frac / TRADING_DAYS_PER_YEAR,
        premium_days=pool.premium.every_days if pool.premium else 0,
        profit_reserve=whole_quanta(profit.reserve, quantum),
        profit_frac=profit.share_frac if pool.profit else 0.0,
        profit_to=int(ProfitTo.of(profit.to)),
    )


def _funding_rate(layer: Layer, cash_rate: float) -> float:
    """A year; money that earns less than nothing elsewhere costs nothing."""
    return max(cash_rate, 0.0) if layer.funding_rate_ann_frac is None else layer.funding_rate_ann_frac


def _times(layer: Layer) -> float:
    return float(layer.refill.times) if layer.refill else 0.0


def resolve_rationing(facilities: Sequence[Facility], pool: Pool, quantum: float) -> RationingTerms:
    """Caps and rules of the facilities of an arm, in its order."""
    limits = [facility.limits for facility in facilities]
    return RationingTerms(
        share_rule=codes([ShareRule.of(limit.rationing) for limit in limits]),
        facility_cap=column([_cap(limit.total, quantum) for limit in limits]),
        sponsor_cap=column([_cap(limit.sponsor, quantum) for limit in limits]),
        capital_frac=column([_capital(limit) for limit in limits]),
        pool_cap=_cap(pool.cap, quantum),
    )


def _cap(amount: float | None, quantum: float) -> float:
    return NO_CAP if amount is None else whole_quanta(amount, quantum)


def _capital(limit: Limits) -> float:
    return limit.capital_frac or 0.0


def resolve_members(facilities: Sequence[Facility], design: Config) -> MemberTerms:
    """Sponsors by number, and the premium of each fund that one of `facilities` admits."""
    funds, premium = design.cohorts, design.pool.premium
    sponsors = sorted({fund.sponsor for fund in funds if fund.sponsor})
    members = {name for facility in facilities for name in admitted(facility.members, funds, design.technology)}
    rate = premium.rate_ann_frac * premium.every_days / TRADING_DAYS_PER_YEAR if premium else 0.0
    is_member = np.array([float(fund.name in members) for fund in funds])
    return MemberTerms(
        sponsor=codes([sponsors.index(fund.sponsor) if fund.sponsor else -1 for fund in funds]),
        premium_frac=rate * column([fund.risk_weight for fund in funds]) * is_member,
    )
