"""A small run made by hand, and a cheap market for its seam: shared by tests of running and storing."""

import numpy as np

from backstop.config.prices.resolve_feedback import NO_FEEDBACK
from backstop.config.prices.resolve_replay import NO_REPLAY
from backstop.terms import (
    NEVER,
    NEVER_REPLACED,
    NO_GATE,
    ArmTerms,
    EvaluationTerms,
    FacilityTerms,
    FactorTerms,
    FundSignal,
    FundTerms,
    ImpactLaw,
    Instrument,
    InvestorTerms,
    JudgingTerms,
    LeverageTerms,
    LiquidationRule,
    MarketSignal,
    Names,
    PriceTerms,
    RunTerms,
    TriggerTerms,
)
from oracle.instruments import no_compensation, no_guarantees, no_purchases
from plain_pool import member_terms, pool_terms, rationing_terms
from small_arm import admission, advances, covenants, solvency

DAILY_VOLATILITY = np.array([0.02, 0.03, 0.002])


def floats(*values):
    return np.array(values, dtype=np.float64)


def integers(*values):
    return np.array(values, dtype=np.int64)


def toy_prices():
    return PriceTerms(
        impact_law=integers(ImpactLaw.SQUARE_ROOT, ImpactLaw.SQUARE_ROOT, 0), kappa=floats(1.0, 1.0, 0.5),
        exponent=floats(0.5, 0.5, 1.0), impact_volatility=np.zeros(3), price_floor=np.zeros(3),
        execution=integers(0, 0, 0), half_spread=np.zeros(3), decay=floats(0.93, 0.93, 0.87),
        permanent_frac=floats(0.2, 0.2, 0.0),
        adv=floats(2e8, 1e8, 1e9), calm_volatility=floats(0.022, 0.03, 1.0),
        stress_adv_frac=floats(0.5, 0.5, 1.0), log_limit_down=floats(np.log(0.9), np.log(0.8), -1e3),
        log_limit_up=floats(np.log(1.1), np.log(1.2), 1e3),
        others_drawdown=np.ones(3), others_frac=np.zeros(3), others_stock=np.zeros(3),
        buyers_drawdown=np.ones(3), buyers_frac=np.zeros(3), buyers_stock=np.zeros(3),
        suspended_first=np.zeros((3, 0)), suspended_last=np.zeros((3, 0)), suspend_limit_downs=np.full(3, NEVER),
        suspend_fall=np.full(3, NEVER), suspend_days=np.zeros(3),
        buy_ratio=np.zeros(3), settlement_days=integers(0, 0, 0),
        is_risky=integers(1, 1, 0), is_technology=integers(0, 1, 0), index=0, rounds=1,
        seeks_both_ends=0, feedback=NO_FEEDBACK, replay=NO_REPLAY)


def toy_funds():
    nav = floats(1e9, 4e8)
    holdings = np.array([[0.3, 0.2, 0.4], [0.3, 0.6, 0.05]])
    units = np.floor(holdings * nav[:, None])
    return FundTerms(
        count=floats(3.0, 10.0), units_open=units, cash_open=nav - units.sum(axis=1), nav_open=nav,
        cash_rate_per_day=6e-5, buffer_frac=floats(0.02, 0.03), participation_frac=floats(0.02, 0.02),
        liquidation_rule=integers(LiquidationRule.WATERFALL, LiquidationRule.PRO_RATA), pro_rata_frac=floats(0.0, 0.0),
        liquidation_order=np.array([[2, 0, 1], [0, 1, 2]]),
        invest_frac=floats(0.0, 0.0), ahead_days=integers(0, 0), nav_floor=floats(0.3, 0.3),
        unpaid_days_limit=floats(20.0, 20.0), nav_history=np.ones((2, 41)))


def toy_leverage():
    """Nobody owes anything."""
    zero = np.zeros(2)
    return LeverageTerms(zero, zero, zero, zero, integers(0, 0), np.ones((2, 3)), zero)


