"""Arms small enough to follow by hand: everything is off, flat or free unless a test says otherwise."""

from typing import Any

import numpy as np

from backstop.config.prices.resolve_feedback import NO_FEEDBACK
from backstop.config.prices.resolve_replay import NO_REPLAY
from backstop.kernels.state import ArmState, open_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.terms import (
    NEVER_REPLACED,
    NO_BUDGET,
    NO_GATE,
    AdmissionTerms,
    AdvanceTerms,
    ArmTerms,
    CompensationTerms,
    CovenantTerms,
    EvaluationTerms,
    Execution,
    FacilityTerms,
    FundSignal,
    FundTerms,
    GuaranteeTerms,
    ImpactLaw,
    Instrument,
    Integers,
    InvestorTerms,
    JudgingTerms,
    LeverageTerms,
    LiquidationRule,
    MarketSignal,
    PriceTerms,
    PurchaseTerms,
    SolvencyTerms,
    TriggerTerms,
)
from backstop.terms.declare import fields_of
from plain_pool import member_terms, pool_terms, rationing_terms

ALWAYS, NEVER = (-1e9, 1.0), (1e9, 1.0)
"""(threshold, sign) of a leaf that holds, or does not, whatever the signal."""


def spread(kind: Any, shapes: dict[str, tuple[int, ...]], n: int, values: dict[str, Any]) -> Any:
    """Terms of `kind`: every value spread over its shape, (n,) unless `shapes` says otherwise."""
    def term(name: str, base: Any, said: Any) -> Any:
        if said is None or not said.axes:
            return values[name]
        array = np.array(values[name], dtype=np.int64 if base is Integers else np.float64)
        return np.ascontiguousarray(np.broadcast_to(array, shapes.get(name, (n,))))

    return kind(**{name: term(name, *of) for name, of in fields_of(kind).items()})


def prices(n: int, **given: Any) -> PriceTerms:
    """Assets without impact, limits or thin volume."""
    windows = np.array(given.pop("suspended", np.zeros((n, 0, 2))), dtype=np.float64)
    shapes = dict.fromkeys(("suspended_first", "suspended_last"), windows.shape[:2])
    return spread(PriceTerms, shapes, n, {
        "suspended_first": windows[..., 0], "suspended_last": windows[..., 1], "suspend_limit_downs": 1e300,
        "seeks_both_ends": 0, "feedback": NO_FEEDBACK, "replay": NO_REPLAY,
        "buy_ratio": 0.0, "settlement_days": 0, "suspend_fall": 1e300, "suspend_days": 0.0,
        "impact_law": ImpactLaw.LINEAR, "kappa": 0.0, "exponent": 1.0, "impact_volatility": 0.0, "price_floor": 0.0,
        "execution": Execution.AVERAGE, "half_spread": 0.0, "decay": 0.5, "permanent_frac": 0.0, "adv": 1e9,
        "calm_volatility": 1.0, "stress_adv_frac": 0.5, "log_limit_down": -1e3, "log_limit_up": 1e3, "is_risky": 1,
        "is_technology": 0, "others_drawdown": 1.0, "others_frac": 0.0, "others_stock": 0.0, "buyers_drawdown": 1.0,
        "buyers_frac": 0.0, "buyers_stock": 0.0, "index": 0,
        "rounds": 1} | given)


def funds(n: int, n_assets: int, **given: Any) -> FundTerms:
    """Funds of 1,000,000, of which `units_open` in each asset (default: all in the first), the rest in cash."""
    units = np.broadcast_to(np.array(given.pop("units_open", [1e6] + [0.0] * (n_assets - 1))), (n, n_assets))
    history = np.atleast_2d(np.array(given.pop("nav_history", [1.0] * 5)))
    values = {
        "count": 1.0, "units_open": units, "cash_open": 1e6 - units.sum(axis=1), "nav_open": 1e6,
        "cash_rate_per_day": 0.0, "buffer_frac": 0.0, "participation_frac": 1.0,
        "liquidation_rule": LiquidationRule.PRO_RATA,
        "invest_frac": 0.0, "ahead_days": 0, "pro_rata_frac": 0.0, "liquidation_order": np.arange(n_assets),
        "nav_floor": 0.0, "unpaid_days_limit": 1e9, "nav_history": history}
    shapes = {"units_open": (n, n_assets), "liquidation_order": (n, n_assets), "nav_history": (n, history.shape[1])}
    return spread(FundTerms, shapes, n, values | given)


