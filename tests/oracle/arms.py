"""Variants of an arm that identities compare: without facilities, with another pool."""

from typing import Any

import numpy as np

from backstop.terms import ArmTerms, Floats, TriggerTerms
from plain_pool import member_terms, pool_terms, rationing_terms
from small_arm import admission, advances, covenants


def without_facilities(arm: ArmTerms) -> ArmTerms:
    """The same funds and prices, and no facility: arm ``none``."""
    def none(terms: Any) -> Any:
        return type(terms)(*(value[:0] for value in terms))

    kept = {"index_history"}
    triggers = {name: value if name in kept else value[:0] for name, value in arm.triggers._asdict().items()}
    parts = ("facilities", "advances", "admission", "covenants", "purchase", "compensation", "guarantee")
    return arm._replace(
        triggers=type(arm.triggers)(**triggers), rationing=rationing_terms(0),
        members=member_terms(len(arm.funds.count)), **{part: none(getattr(arm, part)) for part in parts})


def plain_keys(triggers: TriggerTerms) -> TriggerTerms:
    """The same keys, turned by expressions alone: a latch is true while its entry is."""
    is_latch = triggers.node_signal < -1
    by_hand = {name: getattr(triggers, name)[:0] for name in triggers._fields if name.startswith("hand_")}
    node = {"node_signal": -1, "node_needed": 1, "node_n_children": 1}
    nodes = {name: np.where(is_latch, value, getattr(triggers, name)) for name, value in node.items()}
    return triggers._replace(**nodes, **by_hand)


def plain_loans(arm: ArmTerms) -> ArmTerms:
    """The same facilities as loans at a flat rate, swept, open to all and without covenants."""
    k = len(arm.facilities.tenor_days)
    return arm._replace(triggers=plain_keys(arm.triggers), advances=advances(k), admission=admission(k),
                        covenants=covenants(k))


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
