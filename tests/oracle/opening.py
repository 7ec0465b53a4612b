"""How a path opens: the oracle's state from the terms of an arm (step 0 of docs/model.md)."""

import itertools
import math

from backstop.terms import ArmTerms, Execution, ImpactLaw
from oracle import solvency_side
from oracle.keys import Key, Tree, system_tree
from oracle.ledger import CAPITAL, FUND, INVESTORS, LENDERS_CLAIM, LENDERS_DEBT, POOL
from oracle.state import Judge, Path
from oracle.state_assets import Asset
from oracle.state_facilities import Compensation, Facility, Guarantee, Loan, Purchase
from oracle.state_funds import Fund, Insurer, InvestorClass, Rung
from oracle.state_pool import Layer, Pool, PoolRules


def _open_assets(arm: ArmTerms) -> list[Asset]:
    columns = [row.tolist() for row in (
        arm.prices.kappa, arm.prices.exponent, arm.prices.decay, arm.prices.permanent_frac, arm.prices.adv,
        arm.prices.calm_volatility, arm.prices.stress_adv_frac, arm.prices.log_limit_down, arm.prices.log_limit_up,
        arm.prices.impact_volatility, arm.prices.price_floor, arm.prices.half_spread,
        arm.prices.others_drawdown, arm.prices.others_frac, arm.prices.others_stock,
        arm.prices.buyers_drawdown, arm.prices.buyers_frac, arm.prices.buyers_stock, arm.prices.suspend_limit_downs,
        arm.prices.suspend_fall, arm.prices.suspend_days, arm.prices.is_risky, arm.prices.is_technology)]
    laws, executions = arm.prices.impact_law.tolist(), arm.prices.execution.tolist()
    windows = [list(zip(first, last, strict=True)) for first, last
               in zip(arm.prices.suspended_first.tolist(), arm.prices.suspended_last.tolist(), strict=True)]
    return [Asset(*numbers[:-2], *map(bool, numbers[-2:]), law == ImpactLaw.CONT_SCHAANNING,
                  execution == Execution.CLOSE, windows=days, settlement_days=later, buy_ratio=ratio)
            for *numbers, law, execution, days, later, ratio
            in zip(*columns, laws, executions, windows, arm.prices.settlement_days.tolist(),
                   arm.prices.buy_ratio.tolist(), strict=True)]


def _open_classes(arm: ArmTerms, f: int) -> list[InvestorClass]:
    investors, shares = arm.investors, float(arm.funds.nav_open[f])
    classes = [InvestorClass(
        float(investors.share_frac[f, c]) * shares, int(investors.horizon_days[f, c]), float(investors.tolerance[f, c]),
        float(investors.bear_slope[f, c]), float(investors.bear_power[f, c]), float(investors.illiquidity_slope[f, c]),
        float(investors.bull_slope[f, c]), float(investors.base_rate[f, c]), float(investors.inflow_dry[f, c]),
        float(investors.gain_slope[f, c]),
        float(investors.base_inflow[f, c]), float(investors.daily_cap[f, c]), int(investors.notice_days[f, c]))
        for c in range(int(investors.n_classes[f]))]
    for c, holder in enumerate(classes):
        _open_queue(holder, float(investors.queue_open[f, c]))
    return classes


def _open_queue(holder: InvestorClass, frac: float) -> None:
    """What falls due each day of the notice of what was asked before the opening."""
    if frac > 0.0:
        holder.queue = dict.fromkeys(range(1, holder.notice_days + 1), frac * holder.shares)
        holder.queued = holder.notice_days * (frac * holder.shares)


def _open_rungs(arm: ArmTerms, f: int) -> list[Rung]:
    evaluation = arm.evaluation
    columns = (evaluation.rung_weight, evaluation.rung_samples, evaluation.is_year_to_date, evaluation.rung_comparison)
    return [Rung(weight, samples, bool(is_to_date), evaluation.is_peer[c].nonzero()[0].tolist() if c >= 0 else None)
            for weight, samples, is_to_date, c in zip(*(column[f].tolist() for column in columns), strict=True)
            if weight > 0.0]


def _open_insurer(arm: ArmTerms, f: int) -> Insurer | None:
    terms = arm.solvency
    if terms.target[f] == 0.0:
        return None
    columns = (terms.factor, terms.held_factor, terms.held_days, terms.most_days, terms.age_open, arm.funds.units_open)
    insurer = Insurer(float(terms.target[f]), float(terms.liability[f]), float(terms.other_required[f]),
                      *(column[f].tolist() for column in columns))
    solvency_side.review(insurer)
    return insurer


