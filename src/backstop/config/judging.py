"""[judging]: what counts as distress when triggers are judged, and as stress when effects are, the same in all arms."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import Field

from backstop.config.base import PositiveDays, PositiveFrac, Section
from backstop.config.facility.eligibility import admitted
from backstop.config.market.histories import index_closes
from backstop.terms import NEVER, SAME_FALL, Floats, FundTerms, JudgingTerms

if TYPE_CHECKING:
    from backstop.config.market.inputs import MarketInputs
    from backstop.config.market.section import MarketConfig
    from backstop.config.schema import Config


class Judging(Section):
    """Distress in arm none tells a false activation from a true one; its index says when effects matter.

    All defaults are ours.
    """

    horizon_days: PositiveDays = Field(
        default=60, description="trading days within which distress must follow an activation that is not false"
    )
    material_sale_per_day_frac: PositiveFrac = Field(
        default=0.003, description="forced sales of a day from which a fund is in distress, share of its opening NAV"
    )
    material_assets_frac: PositiveFrac = Field(
        default=0.1,
        description="share of all funds' opening NAV that must be in distress for the day to be one of distress",
    )
    window_drawdown_frac: PositiveFrac = Field(
        default=0.2, description="fall of the index's close from its high from which a day is a breach of stress"
    )
    window_high_days: PositiveDays = Field(
        default=250, description="trading days that this high looks back, today's close besides"
    )
    window_days: PositiveDays = Field(
        default=60, description="trading days that a window of stress goes on after its last breach"
    )
    after_window_days: PositiveDays = Field(
        default=60, description="trading days after a window's end at which what is left is looked at once more"
    )


def resolve_judging(design: "Config", funds: FundTerms, inputs: "MarketInputs") -> JudgingTerms:
    """Shares into whole amounts, and the index before day 1; `funds` are those of the arm."""
    rules, assets = design.judging, funds.count * funds.nav_open
    return JudgingTerms(
        horizon_days=float(rules.horizon_days),
        material_sale=np.ceil(rules.material_sale_per_day_frac * funds.nav_open),
        assets=assets,
        material_assets=float(np.ceil(rules.material_assets_frac * assets.sum())),
        window_drawdown=rules.window_drawdown_frac,
        window_days=float(rules.window_days),
        after_window_days=float(rules.after_window_days),
        index_history=index_closes(design.market, inputs, rules.window_high_days),
        breach_age_open=_breach_age(rules, design.market, inputs),
        is_admissible=_eligible(design),
    )


def _breach_age(rules: Judging, market: "MarketConfig", inputs: "MarketInputs") -> float:
    """Days from the last breach to day 0, as far as it keeps a window open."""
    closes = index_closes(market, inputs, rules.window_high_days + rules.window_days + 1)
    highs = sliding_window_view(closes, rules.window_high_days + 1).max(axis=1)
    is_breach = 1.0 - closes[rules.window_high_days :] / highs >= rules.window_drawdown_frac - SAME_FALL
    ages = np.flatnonzero(is_breach[::-1])
    return float(ages[0]) if len(ages) else NEVER


def _eligible(design: "Config") -> Floats:
    """(F,) 1 for funds that some facility of the config admits."""
    funds = design.cohorts
    names = {name for facility in design.facilities for name in admitted(facility.members, funds, design.technology)}
    return np.array([float(fund.name in names) for fund in funds])
