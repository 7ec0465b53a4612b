"""How many rows of state the rules take that only some arms have: none where an arm does without."""

import numpy as np

from backstop.terms import IMPACT_CONT_SCHAANNING, NEVER_REPLACED, NO_GATE, ArmTerms


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
    has_limits = bool(has_exits.any() or np.any(terms.covenants.payout_frac < NO_GATE))
    n_exits, n_investing = n_funds * has_limits, n_funds * bool(np.any(terms.funds.invest_frac))
    longest = int(terms.prices.settlement_days.max(initial=0))
    n_late = n_funds * (longest > 0)
    return {
        "units": n_funds * n_assets, "to_sell": n_funds * n_assets, "nav_history": terms.funds.nav_history.size,
        "ripe": n_exits, "exit_price": n_exits, "receivable": n_late, "settling": n_late * (longest + 1),
        "ahead": n_late, "to_buy": n_investing * n_assets, "spare": n_investing,
    }


def rows_of_scores(terms: ArmTerms) -> dict[str, int]:
    """Fields of `Evaluation` that are not one row a fund in every arm."""
    rules = terms.evaluation
    n_funds, n_samples = rules.log_nav_history.shape
    has_benchmark, has_cover = np.any(rules.benchmark_frac), np.any(terms.facilities.score_relief_frac)
    n_replaced = n_funds * bool(np.any(rules.replace_below > NEVER_REPLACED))
    return {"samples": n_funds * n_samples, "rung": int(has_benchmark or n_replaced > 0),
            "cover": n_funds * bool(has_cover), "index_samples": n_samples * bool(has_benchmark),
            "first_sample": n_replaced, "own_weight": n_replaced,
            "unpressed": n_funds * bool(np.any(terms.covenants.bonus_frac))}


def rows_of_loans(terms: ArmTerms) -> dict[str, int]:
    """Fields of `Loans` that only some contracts need."""
    advances, admission, covenants = terms.advances, terms.admission, terms.covenants
    n_facilities, n_funds = terms.facilities.is_eligible.shape
    is_demanding = (advances.instalment_days > 0.0) | (advances.top_up_frac > 0.0) | (covenants.exposure_cap < NO_GATE)
    is_graded = bool(np.any(advances.use_slope) or np.any(advances.step))
    return {"demand": n_facilities * n_funds * bool(np.any(is_demanding)), "use": n_facilities * is_graded,
            "rate": n_facilities * n_funds * is_graded,
            "refused": n_facilities * n_funds * bool(np.any(admission.has_solvency_test)),
            "take_up": n_funds * bool(np.any(admission.take_up_frac < 1.0))}


def rows_of_capital(terms: ArmTerms) -> dict[str, int]:
    """Fields of `Pool` for calls, borrowing and refills."""
    pool = terms.pool
    n_layers, has_calls = len(pool.layer_size), bool(np.any(pool.paid_in < pool.layer_size))
    n_refills, n_debts = n_layers * bool(np.any(pool.refill_times)), int(pool.borrow_multiple > 0.0)
    return {"layer_loss": n_layers, "awaited": int(has_calls),
            "calls": (int(pool.call_delay_days.max()) + 1) * has_calls, "borrowed": n_debts, "guaranteed": n_debts,
            "refill_clock": n_refills, "n_refills": n_refills}
