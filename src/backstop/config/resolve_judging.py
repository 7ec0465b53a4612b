"""What distress and stress are, into terms: shares into whole amounts, and the index before day 1."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backstop.config.facility.eligibility import admitted
from backstop.config.judging import Judging
from backstop.config.market.histories import index_closes
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.section import MarketConfig
from backstop.config.schema import Config
from backstop.terms import NEVER, SAME_FALL, ArmTerms, Floats, FundTerms, JudgingTerms


def resolve_judging(design: Config, funds: FundTerms, inputs: MarketInputs) -> JudgingTerms:
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
        bottom_days=float(rules.bottom_days),
        bottom_frac=rules.bottom_frac,
        index_history=index_closes(design.market, inputs, rules.window_high_days),
        breach_age_open=_breach_age(rules, design.market, inputs),
        is_admissible=_eligible(design),
    )


def alone(arm: ArmTerms) -> ArmTerms:
    """Arm none of a run without others: what it sold near a bottom is compared with nothing, and not looked at."""
    return arm._replace(judging=arm.judging._replace(bottom_days=0.0))


def _breach_age(rules: Judging, market: MarketConfig, inputs: MarketInputs) -> float:
    """Days from the last breach to day 0, as far as it keeps a window open."""
    closes = index_closes(market, inputs, rules.window_high_days + rules.window_days + 1)
    highs = sliding_window_view(closes, rules.window_high_days + 1).max(axis=1)
    is_breach = 1.0 - closes[rules.window_high_days :] / highs >= rules.window_drawdown_frac - SAME_FALL
    ages = np.flatnonzero(is_breach[::-1])
    return float(ages[0]) if len(ages) else NEVER


def _eligible(design: Config) -> Floats:
    """(F,) 1 for funds that some facility of the config admits."""
    funds = design.cohorts
    names = {name for facility in design.facilities for name in admitted(facility.members, funds, design.technology)}
    return np.array([float(fund.name in names) for fund in funds])
