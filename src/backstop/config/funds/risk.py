"""How managers answer cover: risky holdings times a multiplier, and what the rest of the fund makes way with."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from backstop.config.base import Place, Problem
from backstop.terms import ArmTerms

if TYPE_CHECKING:
    from backstop.config.funds.section import Fund


def risky_frac(fund: "Fund", risky: Collection[str]) -> float:
    """Share of NAV in the assets `risky`, before the multiplier."""
    return sum(share for name, share in fund.holdings.items() if name in risky)


def most_risk(fund: "Fund", risky: Collection[str]) -> float:
    """The multiplier that leaves nothing in safe assets and cash."""
    share = risky_frac(fund, risky)
    return fund.assets_over_nav / share if share > 0.0 else np.inf


def risk_problems(funds: "Mapping[Place, Fund]", risky: Collection[str]) -> list[Problem]:
    """Multipliers that would need money which a fund without lenders has not."""
    return [
        Problem((*place[:2], "risk_multiplier"), f"{fund.risk_multiplier:g} takes risky holdings to "
                f"{fund.risk_multiplier * risky_frac(fund, risky):.3g} of NAV; write "
                f"{np.floor(1000.0 * most_risk(fund, risky)) / 1000.0:g} or less, or give the fund [funds.leverage]")
        for place, fund in funds.items()
        if fund.leverage is None and fund.risk_multiplier > most_risk(fund, risky) * (1.0 + 1e-9)
    ]


def at_risk(arm: ArmTerms, multipliers: Sequence[float]) -> ArmTerms:
    """`arm` whose funds open with risky units ``floor(m u)``.

    The rest makes way in proportion: with d more at risk, each safe asset keeps ``floor(u (s - d) / s)`` of its units,
    s what is not at risk, cash and borrowed money included; what d exceeds s by is borrowed. What pressure sells is a
    share of risky units, so it follows. The past stays as it was.
    """
    m = np.array(multipliers)
    if (m == 1.0).all():
        return arm
    units, is_risky = arm.funds.units_open, arm.prices.is_risky > 0
    money = arm.funds.nav_open + arm.leverage.debt_open
    at_stake = units @ is_risky
    safe = money - at_stake
    taken = np.where(is_risky, np.floor(m[:, None] * units), 0.0)
    more = taken.sum(axis=1) - at_stake
    kept = np.clip((safe - more) / np.maximum(safe, 1.0), 0.0, None)
    units = np.where(is_risky, taken, np.floor(kept[:, None] * units))
    debt = arm.leverage.debt_open + np.maximum(more - safe, 0.0)
    return arm._replace(
        funds=arm.funds._replace(units_open=units, cash_open=arm.funds.nav_open + debt - units.sum(axis=1)),
        leverage=arm.leverage._replace(debt_open=debt),
    )


def multipliers_of(funds: "Sequence[Fund]") -> list[float]:
    """One a fund, in order."""
    return [fund.risk_multiplier for fund in funds]