def _open_fund(arm: ArmTerms, f: int) -> Fund:
    funds, evaluation, debts = arm.funds, arm.evaluation, arm.leverage
    history = evaluation.log_nav_history[f].tolist()
    oldest = 1 - len(history)
    return Fund(
        index=f, count=int(funds.count[f]), units=funds.units_open[f].tolist(),
        units_open=funds.units_open[f].tolist(), cash=int(funds.cash_open[f]),
        cash_open=int(funds.cash_open[f]), shares=float(funds.nav_open[f]), buffer_frac=float(funds.buffer_frac[f]),
        participation_frac=float(funds.participation_frac[f]), rule=int(funds.liquidation_rule[f]),
        pro_rata_frac=float(funds.pro_rata_frac[f]),
        order=funds.liquidation_order[f].tolist(), invest_frac=float(funds.invest_frac[f]),
        ahead_days=int(funds.ahead_days[f]), nav_floor=float(funds.nav_floor[f]),
        unpaid_days_limit=float(funds.unpaid_days_limit[f]), closes=funds.nav_history[f].tolist(),
        classes=_open_classes(arm, f), gate_frac=float(arm.investors.gate_frac[f]),
        swing_threshold=float(arm.investors.swing_threshold[f]), swing_frac=float(arm.investors.swing_frac[f]),
        is_evaluated=bool(evaluation.is_on[f]),
        rungs=_open_rungs(arm, f),
        threshold=float(evaluation.threshold[f]), floor=float(evaluation.floor[f]),
        dispersion=float(evaluation.dispersion[f]), cut=float(evaluation.cut[f]),
        speed=float(evaluation.speed[f]), most_risk=float(evaluation.most_risk[f]),
        rebuys=bool(evaluation.rebuys[f]),
        n_history=int(evaluation.n_history[f]), samples={oldest + s: value for s, value in enumerate(history)},
        benchmark_frac=float(evaluation.benchmark_frac[f]),
        index_samples={oldest + s: float(value) for s, value in enumerate(evaluation.log_index_history[f])},
        is_year_known=bool(evaluation.is_year_known[f]),
        year_ends={int(evaluation.year_starts[0]): float(evaluation.log_year_end[f])},
        index_year_end=float(evaluation.log_index_year_end[f]),
        replace_below=float(evaluation.replace_below[f]), first_sample=-int(evaluation.n_history[f]),
        insurer=_open_insurer(arm, f),
        lent=int(debts.debt_open[f]), lent_open=int(debts.debt_open[f]), lending_rate=float(debts.rate_per_day[f]),
        cap=float(debts.cap[f]), target=float(debts.target[f]), has_margin=bool(debts.has_margin[f]),
        haircut=debts.haircut[f].tolist(), haircut_rise=float(debts.haircut_rise[f]), nav=float(funds.nav_open[f]),
        sponsor=int(arm.members.sponsor[f]), premium_frac=float(arm.members.premium_frac[f]),
        assets=int(arm.judging.assets[f]), material_sale=int(arm.judging.material_sale[f]))


def _open_key(arm: ArmTerms, q: int) -> Key:
    triggers = arm.triggers
    def tree(root: int) -> Tree:
        return system_tree(triggers, root, is_market=q % 2 == 0)

    by_hand = [(int(first), int(last), bool(is_on)) for key, first, last, is_on in zip(
        triggers.hand_key, triggers.hand_first, triggers.hand_last, triggers.hand_is_on, strict=True) if key == q]

    return Key(entry=tree(int(triggers.entry_root[q])), exit=tree(int(triggers.exit_root[q])),
               entry_days=int(triggers.entry_days[q]), exit_days=int(triggers.exit_days[q]),
               cooldown_days=int(triggers.cooldown_days[q]), decision_lag=int(triggers.decision_lag[q]),
               by_hand=by_hand)


