"""Groups of paths that share one draw of parameters: what they have in common, no number of paths averages out.

Within a group paths are independent, between groups they are not: errors of averages come from the sums of groups
(Liang and Zeger 1986), and the variance of a path's value is that within groups plus that of their means.
"""

from functools import cached_property, lru_cache

import numpy as np

from backstop.answers.averages import Vector, pieces
from backstop.terms import Floats, Integers


class Groups:
    """G groups of n observations, which stand group by group.

    Parameters
    ----------
    number
        (n,) of each observation's group, rising.
    """

    def __init__(self, number: Integers) -> None:
        self.position = np.concatenate([[0], np.cumsum(np.diff(number) != 0)]).astype(np.int64)
        self.count = int(self.position[-1]) + 1

    def sums(self, values: Vector) -> Floats:
        """(G,) sums of (n,) values, each in order."""
        totals = np.zeros(self.count)
        for part in pieces(len(values)):
            position, piece = self.position[part], values[part]
            first = position[0]
            # a group that a piece breaks off goes on from what it has
            head = totals[first] + piece[0]
            found = np.bincount(position - first, weights=np.concatenate([[head], piece[1:]]))
            totals[first : first + len(found)] = found
        return totals

    @cached_property
    def correction(self) -> float:
        """Of squared sums of groups to a variance, for intervals of normal width.

        ``G / (G - 1)``, widened by Student's t of G - 1 degrees of freedom over the normal point.
        """
        return self.count / (self.count - 1.0) * self.widening**2

    @cached_property
    def widening(self) -> float:
        """How much wider than normal an interval from so many groups is."""
        return widening(self.count)


@lru_cache(maxsize=256)
def widening(n: int) -> float:
    """Student's t of n - 1 degrees of freedom over the normal law, at the upper 2.5 % point."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(n - 1, 0.975) / ndtri(0.975))
