"""How many rows of state the rules take that only some arms have: none where an arm does without."""

import numpy as np

from backstop.terms import IMPACT_CONT_SCHAANNING, NO_GATE, ArmTerms


def rows_of_prices(terms: ArmTerms) -> dict[str, int]:
    """Fields of `Prices` that are not one row an asset in every arm."""
    rules, n_assets = terms.prices, len(terms.prices.adv)
    has_others = bool(np.any(rules.others_frac))
    may_suspend = rules.suspended_first.size > 0 or bool(np.any(rules.suspend_days))
    n_suspended, n_bought = n_assets * may_suspend, n_assets * bool(np.any(rules.buy_ratio))
    n_fed = len(rules.feedback.is_fed)
    return {
        "excess": n_fed, "return_change": n_fed, "variance_change": n_fed,
        "room": n_assets * bool(np.any(rules.impact_law == IMPACT_CONT_SCHAANNING)),
        "high": n_assets * (bool(np.any(terms.leverage.has_margin)) or has_others),
        "others_left": n_assets * has_others,
        "suspended": n_suspended, "suspension_left": n_suspended, "limit_downs": n_suspended, "top": n_suspended,
        "ask": n_bought, "supply": n_bought,
    }


def rows_of_funds(terms: ArmTerms) -> dict[str, int]:
    """Fields of `Funds` that are not one row a fund in every arm."""
    n_funds, n_assets = len(terms.funds.count), len(terms.prices.adv)
    has_exits = (terms.investors.gate_frac < NO_GATE) | (terms.investors.swing_threshold < NO_GATE)
    n_exits, n_investing = n_funds * bool(has_exits.any()), n_funds * bool(np.any(terms.funds.invest_frac))
    longest = int(terms.prices.settlement_days.max(initial=0))
    n_late = n_funds * (longest > 0)
    return {
        "units": n_funds * n_assets, "to_sell": n_funds * n_assets, "nav_history": terms.funds.nav_history.size,
        "ripe": n_exits, "exit_price": n_exits, "receivable": n_late, "settling": n_late * (longest + 1),
        "ahead": n_late, "to_buy": n_investing * n_assets, "spare": n_investing,
    }


def rows_of_rounds(terms: ArmTerms) -> dict[str, int]:
    """Fields of `Rounds` that are not one row where a day has several."""
    n_funds, n_assets = len(terms.funds.count), len(terms.prices.adv)
    has_rounds = int(terms.prices.rounds > 1)
    seeks = has_rounds * terms.prices.seeks_both_ends * bool(np.any(terms.leverage.debt_open))
    by_asset = dict.fromkeys(("kept_price", "kept_sold", "log_least", "log_found"), n_assets * seeks)
    by_fund = dict.fromkeys(("kept_holdings", "kept_nav", "kept_owed", "kept_recalled", "share"), n_funds * seeks)
    return {"log_before": n_assets * has_rounds, "sold_today": n_funds * n_assets * has_rounds, **by_asset, **by_fund}
