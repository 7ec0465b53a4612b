"""Terms of facilities and the pool that are right one by one and make no sense together."""

from collections.abc import Collection, Sequence
from typing import Any

from backstop.config.base import Place, Problem, not_one
from backstop.config.facility.advance import Advance
from backstop.config.facility.guarantee import Guarantee
from backstop.config.facility.keys import Key
from backstop.config.facility.section import Facility
from backstop.config.funds.section import Fund
from backstop.config.pool.section import Pool
from backstop.config.study import Money, Run

LEAST_POOL, LARGEST_POOL = 1e-6, 1e3
"""Of what all funds hold: a pool beyond is in another unit of money. [ours]"""
UNITS = {1e3: "thousands", 1e4: "tens of thousands", 1e6: "millions", 1e8: "hundreds of millions", 1e9: "billions"}


def contract_problems(
    facility: Facility, funds: Sequence[Fund], risky: Collection[str], run: Run | None, place: Place
) -> list[Problem]:
    """What is wrong with a facility for the `funds` that may claim and a run of so many days."""
    loan, table = facility.terms, (*place, facility.instrument)
    problems = _shut_out(facility, funds, risky, place)
    if isinstance(loan, Advance | Guarantee):
        problems = [*_uncarried(loan, funds, table), *problems]
    if run is not None:
        if isinstance(loan, Advance | Guarantee):
            problems += _beyond_horizon(loan, run.days, table)
        for side, key in (("system_key", facility.system_key), ("fund_key", facility.key_of_funds)):
            problems += _never_turned(key, run.days, (*place, side))
    return problems


def _uncarried(loan: Advance | Guarantee, funds: Sequence[Fund], place: Place) -> list[Problem]:
    """A cap above what collateral can ever carry.

    Debt D of a fund with NAV N is at most r (N + D), r the best rate lent against anything it holds: D / N is at most
    r / (1 - r).
    """
    rates = [1.0 - loan.haircut_frac.get(name, 1.0) for fund in funds for name in fund.holdings]
    best = max(rates, default=1.0)
    most = best / (1.0 - best) if best < 1.0 else float("inf")
    if loan.fund_cap_frac <= most:
        return []
    return [
        Problem(
            (*place, "fund_cap_frac"),
            f"no collateral carries {loan.fund_cap_frac:g} of NAV: haircuts of {1.0 - best:g} or more lend at most "
            f"{most:.3g}; write {most:.3g} or less, or lower haircuts",
        )
    ]


def _shut_out(facility: Facility, funds: Sequence[Fund], risky: Collection[str], place: Place) -> list[Problem]:
    """Tests that no eligible fund passes even at the opening."""
    problems = []
    cap, test = facility.covenants.exposure_cap, facility.solvency
    exposures = [sum(share for name, share in fund.holdings.items() if name in risky) for fund in funds]
    if cap is not None and exposures and min(exposures) > cap:
        message = f"every eligible fund holds more at the opening, {min(exposures):g} at least; write more than that"
        problems.append(Problem((*place, "covenants", "exposure_cap"), message))
    least = test.nav_over_assets_at_least_frac if test else None
    solvency = [1.0 / fund.assets_over_nav for fund in funds]
    if least is not None and solvency and max(solvency) < least:
        message = f"no eligible fund has that at the opening, {max(solvency):.3g} at most; write less than that"
        problems.append(Problem((*place, "solvency", "nav_over_assets_at_least_frac"), message))
    return problems


def _beyond_horizon(loan: Advance | Guarantee, n_days: int, place: Place) -> list[Problem]:
    """Loans that outlast the run without a rule for it, and money that never comes."""
    problems = []
    if loan.tenor_days > n_days and loan.at_horizon is None:
        message = f'outlasts the run of {n_days} days; write at_horizon = "mark" beside it, or {n_days} or less'
        problems.append(Problem((*place, "tenor_days"), message))
    if isinstance(loan, Advance) and loan.cash_lag_days >= n_days:
        message = f"no money comes within the run of {n_days} days; write less"
        problems.append(Problem((*place, "cash_lag_days"), message))
    return problems


def _never_turned(key: Key[Any], n_days: int, place: Place) -> list[Problem]:
    """Waits that are longer than the run, and days by hand after it."""
    problems = []
    if key.persistence_days + key.decision_lag_days > n_days:
        which = "persistence_days" if key.persistence_days > n_days else "decision_lag_days"
        message = f"the key opens after the last of {n_days} days; write less"
        problems.append(Problem((*place, which), message))
    if key.exit_persistence_days > n_days:
        message = f"the key never closes within {n_days} days; write less"
        problems.append(Problem((*place, "exit_persistence_days"), message))
    for name in ("active_on", "idle_on"):
        for position, hand in enumerate(getattr(key, name)):
            if isinstance(hand.first, int) and hand.first > n_days:
                message = f"is after the last of {n_days} days; write an earlier day"
                problems.append(Problem((*place, name, position, "first"), message))
    return problems


def pool_problems(pool: Pool, funds: Sequence[Fund], money: Money) -> list[Problem]:
    """Layers that do not add up, or that are in another unit than the config's: out of all proportion."""
    total = sum(layer.size for layer in pool.layers)
    if pool.size is not None and not_one(total / pool.size if pool.size else total + 1.0):
        message = f"the layers add up to {total:g}; write that, or other sizes of layers"
        return [Problem(("pool", "size"), message)]
    held = sum(fund.count * fund.nav * fund.assets_over_nav for fund in funds)
    if held == 0.0:
        return []
    return [
        Problem(
            ("pool", "layers", y, "size"),
            f"{layer.size:g} {money.currency} is {layer.size / held:.1g} of the {held:.3g} that funds hold; "
            f"write {money.currency}{_in_units(layer.size, held)}{_or_nav(layer.size, held)}",
        )
        for y, layer in enumerate(pool.layers)
        if layer.size > 0.0 and not LEAST_POOL <= layer.size / held <= LARGEST_POOL
    ]


def _or_nav(size: float, held: float) -> str:
    """The other place where the unit may be wrong: a pool too large is a nav too small."""
    return "" if size < held else ', or look at nav: one in tens of thousands takes unit = "万元" beside file'


def _in_units(size: float, held: float) -> str:
    """What `size` would be in the unit that was probably meant."""
    for factor, word in UNITS.items():
        for meant in (size * factor, size / factor):
            if 1e-3 <= meant / held <= 1.0:
                return f", {meant:g} for {size:g} {word}" if meant > size else f", {meant:g} where {word} are meant"
    return ""
