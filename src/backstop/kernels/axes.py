"""How long the axes of an arm's state are."""

from backstop.terms import ArmTerms


def lengths_of(arm: ArmTerms) -> dict[str, int]:
    """Items along every axis of state, by `backstop.terms.declare.AXES`; days of the run are not the arm's."""
    triggers, (n_facilities, n_funds) = arm.triggers, arm.facilities.is_eligible.shape
    return {
        "asset": len(arm.prices.adv),
        "fed_asset": len(arm.prices.feedback.is_fed),
        "fund": n_funds,
        "class": arm.investors.share_frac.shape[1],
        "nav": arm.funds.nav_history.shape[1],
        "sample": arm.evaluation.log_nav_history.shape[1],
        "facility": n_facilities,
        "layer": len(arm.pool.layer_size),
        "market_signal": len(triggers.market_kind),
        "fund_signal": len(triggers.fund_kind),
        "node": len(triggers.node_signal),
        "latch": len(triggers.latch_days),
        "close": len(triggers.index_history),
        # rings: today and as many days ahead as there may be
        "notice": int(arm.investors.notice_days.max(initial=0)) + 1,
        "settlement": int(arm.prices.settlement_days.max(initial=0)) + 1,
        "arrival": int(arm.facilities.cash_lag_days.max(initial=0)) + 1,
        "call": int(arm.pool.call_delay_days.max(initial=0)) + 1,
        "scratch": 4,
    }