def leverage(n: int, n_assets: int, **given: Any) -> LeverageTerms:
    """Funds without lenders."""
    values = {"debt_open": 0.0, "rate_per_day": 0.0, "cap": 0.0, "target": 1.0, "has_margin": int("haircut" in given),
              "haircut": 1.0, "haircut_rise": 0.0}
    return spread(LeverageTerms, {"haircut": (n, n_assets)}, n, values | given)


def investors(n: int, **given: Any) -> InvestorTerms:
    """One class that never asks for anything."""
    share = np.atleast_2d(np.array(given.pop("share_frac", 1.0)))
    of_funds = ("n_classes", "gate_frac", "swing_threshold", "swing_frac")
    shapes = {name: (n, share.shape[1]) for name in InvestorTerms._fields if name not in of_funds}
    return spread(InvestorTerms, shapes, n, {
        "n_classes": share.shape[1], "is_policyholder": 0, "share_frac": share,
        "horizon_days": 1, "tolerance": 0.0, "bear_slope": 0.0,
        "bear_power": 1.0, "illiquidity_slope": 0.0, "bull_slope": 0.0, "gate_frac": NO_GATE,
        "swing_threshold": NO_GATE, "swing_frac": 0.0,
        "base_rate": 0.0, "gain_slope": 0.0, "inflow_dry": 0.0, "base_inflow": 0.0, "queue_open": 0.0, "daily_cap": 1.0,
        "notice_days": 1} | given)


def evaluation(n: int, **given: Any) -> EvaluationTerms:
    """Nobody is evaluated; one rung of one sample if somebody is."""
    history = np.atleast_2d(np.array(given.pop("log_nav_history", [0.0, 0.0])))
    weight = np.atleast_2d(np.array(given.pop("rung_weight", 1.0)))
    peers = np.array(given.pop("is_peer", np.zeros((0, n)))).reshape(-1, n)
    rungs, of_peers, starts = (n, weight.shape[1]), (len(peers),), np.ravel(given.pop("year_starts", 1.0))
    shapes = {"log_nav_history": (n, history.shape[1]), "log_index_history": (n, history.shape[1]),
              "year_starts": starts.shape, "is_peer": peers.shape,
              **dict.fromkeys(("rung_weight", "rung_samples", "is_year_to_date", "rung_comparison"), rungs),
              **dict.fromkeys(("comparison_samples", "is_comparison_to_date"), of_peers)}
    return spread(EvaluationTerms, shapes, n, {
        "is_on": 0, "rung_weight": weight, "rung_samples": 1, "is_year_to_date": 0, "year_starts": starts,
        "is_year_known": 1, "log_year_end": 0.0, "log_index_year_end": 0.0, "rung_comparison": -1, "is_peer": peers,
        "comparison_samples": 1, "is_comparison_to_date": 0, "threshold": 0.0, "floor": -0.5, "dispersion": 0.0,
        "cut": 0.0, "speed": 0.1, "most_risk": 1.0, "rebuys": 1, "n_history": history.shape[1] - 1,
        "log_nav_history": history, "benchmark_frac": 0.0, "log_index_history": 0.0,
        "replace_below": NEVER_REPLACED} | given)


def solvency(n: int, n_assets: int, **given: Any) -> SolvencyTerms:
    """Nobody is an insurer."""
    of_assets = dict.fromkeys(("factor", "held_factor", "held_days", "most_days", "age_open"), (n, n_assets))
    return spread(SolvencyTerms, of_assets, n, {
        "target": 0.0, "liability": 1.0, "other_required": 0.0, "factor": 0.0,
        "held_factor": given.get("factor", 0.0), "held_days": 1e300, "most_days": 1e300, "age_open": 0.0} | given)


