"""Facilities into terms: rates per day."""

from collections.abc import Sequence

import numpy as np

from backstop.config.facility.advance import Advance
from backstop.config.facility.eligibility import admitted
from backstop.config.facility.guarantee import Guarantee
from backstop.config.facility.section import Facility
from backstop.config.numbers import codes, column
from backstop.config.schema import Config
from backstop.terms import TRADING_DAYS_PER_YEAR, FacilityTerms, Floats


def resolve_facilities(facilities: Sequence[Facility], design: Config) -> FacilityTerms:
    """Terms of the facilities of an arm, in its order; `design` has the arm's overrides."""
    loans = [facility.terms if isinstance(facility.terms, Advance | Guarantee) else None for facility in facilities]
    advances = [loan if isinstance(loan, Advance) else None for loan in loans]
    return FacilityTerms(
        instrument=codes([facility.terms.kind for facility in facilities]),
        is_eligible=_eligible(facilities, design),
        coverage_frac=column([a.coverage_frac if a else 0.0 for a in loans]),
        deductible_frac=column([a.deductible_frac if a else 0.0 for a in loans]),
        fund_cap_frac=column([a.fund_cap_frac if a else 0.0 for a in loans]),
        score_relief_frac=column([a.score_relief_frac if a else 0.0 for a in advances]),
        advance_rate=_advance_rates(loans, design),
        rate_per_day=column([a.rate_ann_frac / TRADING_DAYS_PER_YEAR if a else 0.0 for a in loans]),
        tenor_days=column([a.tenor_days if a else 0.0 for a in loans]),
        n_rollovers=column([a.n_rollovers if a else 0.0 for a in loans]),
        sweep_frac=column([(a.sweep_frac or 0.0) if a else 0.0 for a in loans]),
        cash_lag_days=codes([a.cash_lag_days if a else 0 for a in advances]),
        inventory_participation_frac=column([a.inventory_participation_frac if a else 0.0 for a in advances]),
        announcement_cut=column([f.announcement.redemption_cut_frac if f.announcement else 0.0 for f in facilities]),
        is_announced_at_opening=codes([f.announcement is not None and f.announcement.at_opening for f in facilities]),
    )


def _eligible(facilities: Sequence[Facility], design: Config) -> Floats:
    """(K, F) who may claim."""
    funds = design.cohorts
    names = [admitted(f.members, funds, design.technology) for f in facilities]
    eligible = [[float(fund.name in of_facility) for fund in funds] for of_facility in names]
    return np.array(eligible).reshape(len(facilities), len(funds))


def _advance_rates(loans: Sequence[Advance | Guarantee | None], design: Config) -> Floats:
    """(K, J) 1 less the haircut; 0 for what is no collateral."""
    assets = [asset.name for asset in design.market.assets]
    rates = [[1.0 - loan.haircut_frac.get(name, 1.0) if loan else 0.0 for name in assets] for loan in loans]
    return np.array(rates).reshape(len(loans), len(assets))