def _open_facility(arm: ArmTerms, k: int) -> Facility:
    advances, admission, covenants = arm.advances, arm.admission, arm.covenants
    terms, n_funds, n_assets = arm.facilities, len(arm.funds.count), len(arm.prices.adv)
    loans = [Loan(bool(terms.is_eligible[k, f]), _open_key(arm, 2 * k + 1)) for f in range(n_funds)]
    return Facility(
        k, float(terms.coverage_frac[k]), float(terms.deductible_frac[k]), float(terms.fund_cap_frac[k]),
        float(terms.score_relief_frac[k]), terms.advance_rate[k].tolist(), float(terms.rate_per_day[k]),
        int(terms.tenor_days[k]),
        int(terms.n_rollovers[k]), float(terms.sweep_frac[k]), int(terms.cash_lag_days[k]),
        float(terms.inventory_participation_frac[k]), float(terms.announcement_cut[k]),
        bool(terms.is_announced_at_opening[k]),
        float(advances.size[k]), float(advances.use_slope[k]),
        list(zip(advances.step_days[k].tolist(), advances.step[k].tolist(), strict=True)),
        float(advances.fee_frac[k]), int(advances.instalment_days[k]), float(advances.top_up_frac[k]),
        int(advances.repay_ahead_days[k]), int(advances.grace_days[k]),
        float(admission.claims_frac[k]), float(admission.take_up_frac[k]), bool(admission.has_solvency_test[k]),
        float(admission.least_nav_frac[k]), float(admission.least_navps[k]),
        bool(covenants.bars_derisking[k]), float(covenants.payout_frac[k]), float(covenants.bonus_frac[k]),
        float(covenants.exposure_cap[k]), _open_key(arm, 2 * k), loans,
        [0.0] * n_assets, [0] * n_assets, int(arm.rationing.share_rule[k]), float(arm.rationing.facility_cap[k]),
        float(arm.rationing.sponsor_cap[k]), float(arm.rationing.capital_frac[k]), int(terms.instrument[k]),
        Purchase(*(column[k].tolist() for column in arm.purchase)),
        Compensation(*(column[k].tolist() for column in arm.compensation)),
        Guarantee(*(column[k].tolist() for column in arm.guarantee)), planned=[0] * n_assets)


def _open_pool(arm: ArmTerms) -> Pool:
    pool = arm.pool
    columns = [row.tolist() for row in (pool.layer_size, pool.paid_in, pool.call_delay_days, pool.refill_days,
                                        pool.refill_times, pool.refill_most)]
    layers = [Layer(*map(int, numbers), rate)
              for *numbers, rate in zip(*columns, pool.funding_rate_per_day.tolist(), strict=True)]
    paid_in = sum(layer.called for layer in layers)
    rules = PoolRules(
        int(pool.cash_floor), float(arm.rationing.pool_cap), float(pool.borrow_multiple),
        float(pool.borrow_rate_per_day), float(pool.idle_rate_per_day), int(pool.premium_days),
        int(pool.profit_reserve), float(pool.profit_frac), int(pool.profit_to))
    return Pool(layers, rules, cash=paid_in, paid_in=paid_in, min_available=paid_in)


def open_path(arm: ArmTerms, take_up: list[float]) -> Path:
    """One path at its opening; `take_up` is u by fund."""
    closes = arm.triggers.index_history.tolist()
    path = Path(
        _open_assets(arm), [_open_fund(arm, f) for f in range(len(arm.funds.count))],
        [_open_facility(arm, k) for k in range(len(arm.facilities.tenor_days))],
        _open_pool(arm),
        float(arm.funds.cash_rate_per_day), int(arm.prices.index), closes,
        [math.log(b / a) for a, b in itertools.pairwise(closes)])
    path.take_up = take_up
    path.year_starts = arm.evaluation.year_starts.astype(int).tolist()
    path.rounds = int(arm.prices.rounds)
    path.seeks_both_ends = path.rounds > 1 and arm.prices.seeks_both_ends == 1 and any(f.lent for f in path.funds)
    path.judge = Judge(int(arm.judging.horizon_days), int(arm.judging.material_assets))
    rules = arm.judging
    path.judge.window_drawdown, path.judge.window_days = float(rules.window_drawdown), int(rules.window_days)
    path.judge.after_window_days, path.judge.age_open = int(rules.after_window_days), float(rules.breach_age_open)
    path.judge.bottom_days, path.judge.bottom_frac = int(rules.bottom_days), float(rules.bottom_frac)
    path.judge.index_history = rules.index_history.tolist()
    for fund, is_admissible in zip(path.funds, rules.is_admissible.tolist(), strict=True):
        fund.is_admissible = bool(is_admissible)
    path.feedback = arm.prices.feedback
    for j, n_days in enumerate(arm.prices.replay.days.tolist()):
        path.assets[j].observed = arm.prices.replay.log_close[:n_days, j].tolist()
    for y, layer in enumerate(path.pool.layers):
        path.ledger.transfer((CAPITAL, y), (POOL, 0), layer.called)
    for fund in path.funds:
        path.ledger.transfer((LENDERS_DEBT, fund.index), (LENDERS_CLAIM, fund.index), fund.count * fund.lent)
        path.ledger.transfer((INVESTORS, 0), (FUND, fund.index), fund.count * fund.cash_open)
    return path
