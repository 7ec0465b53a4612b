"""What facilities have lent, and the pool behind them, from day to day (rows as in `backstop.kernels.state`)."""

from typing import NamedTuple

from backstop.terms import Floats


class Loans(NamedTuple):
    """Axis K*F; approvals (N*K*F) are a ring over cash lag."""

    drawn: Floats
    interest_due: Floats
    pending: Floats
    age: Floats
    rollovers: Floats
    called: Floats
    shadow_peak: Floats
    claim: Floats
    approved: Floats
    unmet: Floats
    approvals: Floats
    demand: Floats
    """What is demanded before maturity today; no rows where no facility does."""
    rate: Floats
    """Rate of the day; no rows where all rates are flat."""
    use: Floats
    """(K or 0, L) share of its size that a facility has lent."""
    refused: Floats
    """Claims the solvency test refused today; no rows without one."""
    take_up: Floats
    """(F or 0, L) u, by which a fund takes a facility up, or none."""


class Pool(NamedTuple):
    """Axis 1; layers (Y), inventory (K*J), realised (K).

    What only some rules need has no rows where terms have no such rule.
    """

    cash: Floats
    paid_in: Floats
    """Of all layers."""
    committed: Floats
    claimed: Floats
    ratio: Floats
    available: Floats
    claimed_so_far: Floats
    allotted_so_far: Floats
    cash_out: Floats
    cash_in: Floats
    fees: Floats
    """Upfront fees of today."""
    income: Floats
    loss: Floats
    surplus: Floats
    taxpayer: Floats
    is_dry: Floats
    layer_loss: Floats
    awaited: Floats
    """Called and not yet paid in."""
    calls: Floats
    """(D or 0, L) a ring of what arrives by day."""
    borrowed: Floats
    guaranteed: Floats
    """Paid in by the guarantor and not yet paid back."""
    refill_clock: Floats
    """(Y or 0, L) days with a loss since the last refill."""
    n_refills: Floats
    inventory: Floats
    inventory_cost: Floats
    inventory_sale: Floats
    realised: Floats
    """Receipts of what a facility sold less its cost, so far."""
    scratch: Floats
    """(4, L) sums within a stage pair."""
