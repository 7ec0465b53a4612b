"""Facilities of other instruments in random designs, from streams of their own, so that the rest stays what it is."""

import numpy as np

from backstop.terms import (
    NEVER,
    NO_BUDGET,
    ArmTerms,
    CompensationTerms,
    FacilityTerms,
    Floats,
    GuaranteeTerms,
    ImpactLaw,
    Instrument,
    PriceTerms,
    PurchaseTerms,
)

SHARE_OF_DESIGNS = 0.4
INSTRUMENTS = tuple(Instrument)[:5]
"""Those that the first designs drew from: what comes later draws from a generator of its own."""
LENDING = ("coverage_frac", "deductible_frac", "fund_cap_frac", "advance_rate", "rate_per_day", "tenor_days",
           "n_rollovers", "sweep_frac")
"""Terms of loans, 0 for an instrument that lends nothing."""
PRICING = ("use_slope", "step_days", "step", "fee_frac", "instalment_days", "top_up_frac")
PAYING = ("repay_ahead_days", "grace_days")
"""Of loans of the pool and of banks."""
LENDING_OF_POOL = ("score_relief_frac", "cash_lag_days", "inventory_participation_frac")
"""Those that a bank's loan has not."""


def no_purchases(n_facilities: int, n_assets: int) -> PurchaseTerms:
    """Terms of facilities that buy nothing."""
    return PurchaseTerms(np.zeros((n_facilities, n_assets)),
                         *[np.zeros(n_facilities)] * (len(PurchaseTerms._fields) - 1))


def no_compensation(n_facilities: int, n_funds: int) -> CompensationTerms:
    """Terms of facilities that pay for no loss."""
    zero = np.zeros(n_facilities)
    is_from_peak, most = np.zeros(n_facilities, dtype=np.int64), np.zeros((n_facilities, n_funds))
    return CompensationTerms(zero, zero, zero, is_from_peak, most, *[zero] * 4)


def no_guarantees(n_facilities: int) -> GuaranteeTerms:
    """Terms of facilities that answer for nothing."""
    return GuaranteeTerms(*[np.zeros(n_facilities)] * 3)


def with_instruments(seed: int, arm: ArmTerms, days: int, kind: str) -> ArmTerms:
    """`arm` with some of its facilities turned into others, and most left as they are, where `kind` is "mixed".

    Or none of them ("advances"), or all of them into guarantees ("guaranteed").
    """
    rng, k = np.random.default_rng([seed, 60]), len(arm.facilities.instrument)
    instrument = {"mixed": _mixed, "advances": lambda rng, k: np.full(k, Instrument.ADVANCE),
                  "guaranteed": lambda rng, k: np.full(k, Instrument.GUARANTEE)}[kind](rng, k)
    facilities = _lending(arm.facilities._replace(instrument=instrument))
    priced = {name: _only(instrument == Instrument.ADVANCE, getattr(arm.advances, name)) for name in PRICING}
    priced |= {name: _only(facilities.tenor_days > 0.0, getattr(arm.advances, name)) for name in PAYING}
    return arm._replace(
        facilities=facilities, advances=arm.advances._replace(**priced),
        prices=_for_sale(arm.prices) if Instrument.MARKET_PURCHASE in instrument else arm.prices,
        purchase=_purchases(np.random.default_rng([seed, 61]), arm, instrument, days),
        compensation=_compensations(np.random.default_rng([seed, 62]), arm, instrument),
        guarantee=_guarantees(np.random.default_rng([seed, 63]), instrument))


def _for_sale(prices: PriceTerms) -> PriceTerms:
    """Laws that know purchases, of every asset."""
    has_floor = prices.impact_law == ImpactLaw.CONT_SCHAANNING
    return prices._replace(
        impact_law=np.where(has_floor, ImpactLaw.LINEAR, prices.impact_law),
        price_floor=np.zeros_like(prices.price_floor), exponent=np.where(has_floor, 1.0, prices.exponent),
        buy_ratio=np.where(prices.buy_ratio > 0.0, prices.buy_ratio, 1.0))


def _mixed(rng: np.random.Generator, k: int) -> np.ndarray:
    drawn = rng.choice(INSTRUMENTS, k)
    return drawn if rng.random() < SHARE_OF_DESIGNS else np.full(k, Instrument.ADVANCE)


