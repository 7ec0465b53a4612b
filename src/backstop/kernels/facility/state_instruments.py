"""What facilities of each instrument carry from day to day, besides loans (rows as in `backstop.kernels.state`)."""

from typing import NamedTuple

from backstop.terms import Floats


class Purchases(NamedTuple):
    """Axis K; no rows where no facility buys anything."""

    spent: Floats
    planned: Floats
    """(K*J) money that buys in the market today."""
    unmet: Floats
    """What the pool could not pay of today's budget in the market."""
    idle_days: Floats
    """Days since the system key was on."""
    held_days: Floats
    """Days since the last purchase."""
    returned: Floats
    """Gains given to funds so far."""
    bought: Floats
    """(K*F) paid to a fund so far."""


class Grants(NamedTuple):
    """Axis K*F; no rows where no facility compensates losses."""

    reference: Floats
    """NAV per share at the start of the period."""
    qualifies: Floats
    """1 once the fund could claim in the period."""
    paid_reference: Floats
    """What the loss that was paid last was a fall from."""
    held: Floats
    """Paid for it and not clawed back."""
    watch: Floats
    """Days of clawback to go."""
    paid: Floats
    """In all, what was clawed back deducted."""


class Guarantees(NamedTuple):
    """Axis K*F; no rows where no facility guarantees anything."""

    cover: Floats
    """What the pool has set aside for the loan."""
    premium_due: Floats
