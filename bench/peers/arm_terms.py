"""What the C++ peer reads of an arm's terms, and the rules that it knows nothing of."""

from collections.abc import Iterator

import numpy as np

from backstop.outcomes import DAILY_METRICS, N_BINS
from backstop.terms import (
    NEVER_REPLACED,
    NO_CAP,
    NO_GATE,
    NO_LIMIT,
    ArmTerms,
    Execution,
    Floats,
    FundSignal,
    ImpactLaw,
    Instrument,
    LiquidationRule,
    MarketSignal,
    ShareRule,
)


def refuse_other_rules(terms: ArmTerms) -> None:
    """Raise ValueError, naming the rules of `terms` that the peer does not follow."""
    other = [rule for rule, is_used in _other_rules(terms) if np.any(is_used)]
    if other:
        raise ValueError(f"the C++ arm knows nothing of {', '.join(other)}; compare with numpy instead")


def _other_rules(terms: ArmTerms) -> Iterator[tuple[str, object]]:
    yield from _rules_of_prices(terms)
    yield from _rules_of_funds(terms)
    yield from _rules_of_keys(terms)
    yield from _rules_of_facilities(terms)
    yield from _rules_of_the_pool(terms)


def _rules_of_prices(terms: ArmTerms) -> Iterator[tuple[str, object]]:
    prices = terms.prices
    yield "impact that is not linear", prices.impact_law != ImpactLaw.LINEAR
    yield "permanent impact", prices.permanent_frac
    yield "impact at a fixed volatility", prices.impact_volatility
    yield "impact that feeds volatility", prices.feedback.is_fed
    yield "real windows", prices.replay.days
    yield "purchases", prices.buy_ratio
    yield "execution at the close", prices.execution != Execution.AVERAGE
    yield "spreads", prices.half_spread
    yield "price limits", (prices.log_limit_down > NO_LIMIT) | (prices.log_limit_up < -NO_LIMIT)
    yield "suspensions", prices.suspended_first.size or np.any(prices.suspend_days)
    yield "late settlement", prices.settlement_days
    yield "sellers outside the funds", prices.others_frac
    yield "buyers outside the funds", prices.buyers_frac
    yield "assets without risk", prices.is_risky == 0
    yield "technology assets", prices.is_technology
    yield "rounds", prices.rounds > 1 or prices.seeks_both_ends


def _rules_of_funds(terms: ArmTerms) -> Iterator[tuple[str, object]]:
    funds, investors, evaluation = terms.funds, terms.investors, terms.evaluation
    yield "interest on cash", funds.cash_rate_per_day
    yield "sales that are not pro rata", funds.liquidation_rule != LiquidationRule.PRO_RATA
    yield "new money that follows gains", investors.bull_slope.any() or funds.invest_frac.any()
    yield "redemptions that follow gains", investors.gain_slope
    yield "base inflow that dries up", investors.inflow_dry
    yield "base rates above the cap", np.maximum(investors.base_rate, investors.base_inflow) > investors.daily_cap
    yield "leverage", terms.leverage.debt_open
    yield "funds without one class of investors", (investors.n_classes != 1) | (investors.share_frac[:, 0] != 1.0)
    yield "convex redemptions", investors.bear_power != 1.0
    yield "redemptions that answer illiquidity", investors.illiquidity_slope
    yield "redemptions without notice", investors.notice_days < 1
    yield "gates and swing prices", (investors.gate_frac < NO_GATE) | (investors.swing_threshold < NO_GATE)
    yield "several rungs of evaluation", (evaluation.rung_weight > 0.0).sum(axis=1) > 1
    yield "insurers", terms.solvency.target
    yield "cohorts whose scores differ", evaluation.dispersion
    yield "calendar years", evaluation.is_year_to_date
    yield "benchmarks", evaluation.benchmark_frac
    yield "managers who are replaced", evaluation.replace_below > NEVER_REPLACED


def _rules_of_keys(terms: ArmTerms) -> Iterator[tuple[str, object]]:
    keys = terms.triggers
    of_market, of_funds = keys.market_kind != MarketSignal.DRAWDOWN, keys.fund_kind != FundSignal.DRAWDOWN
    has_several = len(of_market) > 1 or len(of_funds) > 1
    yield "falls of funds within a window", keys.fund_window
    yield "signals other than drawdowns", of_market.any() or of_funds.any() or has_several
    yield "expressions and latches", (keys.node_signal < 0).any() or (keys.entry_first != keys.entry_root).any()
    yield "lags and cooldowns", keys.decision_lag.any() or keys.cooldown_days.any()
    yield "keys turned by hand", keys.hand_key.size


