"""How long the axes of an arm's state are."""

import numpy as np

from backstop.terms import ArmTerms


def _n_causes(arm: ArmTerms) -> int:
    """Causes of requests beyond the base rate: none, losses (stressed requests), or these and gains."""
    is_used = np.arange(arm.investors.share_frac.shape[1]) < arm.investors.n_classes[:, None]
    takes_gains, answers_losses = (bool(np.any(slope[is_used]))
                                   for slope in (arm.investors.gain_slope, arm.investors.bear_slope))
    return 2 if takes_gains else int(answers_losses)


def lengths_of(arm: ArmTerms) -> dict[str, int]:
    """Items along every axis of state, by `backstop.terms.declare.AXES`; days of the run are not the arm's."""
    triggers, (n_facilities, n_funds) = arm.triggers, arm.facilities.is_eligible.shape
    return {
        "asset": len(arm.prices.adv),
        "fed_asset": len(arm.prices.feedback.is_fed),
        "fund": n_funds,
        "class": arm.investors.share_frac.shape[1],
        "cause": _n_causes(arm),
        "nav": arm.funds.nav_history.shape[1],
        "comparison": len(arm.evaluation.comparison_samples),
        "sample": arm.evaluation.log_nav_history.shape[1],
        "facility": n_facilities,
        "layer": len(arm.pool.layer_size),
        "market_signal": len(triggers.market_kind),
        "fund_signal": len(triggers.fund_kind),
        "node": len(triggers.node_signal),
        "latch": len(triggers.latch_days),
        "close": len(triggers.index_history),
        # rings: today and as many days ahead as there may be
        "bottom": int(arm.judging.bottom_days),
        "notice": int(arm.investors.notice_days.max(initial=0)) + 1,
        "settlement": int(arm.prices.settlement_days.max(initial=0)) + 1,
        "arrival": int(arm.facilities.cash_lag_days.max(initial=0)) + 1,
        "call": int(arm.pool.call_delay_days.max(initial=0)) + 1,
    }