def toy_investors():
    return InvestorTerms(
        n_classes=integers(1, 2), is_policyholder=np.zeros((2, 2), dtype=np.int64),
        share_frac=np.array([[1.0, 0.0], [0.7, 0.3]]),
        horizon_days=np.array([[20, 0], [20, 40]]), tolerance=np.array([[0.1, 0.0], [0.05, 0.05]]),
        bear_slope=np.array([[0.02, 0.0], [0.05, 0.1]]), bear_power=np.ones((2, 2)),
        illiquidity_slope=np.zeros((2, 2)), bull_slope=np.array([[0.0, 0.0], [0.01, 0.0]]),
        swing_threshold=floats(NO_GATE, NO_GATE), swing_frac=floats(0.0, 0.0), gate_frac=floats(NO_GATE, NO_GATE),
        base_rate=np.array([[2e-4, 0.0], [1e-3, 1e-3]]), base_inflow=np.array([[2e-4, 0.0], [1e-3, 1e-3]]),
        inflow_dry=np.zeros((2, 2)), gain_slope=np.zeros((2, 2)),
        queue_open=np.array([[2e-4 / 1.001, 0.0], [1e-3 / 1.002, 1e-3 / 1.001]]),
        daily_cap=np.array([[0.02, 0.0], [0.05, 0.05]]), notice_days=np.array([[5, 0], [2, 1]]))


def toy_evaluation():
    return EvaluationTerms(
        is_on=integers(1, 1), rung_weight=np.array([[0.5, 0.5], [1.0, 0.0]]),
        rung_samples=np.array([[1, 2], [1, 0]]),
        is_year_to_date=np.zeros((2, 2), dtype=np.int64), year_starts=floats(1.0), is_year_known=integers(1, 1),
        log_year_end=floats(0.0, 0.0), log_index_year_end=floats(0.0, 0.0),
        rung_comparison=np.full((2, 2), -1), is_peer=np.zeros((0, 2), dtype=np.int64),
        comparison_samples=integers(), is_comparison_to_date=integers(),
        threshold=floats(0.0, 0.0), floor=floats(-0.2, -0.3), dispersion=floats(0.0, 0.0),
        cut=floats(0.1, 0.2), speed=floats(0.1, 0.1), most_risk=floats(1.0, 1.0), rebuys=integers(1, 1),
        n_history=integers(0, 2), log_nav_history=np.zeros((2, 4)),
        benchmark_frac=floats(0.0, 0.0), log_index_history=np.zeros((2, 4)),
        replace_below=floats(NEVER_REPLACED, NEVER_REPLACED))


def toy_triggers(n_facilities):
    """Both keys of the one facility: index 5 % down and volatile; fund 3 % down and short of cash."""
    history = np.ones(31)
    if n_facilities == 0:
        nothing, whole = floats(), integers()
        return TriggerTerms(whole, whole, history, whole, whole, whole, nothing, nothing, whole, whole, whole,
                            whole, whole, whole, whole, whole, nothing, nothing, nothing, nothing, whole, nothing,
                            nothing, nothing, whole, whole, whole, whole)
    return TriggerTerms(
        market_kind=integers(MarketSignal.DRAWDOWN, MarketSignal.REALISED_VOLATILITY), market_window=integers(30, 10),
        index_history=history, fund_kind=integers(FundSignal.DRAWDOWN, FundSignal.REDEMPTION_COVERAGE),
        fund_window=integers(0, 0),
        node_signal=integers(0, 1, -1, 0, 0, 1, -1, 0), node_sign=floats(1, 1, 0, -1, 1, -1, 0, -1),
        node_threshold=floats(0.08, 0.2, 0, 0.02, 0.03, 1.5, 0, 0.01),
        node_needed=integers(0, 0, 2, 0, 0, 0, 2, 0), node_first_child=integers(0, 0, 0, 0, 0, 0, 2, 0),
        node_n_children=integers(0, 0, 2, 0, 0, 0, 2, 0),
        children=integers(0, 1, 4, 5), entry_first=integers(0, 4), entry_root=integers(2, 6),
        exit_first=integers(3, 7), exit_root=integers(3, 7), entry_days=floats(2, 1), exit_days=floats(3, 5),
        cooldown_days=floats(5, 0), decision_lag=floats(1, 0), latch_key=integers(), latch_days=floats(),
        latch_cooldown=floats(), latch_lag=floats(), hand_key=integers(), hand_first=integers(),
        hand_last=integers(), hand_is_on=integers())


