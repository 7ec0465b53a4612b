"""Variants of an arm that identities compare: without facilities, with another pool."""

import numpy as np

from backstop.terms import ArmTerms, Floats


def without_facilities(arm: ArmTerms) -> ArmTerms:
    """The same funds and prices, and no facility: arm ``none``."""
    none = {name: value[:0] for name, value in arm.facilities._asdict().items()}
    contract = (arm.advances, arm.admission, arm.covenants)
    advances, admission, covenants = (type(part)(*(value[:0] for value in part)) for part in contract)
    kept = {"index_history"}
    triggers = {name: value if name in kept else value[:0] for name, value in arm.triggers._asdict().items()}
    return arm._replace(
        facilities=type(arm.facilities)(**none), triggers=type(arm.triggers)(**triggers),
        advances=advances, admission=admission, covenants=covenants
    )


def with_pool(arm: ArmTerms, sizes: Floats) -> ArmTerms:
    """The same arm on layers of other sizes."""
    return arm._replace(pool=arm.pool._replace(layer_size=np.array(sizes, dtype=np.float64)))


def opening_value(arm: ArmTerms) -> float:
    """What all funds are worth at the opening."""
    return float(arm.funds.count @ arm.funds.nav_open)
