"""Scores that say how near a path has come, at the close of each day: what paths are split by.

A score decides how much is learnt from so many paths, never what the answer is: each path keeps the weight that it has.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from backstop.kernels.state import ArmState
from backstop.runs.tiles import Tile
from backstop.terms import Floats, RunTerms


class Score(NamedTuple):
    """What is looked at.

    Attributes
    ----------
    arm
        Number of the arm that it is read in.
    of
        (L,) of an arm's state at a close.
    is_fall
        Whether the score is how far that has fallen from its high, as a share.
    """

    name: str
    arm: int
    of: Callable[[ArmState], Floats]
    is_fall: bool = False


def scores_of(terms: RunTerms, arm: int) -> tuple[Score, Score]:
    """The fall of the index from its high in arm none, and the largest use of the pool of arm number `arm`."""
    index = int(terms.arms[0].prices.index)
    return (Score("fall of the index", 0, lambda state: np.asarray(state.prices.close[index]), is_fall=True),
            Score("use of the pool", arm, lambda state: np.asarray(state.path_tally.pool_peak_use[0])))


class Heights:
    """The highest value of a score so far, (N, T), as a `runs.watched.Watcher` notes it."""

    def __init__(self, score: Score, n_paths: int, n_days: int) -> None:
        self.score, self.values = score, np.zeros((n_paths, n_days))
        self._high = np.ones(n_paths)

    def see(self, arm: int, day: int, tile: Tile, state: ArmState) -> None:
        """Note a day."""
        if arm != self.score.arm:
            return
        paths = slice(tile.first_path, tile.first_path + tile.n_lanes)
        now = np.array(self.score.of(state)[: tile.n_lanes])
        if self.score.is_fall:
            self._high[paths] = np.maximum(self._high[paths], now)
            now = 1.0 - now / self._high[paths]
        before = self.values[paths, day - 2] if day > 1 else 0.0
        self.values[paths, day - 1] = np.maximum(before, now)
