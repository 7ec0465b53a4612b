"""What must hold between the pool, the limits of facilities, and the funds."""

from collections.abc import Iterable, Iterator, Mapping

from backstop.config.base import Place, Problem
from backstop.config.facility.limits import Limits
from backstop.config.facility.section import Facility
from backstop.config.funds.section import Fund
from backstop.config.pool.section import Pool


def limit_problems(facilities: Mapping[int, Facility], pool: Pool, funds: Iterable[Fund]) -> Iterator[Problem]:
    """Limits that nothing could ever make bind."""
    has_sponsors = any(fund.sponsor for fund in funds)
    for position, facility in facilities.items():
        place = ("facilities", position, "limits")
        yield from _limit_problems(facility.limits, pool, has_sponsors, place)


def _limit_problems(limits: Limits, pool: Pool, has_sponsors: bool, place: Place) -> Iterator[Problem]:
    if limits.rationing == "by-contribution" and pool.premium is None:
        message = "nobody contributes; write pool.premium, or another rationing"
        yield Problem((*place, "rationing"), message)
    if limits.sponsor is not None and not has_sponsors:
        yield Problem((*place, "sponsor"), "no fund has a sponsor; write the sponsor of a fund, or drop the cap")
    if limits.total is not None and pool.cap is not None and limits.total > pool.cap:
        yield Problem((*place, "total"), f"{limits.total:g} is above pool.cap {pool.cap:g}; write that or less")


def most_money(pool: Pool) -> float:
    """All that may ever be in a pool but for its income: layers, what refills them, what is borrowed; currency."""
    capital = sum(layer.size for layer in pool.layers)
    refills = sum(layer.refill.most for layer in pool.layers if layer.refill)
    return refills + capital * (1.0 + (pool.borrowing.multiple if pool.borrowing else 0.0))
