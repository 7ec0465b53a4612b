"""Facilities into terms: rates per day."""

from collections.abc import Sequence

import numpy as np

from backstop.config.eligibility import admitted
from backstop.config.facility import Facility
from backstop.config.numbers import codes, column
from backstop.config.schema import Config
from backstop.terms import TRADING_DAYS_PER_YEAR, FacilityTerms


def resolve_facilities(facilities: Sequence[Facility], design: Config) -> FacilityTerms:
    """Terms of the facilities of an arm, in its order; `design` has the arm's overrides."""
    funds, assets = design.cohorts, [asset.name for asset in design.market.assets]
    advances = [facility.advance for facility in facilities]
    lent = [[1.0 - a.haircut_frac.get(name, 1.0) for name in assets] for a in advances]
    names = [admitted(facility.eligible, funds, design.technology) for facility in facilities]
    eligible = [[float(fund.name in of_facility) for fund in funds] for of_facility in names]
    return FacilityTerms(
        is_eligible=np.array(eligible).reshape(len(facilities), len(funds)),
        coverage_frac=column([a.coverage_frac for a in advances]),
        deductible_frac=column([a.deductible_frac for a in advances]),
        fund_cap_frac=column([a.fund_cap_frac for a in advances]),
        score_relief_frac=column([a.score_relief_frac for a in advances]),
        advance_rate=np.array(lent).reshape(len(facilities), len(assets)),
        rate_per_day=column([a.rate_ann_frac / TRADING_DAYS_PER_YEAR for a in advances]),
        tenor_days=column([a.tenor_days for a in advances]),
        n_rollovers=column([a.n_rollovers for a in advances]),
        sweep_frac=column([a.sweep_frac or 0.0 for a in advances]),
        cash_lag_days=codes([a.cash_lag_days for a in advances]),
        inventory_participation_frac=column([a.inventory_participation_frac for a in advances]),
        announcement_cut=column([f.announcement.redemption_cut_frac if f.announcement else 0.0 for f in facilities]),
        is_announced_at_opening=codes([f.announcement is not None and f.announcement.at_opening for f in facilities]),
    )
