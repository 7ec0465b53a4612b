"""Variants of an arm that identities compare: without facilities, with another pool."""

from typing import Any

import numpy as np

from backstop.terms import ArmTerms, Floats


def without_facilities(arm: ArmTerms) -> ArmTerms:
    """The same funds and prices, and no facility: arm ``none``."""
    def none(terms: Any) -> Any:
        return type(terms)(*(value if np.ndim(value) == 0 else value[:0] for value in terms))

    kept = {"index_history"}
    triggers = {name: value if name in kept else value[:0] for name, value in arm.triggers._asdict().items()}
    return arm._replace(
        facilities=none(arm.facilities), purchase=none(arm.purchase), compensation=none(arm.compensation),
        guarantee=none(arm.guarantee), triggers=type(arm.triggers)(**triggers)
    )


def with_pool(arm: ArmTerms, sizes: Floats) -> ArmTerms:
    """The same arm on layers of other sizes."""
    return arm._replace(pool=arm.pool._replace(layer_size=np.array(sizes, dtype=np.float64)))


def opening_value(arm: ArmTerms) -> float:
    """What all funds are worth at the opening."""
    return float(arm.funds.count @ arm.funds.nav_open)