def triggers(n_facilities: int, **given: Any) -> TriggerTerms:
    """Keys of one leaf each, that open on day 1 and never close.

    `by_hand` is rows of (key, first day, last day, 1 for active).
    `market` and `fund` are (kind, window) of the one signal a kind of key reads; `system_entry`, `system_exit`,
    `fund_entry`, `fund_exit` are (threshold, sign) of the leaves.
    """
    leaves = [given.pop(name, default) for name, default in (
        ("system_entry", ALWAYS), ("system_exit", NEVER), ("fund_entry", ALWAYS), ("fund_exit", NEVER))]
    market = given.pop("market", (MarketSignal.CONDITIONAL_VOLATILITY, 0))
    fund = given.pop("fund", (FundSignal.DRAWDOWN, 0))
    n_keys = 2 * n_facilities
    nodes = np.arange(2 * n_keys)
    leaf = np.array(leaves * n_facilities, dtype=np.float64).reshape(-1, 2)
    zero = np.zeros(2 * n_keys, dtype=np.int64)
    days = {name: np.broadcast_to(np.array(given.pop(name, default), dtype=np.float64), (n_keys,)).copy()
            for name, default in (("entry_days", 1), ("exit_days", 1), ("cooldown_days", 0), ("decision_lag", 0))}
    history = np.array(given.pop("index_history", [1.0] * 5))
    hand = np.array(given.pop("by_hand", []), dtype=np.int64).reshape(-1, 4)
    assert not given, given
    return TriggerTerms(
        market_kind=np.array([market[0]]), market_window=np.array([market[1]]), index_history=history,
        fund_kind=np.array([fund[0]]), fund_window=np.array([fund[1]]), node_signal=zero,
        node_sign=leaf[:, 1].copy(), node_threshold=leaf[:, 0].copy(), node_needed=zero, node_first_child=zero,
        node_n_children=zero, children=zero[:0], entry_first=nodes[0::2].copy(), entry_root=nodes[0::2].copy(),
        exit_first=nodes[1::2].copy(), exit_root=nodes[1::2].copy(), **days,
        latch_key=zero[:0], **dict.fromkeys(("latch_days", "latch_cooldown", "latch_lag"), leaf[:0, 0].copy()),
        hand_key=hand[:, 0].copy(), hand_first=hand[:, 1].copy(), hand_last=hand[:, 2].copy(),
        hand_is_on=hand[:, 3].copy())


def facilities(n: int, n_funds: int, n_assets: int, **given: Any) -> FacilityTerms:
    """Facilities that lend what a fund needs, loss or no loss, at no interest, for ever, against all assets at par."""
    shapes = {"is_eligible": (n, n_funds), "advance_rate": (n, n_assets)}
    return spread(FacilityTerms, shapes, n, {
        "instrument": Instrument.ADVANCE, "is_eligible": 1.0, "coverage_frac": 1e3, "deductible_frac": -1.0,
        "fund_cap_frac": 1e3,
        "score_relief_frac": 0.0, "advance_rate": 1.0, "rate_per_day": 0.0, "tenor_days": 1e9, "n_rollovers": 0.0,
        "sweep_frac": 0.0, "cash_lag_days": 0, "inventory_participation_frac": 1.0, "announcement_cut": 0.0,
        "is_announced_at_opening": 0} | given)


def purchase(n: int, n_assets: int, **given: Any) -> PurchaseTerms:
    """Purchases of all that a fund needs, of the first asset, at its price, without limits; nothing is sold again."""
    first = np.arange(n_assets) == 0
    return spread(PurchaseTerms, {"weight": (n, n_assets)}, n, {
        "weight": first, "need_frac": 1.0, "daily_budget": NO_BUDGET, "total_budget": NO_BUDGET,
        "adv_frac": 1.0, "resale_adv_frac": 0.0, "resale_lag_days": 0.0, "hold_days": 0.0, "margin_frac": -1.0,
        "wind_up_day": 1e300, "gain_share_frac": 0.0} | given)


def compensation(n: int, n_funds: int, **given: Any) -> CompensationTerms:
    """All of any fall since the start of a period of two days is paid, for good."""
    return spread(CompensationTerms, {"most_per_fund": (n, n_funds)}, n, {
        "share_frac": 1.0, "attach": 0.0, "exhaust": 1.0, "is_from_peak": 0, "most_per_fund": NO_BUDGET,
        "most_per_sponsor": NO_BUDGET, "most_per_period": NO_BUDGET, "period_days": 2.0, "clawback_days": 0.0} | given)


def guarantee(n: int, **given: Any) -> GuaranteeTerms:
    """Half of what a bank loses, for nothing."""
    return spread(GuaranteeTerms, {}, n, {"guaranteed_frac": 0.5, "upfront_frac": 0.0, "premium_per_day": 0.0} | given)


