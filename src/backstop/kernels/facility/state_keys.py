"""What keys are turned by, and judged by, from day to day (rows as in `backstop.kernels.state`)."""

from typing import NamedTuple

from backstop.terms import Floats


class Signals(NamedTuple):
    """Axis M of market signals, G of fund signals, N of tree nodes; rings of the index."""

    market: Floats
    fund: Floats
    node: Floats
    closes: Floats
    """(H, L) ring of index closes."""
    squares: Floats
    """(H, L) ring of squared log returns of the index."""
    square_sum: Floats
    """(M, L) for each realised volatility, the sum over the last w-1 closes."""
    suffix_peak: Floats
    """(M*H, L) for each drawdown: maxima from a position to the end of the last full block of w closes."""
    prefix_peak: Floats
    """(M, L) maximum of the block of closes that is filling."""


class Keys(NamedTuple):
    """Phase of each key: 0 idle, 1 pending, 2 active; axis K for system keys, K*F for fund keys."""

    phase: Floats
    breach_days: Floats
    exit_days: Floats
    wait: Floats
    """Days to go: of the decision lag while pending, of the cooldown while idle."""


class Judging(NamedTuple):
    """Axis 1: what triggers are judged by."""

    sold_before: Floats
    """(F, L) forced sales up to yesterday."""
    was_on: Floats
    """1 if a system key was on yesterday."""
    was_ahead: Floats
    """1 if yesterday was a day of an episode."""
    is_met: Floats
    """1 once a system key was on in the episode."""
    high: Floats
    """Highest close of the index."""
    deepest: Floats
    """Deepest fall of the index from it."""


class Foresight(NamedTuple):
    """(T, L) each, or no rows: what a counterfactual went through, for its arms to be judged by."""

    distress: Floats
    """Written in an arm without facilities: 1 on a day of distress; from the horizon on, 1 on a day of an episode."""
    ahead: Floats
    """Read in an arm with facilities: 1 on a day of an episode in its counterfactual."""
