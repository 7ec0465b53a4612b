"""How bad a probability may be in any model near the one that was run (Breuer and Csiszar 2016, Math. Finance 26).

Near is what relative entropy says, in nats. Over all models within k of it, an event of probability p has at most q,

    q ln(q / p) + (1 - q) ln((1 - q) / (1 - p)) = k,  q >= p

since the worst model lifts the event alone and leaves all else in proportion. Given a crisis of probability c it may
spend all of k within the crisis, which is then d further off: ``1 - exp(-k) = c (1 - exp(-d))``; q is 1 from
``1 - exp(-k) = c`` on, where a model without any path that stays wet has room.
"""

import math

LADDER = (0.001, 0.01, 0.05)
"""Distances in nats that are always shown."""
_TURNS = 100
"""Halvings: more than a float64 has."""


def divergence(q: float, p: float) -> float:
    """Nats from an event of probability p to one of q; infinite where p rules out what q does not."""
    parts = ((q, p), (1.0 - q, 1.0 - p))
    if any(one > 0.0 and other <= 0.0 for one, other in parts):
        return math.inf
    return math.fsum(one * math.log(one / other) for one, other in parts if one > 0.0)


def worst(p: float, k: float, crisis: float = 1.0) -> float:
    """q, the largest probability within `k` nats of p; of an event given a crisis of that probability."""
    d = _within_crisis(k, crisis)
    if p <= 0.0 or d <= 0.0:
        return p
    if divergence(1.0, p) <= d:
        return 1.0
    low, high = p, 1.0
    for _ in range(_TURNS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if divergence(middle, p) <= d else (low, middle)
    return low


def most_that_holds(target: float, k: float, crisis: float = 1.0) -> float:
    """The largest p whose `worst` within `k` nats is no more than `target`."""
    d = _within_crisis(k, crisis)
    low, high = 0.0, target
    for _ in range(_TURNS):
        middle = 0.5 * (low + high)
        # the farther p is from the target, the more it takes to get there
        low, high = (low, middle) if divergence(target, middle) <= d else (middle, high)
    return low


def holds_within(p: float, target: float, crisis: float = 1.0) -> float:
    """Nats by which the model must be off for an event of probability p to reach `target`; 0 if it is there."""
    if p >= target:
        return 0.0
    d = divergence(target, p)
    return d if crisis >= 1.0 else -math.log(1.0 - crisis * -math.expm1(-d))


def _within_crisis(k: float, crisis: float) -> float:
    """d, how far off the law given a crisis of that probability may be."""
    spent = -math.expm1(-k)
    if crisis >= 1.0:
        return k
    return math.inf if spent >= crisis else -math.log1p(-spent / crisis)