def _lending(facilities: FacilityTerms) -> FacilityTerms:
    """Terms of loans where something is lent; those that a bank's loan has not, of advances alone."""
    is_advance = facilities.instrument == Instrument.ADVANCE
    lends = is_advance | (facilities.instrument == Instrument.GUARANTEE)
    return facilities._replace(
        **{name: _only(lends, getattr(facilities, name)) for name in LENDING},
        **{name: _only(is_advance, getattr(facilities, name)) for name in LENDING_OF_POOL})


def _only(which: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows (K, ...) of some facilities; 0 for the others."""
    return np.where(which.reshape(-1, *[1] * (rows.ndim - 1)), rows, 0).astype(rows.dtype)


def _purchases(rng: np.random.Generator, arm: ArmTerms, instrument: np.ndarray, days: int) -> PurchaseTerms:
    k, j, total = len(instrument), len(arm.prices.adv), arm.funds.count @ arm.funds.nav_open
    from_funds = instrument == Instrument.PURCHASE
    is_bought = rng.random((k, j)) < 0.7
    is_bought[:, 0] = True
    shares = is_bought * rng.uniform(0.1, 1.0, (k, j))
    paid = is_bought * (1.0 - rng.choice([0.0, 0.02, 0.1], (k, j)))
    weight = np.where(from_funds[:, None], paid, shares / shares.sum(axis=1, keepdims=True))
    daily = np.floor(total * rng.choice([1e-4, 2e-3], k))
    terms = PurchaseTerms(
        weight=weight,
        need_frac=from_funds * rng.choice([0.3, 1.0], k),
        daily_budget=np.where(from_funds & (rng.random(k) < 0.5), NO_BUDGET, daily),
        total_budget=np.where(rng.random(k) < 0.5, NO_BUDGET, np.floor(20.0 * daily)),
        adv_frac=rng.choice([0.01, 0.2, 1.0], k), resale_adv_frac=rng.choice([0.0, 0.02, 0.5], k, p=[0.2, 0.4, 0.4]),
        resale_lag_days=rng.choice([0.0, 5.0], k), hold_days=rng.choice([0.0, 10.0], k),
        margin_frac=rng.choice([-1.0, 0.0, 0.05], k),
        wind_up_day=np.where(rng.random(k) < 0.5, NEVER, float(days // 2)),
        gain_share_frac=from_funds * rng.choice([0.0, 0.3, 1.0], k))
    buys = np.isin(instrument, [Instrument.PURCHASE, Instrument.MARKET_PURCHASE])
    return PurchaseTerms(*(_only(buys, rows) for rows in _whole(terms)))


def _compensations(rng: np.random.Generator, arm: ArmTerms, instrument: np.ndarray) -> CompensationTerms:
    k, n, nav = len(instrument), len(arm.funds.count), arm.funds.nav_open
    attach, period = rng.choice([0.0, 0.05, 0.2], k), rng.choice([5.0, 21.0, 60.0], k)
    total = arm.funds.count @ nav
    limits = [np.where(rng.random(k) < 0.5, NO_BUDGET, np.floor(total * rng.choice([1e-4, 1e-3], k))) for _ in range(2)]
    terms = (
        rng.choice([0.3, 1.0], k), attach, attach + rng.choice([0.02, 0.1, 0.5], k), rng.integers(0, 2, k),
        np.floor(nav * rng.choice([0.01, 0.2], (k, n))), *limits, period,
        np.floor(period * rng.choice([0.0, 0.5, 1.0], k)))
    pays = instrument == Instrument.COMPENSATION
    return CompensationTerms(*(_only(pays, rows) for rows in terms))


def _guarantees(rng: np.random.Generator, instrument: np.ndarray) -> GuaranteeTerms:
    k = len(instrument)
    terms = rng.choice([0.3, 0.8, 1.0], k), rng.choice([0.0, 0.01], k), rng.choice([0.0, 1e-3], k)
    return GuaranteeTerms(*(_only(instrument == Instrument.GUARANTEE, rows) for rows in terms))


def _whole(terms: PurchaseTerms) -> tuple[Floats, ...]:
    """The same numbers as contiguous float64."""
    return tuple(np.ascontiguousarray(rows, dtype=np.float64) for rows in terms)
