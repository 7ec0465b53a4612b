"""Solvency into terms, and what is wrong with it."""

from collections.abc import Collection, Sequence

import numpy as np

from backstop.config.base import Place, Problem
from backstop.config.funds.section import Fund
from backstop.config.funds.solvency import RiskFactor
from backstop.config.numbers import column
from backstop.terms import NEVER, NO_TARGET, TRADING_DAYS_PER_YEAR, Floats, SolvencyTerms

NO_FACTOR = RiskFactor(factor_frac=0.0)


def resolve_solvency(funds: Sequence[Fund], assets: Sequence[str]) -> SolvencyTerms:
    """Terms of solvency; a fund that is no insurer has a target of 0."""
    insurers = [fund.solvency for fund in funds]
    factors = [[NO_FACTOR if s is None else s.factors.get(name, NO_FACTOR) for name in assets] for s in insurers]

    def table(values: list[list[float]]) -> Floats:
        """(F, J), of no assets too."""
        return np.array(values, dtype=np.float64).reshape(len(funds), len(assets))

    return SolvencyTerms(
        target=column([NO_TARGET if s is None else s.target_ratio for s in insurers]),
        liability=column([1.0 if s is None else 1.0 - s.own_capital_frac for s in insurers]),
        other_required=column([0.0 if s is None else s.other_required_frac for s in insurers]),
        factor=table([[f.factor_frac for f in row] for row in factors]),
        held_factor=table([[f.factor_frac if f.held_factor_frac is None else f.held_factor_frac for f in row]
                           for row in factors]),
        held_days=table([[_days(f.after_years) for f in row] for row in factors]),
        most_days=table([[_days(f.most_years) for f in row] for row in factors]),
        age_open=table([[_days(f.age_years) for f in row] for row in factors]),
    )


def _days(years: float | None) -> float:
    return NEVER if years is None else years * TRADING_DAYS_PER_YEAR


def solvency_problems(fund: Fund, risky: Collection[str], place: Place) -> list[Problem]:
    """Factors that nothing or no risk has, risk without one, a target that is not met at the opening."""
    solvency, at = fund.solvency, (*place[:2], "solvency")
    if solvency is None:
        return []
    problems = [Problem((*at, "factors", name), f"{name!r} is no risky asset, and never sold for it; leave it out")
                for name in solvency.factors if name not in risky]
    held = [name for name, share in fund.holdings.items() if share > 0.0 and name in risky]
    missing = [name for name in held if name not in solvency.factors]
    problems += [Problem((*at, "factors"), f"{fund.name!r} holds {name}; write its factor") for name in missing]
    required = solvency.other_required_frac + sum(
        factor.of_opening * fund.holdings.get(name, 0.0) for name, factor in solvency.factors.items())
    ratio = solvency.own_capital_frac / required if required > 0.0 else float("inf")
    if ratio < solvency.target_ratio:
        problems.append(Problem((*at, "target_ratio"), f"{solvency.target_ratio:g} is above the ratio at the opening, "
                                f"{ratio:.3g}; write less, or more own_capital_frac"))
    return problems
