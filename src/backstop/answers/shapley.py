"""Shapley values: what each player is worth to a sum that sets of players make (Shapley 1953)."""

from collections.abc import Sequence
from itertools import chain, combinations
from math import factorial
from typing import NamedTuple

import numpy as np

from backstop.terms import Floats


class Game(NamedTuple):
    """All sets S of n players, and what the value v(S) of each counts for in what is reported."""

    players: tuple[str, ...]
    coalitions: tuple[frozenset[str], ...]
    """The 2**n sets, from the empty one to the whole."""
    weights: Floats
    """(2**n, n + 2): what v(S) adds to the value of each player, to v of nobody and to v of all."""


def game_of(players: Sequence[str]) -> Game:
    """The game of these players.

    ``phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S and i) - v(S))``: the gain that i brings, averaged
    over all orders in which players may come. So ``sum_i phi_i = v(all) - v(nobody)``.
    """
    sizes = range(len(players) + 1)
    coalitions = tuple(map(frozenset, chain.from_iterable(combinations(players, size) for size in sizes)))
    weights = [
        [*(_weight(len(players), s, player) for player in players), float(not s), float(len(s) == len(players))]
        for s in coalitions
    ]
    return Game(tuple(players), coalitions, np.array(weights))


def _weight(n: int, coalition: frozenset[str], player: str) -> float:
    """What v(S) counts for in a player's value: ``(|S| - 1)! (n - |S|)! / n!``, or ``-|S|! (n - |S| - 1)! / n!``."""
    size = len(coalition)
    if player in coalition:
        return factorial(size - 1) * factorial(n - size) / factorial(n)
    return -factorial(size) * factorial(n - size - 1) / factorial(n)