def toy_facilities(n_facilities):
    eligible = np.ones((n_facilities, 2))
    rates = np.tile(floats(0.7, 0.7, 0.95), (n_facilities, 1))
    one = np.ones(n_facilities)
    return FacilityTerms(
        instrument=np.full(n_facilities, Instrument.ADVANCE), is_eligible=eligible,
        coverage_frac=0.5 * one, deductible_frac=0.02 * one, fund_cap_frac=0.2 * one,
        score_relief_frac=0.0 * one,

        advance_rate=rates, rate_per_day=1e-4 * one, tenor_days=25.0 * one, n_rollovers=0.0 * one,
        sweep_frac=0.5 * one, cash_lag_days=np.ones(n_facilities, dtype=np.int64),
        inventory_participation_frac=0.05 * one, announcement_cut=0.0 * one,
        is_announced_at_opening=np.zeros(n_facilities, dtype=np.int64))


def toy_judging():
    """Sales of half a per cent of NAV a day are material, in either fund."""
    return JudgingTerms(10.0, floats(5e6, 2e6), floats(3e9, 4e9), 3e9, 0.2, 60.0, 60.0, 60.0, 0.8, floats(1.0, 1.0),
                        NEVER, floats(1.0, 0.0))


def toy_arm(n_facilities, pool=(1e6, 1.5e8)):
    return ArmTerms(toy_prices(), toy_funds(), toy_leverage(), toy_investors(), toy_evaluation(),
                    solvency(2, 3), toy_triggers(n_facilities), toy_facilities(n_facilities),
                    no_purchases(n_facilities, 3),
                    no_compensation(n_facilities, 2), no_guarantees(n_facilities), advances(n_facilities),
                    admission(n_facilities), covenants(n_facilities), rationing_terms(n_facilities), member_terms(2),
                    pool_terms(pool), toy_judging())


def toy_terms(n_days=80):
    """Three assets, two funds, arm `none` and arm `fund` whose pool runs dry now and then."""
    return RunTerms(
        # `ToyMarket` reads no terms: any tuple of them will do
        market=FactorTerms(integers(-1, -1, -1), floats(0.0, 0.0, 0.0)), arms=(toy_arm(0), toy_arm(1)),
        names=Names(assets=("index", "technology", "bond"), funds=("insurers", "funds"),
                    facilities=((), ("backstop",)), layers=("first", "second"), arms=("none", "fund")),
        counterfactuals=(0, 0), n_days=n_days, quantum=0.01)


class ToyMarket:
    """Normal returns whose draws depend on (seed, path, day) alone."""

    def rehearse(self, terms):
        pass

    def open(self, terms, lanes):
        return None

    def reset(self, terms, state):
        pass

    def fill(self, terms, state, seed, first_path, first_day, last_day, log_return, volatility, lanes):
        for lane in range(int(lanes)):
            bits = np.random.Philox(key=[seed, int(first_path) + lane])
            draws = np.random.Generator(bits).standard_normal((int(last_day), 3))[int(first_day):]
            draws[:, 1] = 0.8 * draws[:, 0] + 0.6 * draws[:, 1]
            log_return[: len(draws), :, lane] = draws * DAILY_VOLATILITY
            volatility[: len(draws), :, lane] = DAILY_VOLATILITY
