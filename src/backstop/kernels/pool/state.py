"""What facilities have lent, and the pool behind them, from day to day."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.declare import State
from backstop.terms import NO_GATE, ArmTerms, Floats
from backstop.terms.declare import declared


def demands_payments(arm: ArmTerms) -> bool:
    """Some facility demands payments before maturity, or is repaid then."""
    advances = arm.advances
    has_demand = (advances.instalment_days > 0.0) | (advances.top_up_frac > 0.0) | (advances.repay_ahead_days > 0.0)
    return bool(np.any(has_demand | (arm.covenants.exposure_cap < NO_GATE)))


def repays_ahead(arm: ArmTerms) -> bool:
    """Some loan is repaid over days before its maturity."""
    return bool(np.any(arm.advances.repay_ahead_days))


def has_grace(arm: ArmTerms) -> bool:
    """Some loan that is called may stay unpaid for days."""
    return bool(np.any(arm.advances.grace_days))


def has_grades(arm: ArmTerms) -> bool:
    """Some rate rises with use or time."""
    return bool(np.any(arm.advances.use_slope) or np.any(arm.advances.step))


def tests_solvency(arm: ArmTerms) -> bool:
    """Some facility refuses claims of funds that are not solvent."""
    return bool(np.any(arm.admission.has_solvency_test))


def has_take_up(arm: ArmTerms) -> bool:
    """Some facility is not taken up by all."""
    return bool(np.any(arm.admission.take_up_frac < 1.0))


def has_calls(arm: ArmTerms) -> bool:
    """Some layer is not paid in full."""
    return bool(np.any(arm.pool.paid_in < arm.pool.layer_size))


def refills(arm: ArmTerms) -> bool:
    """Some owner refills a layer."""
    return bool(np.any(arm.pool.refill_times))


def borrows(arm: ArmTerms) -> bool:
    """The pool may borrow under guarantee."""
    return arm.pool.borrow_multiple > 0.0


def _paid_in(arm: ArmTerms) -> Floats:
    return np.array([arm.pool.paid_in.sum()])


@declared
class Loans(NamedTuple):
    """Of each facility to each fund."""

    drawn: Annotated[Floats, State("quanta", "principal outstanding")]
    interest_due: Annotated[Floats, State("quanta", "interest that is due")]
    pending: Annotated[Floats, State("quanta", "approved, not yet arrived")]
    age: Annotated[Floats, State("trading days", "since the first drawing, or the last rollover")]
    rollovers: Annotated[Floats, State("count", "used")]
    called: Annotated[Floats, State("quanta", "that must be paid tomorrow, or the fund defaults")]
    shadow_peak: Annotated[Floats, State("NAV per share", "peak on the day the fund key became active")]
    claim: Annotated[Floats, State("quanta", "claimed today")]
    approved: Annotated[Floats, State("quanta", "approved today")]
    unmet: Annotated[Floats, State("quanta", "claimed and not approved today")]
    approvals: Annotated[
        Floats, State("quanta", "on their way, by day of arrival: a ring", "arrival facility fund")]
    demanded: Annotated[
        Floats, State("quanta", "demanded of a fund so far, less what is receivable", "", demands_payments,
                      is_traced=False)]
    lendable: Annotated[
        Floats, State("quanta", "what a facility lends against today's holdings", "", demands_payments,
                      is_traced=False)]
    demand: Annotated[Floats, State("quanta", "demanded before maturity today", when=demands_payments)]
    raised: Annotated[
        Floats, State("quanta", "raised today for a maturity, beyond what is demanded", when=repays_ahead)]
    late: Annotated[Floats, State("trading days", "unpaid since the loan was called", when=has_grace)]
    rate: Annotated[Floats, State("rate a day", "of today", when=has_grades)]
    use: Annotated[Floats, State("share of size", "that a facility has lent", "facility", has_grades)]
    refused: Annotated[Floats, State("quanta", "claims that the solvency test refused today", when=tests_solvency)]
    assets: Annotated[Floats, State("quanta", "of a fund, NAV and debt", "", tests_solvency, is_traced=False)]
    take_up: Annotated[Floats, State("1", "u, by which a fund takes a facility up, or none", "fund", has_take_up)]


@declared
class Pool(NamedTuple):
    """The money behind the facilities."""

    cash: Annotated[Floats, State("quanta", "cash", opening=_paid_in)]
    paid_in: Annotated[Floats, State("quanta", "by all layers", opening=_paid_in)]
    committed: Annotated[Floats, State("quanta", "cash that is promised")]
    room: Annotated[Floats, State("quanta", "what a cap leaves", is_traced=False)]
    claimed: Annotated[Floats, State("quanta", "by all funds at a facility")]
    ratio: Annotated[Floats, State("share of claims", "that is approved")]
    available: Annotated[Floats, State("quanta", "what is free for claims")]
    claimed_so_far: Annotated[Floats, State("quanta", "claims of the funds before")]
    allotted_so_far: Annotated[Floats, State("quanta", "allotted to the funds before")]
    cash_out: Annotated[Floats, State("quanta", "approvals, orders, cover, grants and gains returned so far")]
    cash_in: Annotated[Floats, State("quanta", "what came back or was set free so far")]
    fees: Annotated[Floats, State("quanta", "upfront fees of today")]
    income: Annotated[Floats, State("quanta", "of today")]
    loss: Annotated[Floats, State("quanta", "of today")]
    surplus: Annotated[Floats, State("quanta", "income kept after layers were restored")]
    taxpayer: Annotated[Floats, State("quanta", "losses beyond all layers")]
    is_dry: Annotated[Floats, State("0 or 1", "1 if a claim was cut for want of money today")]
    layer_loss: Annotated[Floats, State("quanta", "borne by a layer", "layer")]
    awaited: Annotated[Floats, State("quanta", "called and not yet paid in", when=has_calls)]
    calls: Annotated[Floats, State("quanta", "of it, by day of arrival: a ring", "call", has_calls)]
    borrowed: Annotated[Floats, State("quanta", "owed under guarantee", when=borrows)]
    guaranteed: Annotated[Floats, State("quanta", "paid in by the guarantor, not yet paid back", when=borrows)]
    refill_clock: Annotated[Floats, State("trading days", "with a loss since the last refill", "layer", refills)]
    n_refills: Annotated[Floats, State("count", "refills so far", "layer", refills)]
    inventory: Annotated[Floats, State("units", "seized or bought", "facility asset")]
    inventory_cost: Annotated[Floats, State("quanta", "what they cost", "facility asset")]
    inventory_sale: Annotated[Floats, State("units", "of it to sell today", "facility asset")]
    premium: Annotated[Floats, State("quanta", "premium that a fund pays today", is_traced=False)]
    profit: Annotated[Floats, State("quanta", "of surplus to pay out", is_traced=False)]
    premiums: Annotated[Floats, State("quanta", "that all funds have paid, by which profit is shared", is_traced=False)]
    profit_of_funds: Annotated[Floats, State("quanta", "of profit that funds got", is_traced=False)]
    unborne: Annotated[Floats, State("quanta", "of today's net loss that no layer has taken yet", is_traced=False)]
    unshared: Annotated[Floats, State("quanta", "of today's net income that no layer has got yet", is_traced=False)]
    lack: Annotated[Floats, State("quanta", "that the pool lacks and does not await", is_traced=False)]
    imbalance: Annotated[Floats, State("quanta", "of the books, as far as they are read", is_traced=False)]
    receipt: Annotated[Floats, State("quanta", "what a sale of inventory brought", is_traced=False)]
    gain: Annotated[Floats, State("quanta", "that receipt less its cost", is_traced=False)]
    realised: Annotated[Floats, State("quanta", "receipts of what was sold, less its cost, so far", "facility")]
