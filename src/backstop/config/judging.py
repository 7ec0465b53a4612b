"""[judging]: what counts as distress when triggers are judged, the same in all arms."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from backstop.config.base import PositiveDays, PositiveFrac, Section
from backstop.terms import FundTerms, JudgingTerms

if TYPE_CHECKING:
    from backstop.config.schema import Config


class Judging(Section):
    """Distress in arm none tells a false activation from a true one. All defaults are ours."""

    horizon_days: PositiveDays = Field(
        default=60, description="trading days within which distress must follow an activation that is not false"
    )
    material_sale_per_day_frac: PositiveFrac = Field(
        default=0.005, description="forced sales of a day from which a fund is in distress, share of its opening NAV"
    )
    material_assets_frac: PositiveFrac = Field(
        default=0.1,
        description="share of all funds' opening NAV that must be in distress for the day to be one of distress",
    )


def resolve_judging(design: "Config", funds: FundTerms) -> JudgingTerms:
    """Shares into whole amounts; `funds` are those of the arm."""
    rules, assets = design.judging, funds.count * funds.nav_open
    return JudgingTerms(
        horizon_days=float(rules.horizon_days),
        material_sale=np.ceil(rules.material_sale_per_day_frac * funds.nav_open),
        assets=assets,
        material_assets=float(np.ceil(rules.material_assets_frac * assets.sum())),
    )