def _rules_of_facilities(terms: ArmTerms) -> Iterator[tuple[str, object]]:
    facilities, advances, covenants = terms.facilities, terms.advances, terms.covenants
    yield "several facilities", len(facilities.tenor_days) > 1
    yield "instruments other than advances", facilities.instrument != Instrument.ADVANCE
    yield "cash lags", facilities.cash_lag_days
    yield "cover that counts in scores", facilities.score_relief_frac
    yield "announcements", facilities.announcement_cut
    yield "rates that change", advances.use_slope.any() or advances.step.any()
    yield "fees", advances.fee_frac
    yield "instalments and top-ups", advances.instalment_days.any() or advances.top_up_frac.any()
    yield "repayment ahead and grace", advances.repay_ahead_days.any() or advances.grace_days.any()
    yield "admission", ((terms.admission.claims_frac < 1.0) | (terms.admission.take_up_frac < 1.0)
                        | (terms.admission.has_solvency_test > 0.0))
    yield "covenants", (covenants.bars_derisking.any() or covenants.bonus_frac.any()
                        or (covenants.payout_frac < NO_GATE).any() or (covenants.exposure_cap < NO_GATE).any())


def _rules_of_the_pool(terms: ArmTerms) -> Iterator[tuple[str, object]]:
    pool, rationing = terms.pool, terms.rationing
    yield "caps on claims", (rationing.pool_cap < NO_CAP or (rationing.facility_cap < NO_CAP).any()
                             or (rationing.sponsor_cap < NO_CAP).any() or rationing.capital_frac.any())
    yield "claims that are not shared pro rata", rationing.share_rule != ShareRule.PRO_RATA
    yield "capital on call", (pool.paid_in != pool.layer_size).any() or pool.cash_floor
    yield "refills, credit, premiums and profit", (pool.refill_times.any() or pool.borrow_multiple or pool.premium_days
                                                   or pool.idle_rate_per_day or pool.profit_frac)


def numbers(terms: ArmTerms, n_days: int, n_paths: int) -> Floats:
    """All that the program reads, in the order of its structures."""
    return np.concatenate([np.ravel(part) for part in _parts(terms, n_days, n_paths)]).astype(float)


def _parts(terms: ArmTerms, n_days: int, n_paths: int) -> Iterator[object]:
    funds, evaluation = terms.funds, terms.evaluation
    window = int(terms.triggers.market_window.max(initial=1))
    yield (n_days, n_paths, len(terms.facilities.tenor_days), funds.nav_history.shape[1],
           evaluation.log_nav_history.shape[1], window, terms.investors.notice_days.max(), terms.prices.index)
    yield terms.judging.horizon_days
    yield [metric.lowest for metric in DAILY_METRICS]
    yield [N_BINS / (metric.highest - metric.lowest) for metric in DAILY_METRICS]
    yield terms.pool.layer_size
    for key in (0, 1):
        yield _key(terms, key)
    yield _facility(terms)
    yield _assets(terms)
    yield _funds(terms)
    yield funds.nav_history
    yield evaluation.log_nav_history
    yield terms.triggers.index_history[-window:]


def _key(terms: ArmTerms, q: int) -> Floats:
    """Signs and thresholds of entry and exit, and their persistence; 0 without a facility."""
    keys = terms.triggers
    if not len(keys.entry_days):
        return np.zeros(6)
    entry, leaving = keys.entry_root[q], keys.exit_root[q]
    return np.array([keys.node_sign[entry], keys.node_threshold[entry], keys.node_sign[leaving],
                     keys.node_threshold[leaving], keys.entry_days[q], keys.exit_days[q]])


def _facility(terms: ArmTerms) -> Floats:
    rules = terms.facilities
    fields = (rules.coverage_frac, rules.deductible_frac, rules.fund_cap_frac, rules.rate_per_day, rules.tenor_days,
              rules.n_rollovers, rules.sweep_frac, rules.inventory_participation_frac)
    return np.array([field.sum() for field in fields])


def _assets(terms: ArmTerms) -> Floats:
    """(J, 6)."""
    prices = terms.prices
    return np.stack([prices.kappa, prices.decay, prices.adv, prices.calm_volatility, prices.stress_adv_frac,
                     terms.facilities.advance_rate.sum(axis=0)], axis=1)


def _funds(terms: ArmTerms) -> Floats:
    """(F, 25 + J)."""
    funds, investors, evaluation = terms.funds, terms.investors, terms.evaluation
    rung = evaluation.rung_weight.argmax(axis=1)
    columns = (
        funds.count, funds.cash_open, funds.nav_open, funds.buffer_frac, funds.participation_frac / funds.count,
        funds.nav_floor, funds.unpaid_days_limit, terms.judging.material_sale,
        *(field[:, 0] for field in (investors.horizon_days, investors.tolerance, investors.bear_slope,
                                    investors.base_rate, investors.base_inflow, investors.queue_open,
                                    investors.daily_cap, investors.notice_days)),
        (evaluation.is_on > 0) & (evaluation.rung_weight.max(axis=1) > 0.0),
        evaluation.rung_samples[np.arange(len(rung)), rung], evaluation.threshold, evaluation.floor,
        evaluation.cut, evaluation.speed, evaluation.most_risk, evaluation.n_history,
        terms.facilities.is_eligible.sum(axis=0),
    )
    return np.concatenate([np.stack(columns, axis=1), funds.units_open], axis=1)