def advances(n: int, **given: Any) -> AdvanceTerms:
    """Flat rates, no fee, nothing before maturity."""
    step = np.atleast_2d(np.array(given.pop("step", 0.0)))
    shapes = {"step": (n, step.shape[1]), "step_days": (n, step.shape[1])}
    return spread(AdvanceTerms, shapes, n, {
        "size": 1e9, "use_slope": 0.0, "step_days": 0.0, "step": step, "fee_frac": 0.0, "instalment_days": 0.0,
        "top_up_frac": 0.0, "repay_ahead_days": 0.0, "grace_days": 0.0} | given)


def admission(n: int, **given: Any) -> AdmissionTerms:
    """Every claim is heard."""
    return spread(AdmissionTerms, {}, n, {
        "claims_frac": 1.0, "take_up_frac": 1.0, "has_solvency_test": 0.0, "least_nav_frac": -NO_GATE,
        "least_navps": -NO_GATE} | given)


def covenants(n: int, **given: Any) -> CovenantTerms:
    """Nothing binds a borrower."""
    return spread(CovenantTerms, {}, n, {
        "bars_derisking": 0.0, "payout_frac": NO_GATE, "bonus_frac": 0.0, "exposure_cap": NO_GATE} | given)


def judging(n_funds: int, **given: Any) -> JudgingTerms:
    """A fund in distress is the system's; sales of 1 % of NAV are material; a horizon of 2 days."""
    values = {"horizon_days": 2.0, "material_sale": 1e4, "assets": 1e6, "material_assets": 1e6,
              "window_drawdown": 0.2, "window_days": 60.0, "after_window_days": 60.0, "breach_age_open": 1e300,
              "bottom_days": 60.0, "bottom_frac": 0.8,
              "is_admissible": 1.0, "index_history": np.ones(250)} | given
    of_funds = {name: np.full(n_funds, values[name]) for name in ("material_sale", "assets", "is_admissible")}
    return JudgingTerms(**values | of_funds)


def small_arm(n_funds: int = 1, n_assets: int = 1, n_facilities: int = 0, layers: tuple[float, ...] = (1e9,),
              **sections: dict[str, Any]) -> ArmTerms:
    """An arm; `sections` override terms by the names of `ArmTerms`, as ``funds={"buffer_frac": 0.1}``."""
    def section(name: str) -> dict[str, Any]:
        return dict(sections.get(name, {}))

    assert set(sections) <= set(ArmTerms._fields)
    return ArmTerms(
        prices=prices(n_assets, **section("prices")), funds=funds(n_funds, n_assets, **section("funds")),
        leverage=leverage(n_funds, n_assets, **section("leverage")),
        investors=investors(n_funds, **section("investors")),
        evaluation=evaluation(n_funds, **section("evaluation")),
        solvency=solvency(n_funds, n_assets, **section("solvency")),
        triggers=triggers(n_facilities, **section("triggers")),
        facilities=facilities(n_facilities, n_funds, n_assets, **section("facilities")),
        advances=advances(n_facilities, **section("advances")),
        admission=admission(n_facilities, **section("admission")),
        covenants=covenants(n_facilities, **section("covenants")),
        rationing=rationing_terms(n_facilities, **section("rationing")),
        members=member_terms(n_funds, **section("members")),
        purchase=purchase(n_facilities, n_assets, **section("purchase")),
        compensation=compensation(n_facilities, n_funds, **section("compensation")),
        guarantee=guarantee(n_facilities, **section("guarantee")), pool=pool_terms(layers, **section("pool")),
        judging=judging(n_funds, **section("judging")))


def days(values: Any, n_assets: int = 1) -> Any:
    """The seam, (T, J, L), from one row of lanes a day, the same for every asset; or from (T, J, L) as it is."""
    array = np.array(values, dtype=np.float64)
    return array if array.ndim == 3 else np.repeat(array[:, None, :], n_assets, axis=1)


def run_small(arm: ArmTerms, log_return: Any, volatility: Any = 0.01, is_closed: bool = False) -> ArmState:
    """The state after the days of `log_return`; with its horizon outcomes if `is_closed`."""
    seam = days(log_return, len(arm.prices.adv))
    sigma = np.ascontiguousarray(np.broadcast_to(np.array(volatility, dtype=np.float64), seam.shape))
    state = open_arm(arm, seam.shape[2])
    run_arm(arm, state, seam, sigma, 0, len(seam), seam.shape[2])
    if is_closed:
        close_arm(arm, state, seam.shape[2])
    return state
