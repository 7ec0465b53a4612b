"""Variants of an arm that identities compare: without facilities, with another pool."""

import numpy as np

from backstop.terms import ArmTerms, Floats
from plain_pool import member_terms, pool_terms, rationing_terms


def without_facilities(arm: ArmTerms) -> ArmTerms:
    """The same funds and prices, and no facility: arm ``none``."""
    none = {name: value[:0] for name, value in arm.facilities._asdict().items()}
    kept = {"index_history"}
    triggers = {name: value if name in kept else value[:0] for name, value in arm.triggers._asdict().items()}
    return arm._replace(
        facilities=type(arm.facilities)(**none), triggers=type(arm.triggers)(**triggers),
        rationing=rationing_terms(0), members=member_terms(len(arm.funds.count)))


def with_pool(arm: ArmTerms, sizes: Floats) -> ArmTerms:
    """The same arm on layers of other sizes, paid in full, and no rule that takes money from funds."""
    rationing = rationing_terms(len(arm.facilities.tenor_days))
    return without_premiums(arm)._replace(pool=pool_terms(sizes), rationing=rationing)


def without_premiums(arm: ArmTerms) -> ArmTerms:
    """The same funds, none of which pays the pool anything."""
    return arm._replace(members=arm.members._replace(premium_frac=np.zeros_like(arm.members.premium_frac)))


def opening_value(arm: ArmTerms) -> float:
    """What all funds are worth at the opening."""
    return float(arm.funds.count @ arm.funds.nav_open)
