"""What is noted of an arm at the closes of an episode: its keys, what is rolled over, where the window ends."""

from collections.abc import Mapping

import numpy as np

from backstop.kernels.state import ArmState
from backstop.runs.tiles import Tile
from backstop.terms import ACTIVE, Floats, RunTerms

PATH_TOTALS = ("forced_sales", "n_episodes")
FUND_TOTALS = ("forced_sales", "max_drawdown")
"""Tallies that are read at the window's last day too."""


class Diary:
    """Over A arms, F funds, N paths; amounts in quanta, as the state has them.

    Attributes
    ----------
    last_on
        (A, N) last day of the window on which a system key was on; 0 if none.
    rolled
        (A, N) principal of all funds that was rolled over, as it stood at the close.
    paths, funds
        (A, N) and (A, F, N) of `PATH_TOTALS` and `FUND_TOTALS` at the close of the window's last day.
    """

    def __init__(self, terms: RunTerms, n_paths: int, last_day: int) -> None:
        n_arms, n_funds = len(terms.arms), len(terms.names.funds)
        self.last_day = last_day
        self.last_on, self.rolled = np.zeros((n_arms, n_paths)), np.zeros((n_arms, n_paths))
        self.paths: Mapping[str, Floats] = {name: np.zeros((n_arms, n_paths)) for name in PATH_TOTALS}
        self.funds: Mapping[str, Floats] = {name: np.zeros((n_arms, n_funds, n_paths)) for name in FUND_TOTALS}
        self._counts = [arm.funds.count for arm in terms.arms]
        self._rollovers: dict[tuple[int, int], Floats] = {}

    def see(self, arm: int, day: int, tile: Tile, state: ArmState) -> None:
        """Note a day; see `runs.watched.Watcher`."""
        paths = slice(tile.first_path, tile.first_path + tile.n_lanes)
        if len(state.system_keys.phase):
            self._note_rollovers(arm, day, tile, state)
        if day > self.last_day:
            return
        if len(state.system_keys.phase):
            is_on = (state.system_keys.phase[:, : tile.n_lanes] == ACTIVE).any(axis=0)
            self.last_on[arm, paths] = np.where(is_on, float(day), self.last_on[arm, paths])
        if day == self.last_day:
            for name, values in self.paths.items():
                values[arm, paths] = getattr(state.path_tally, name)[0, : tile.n_lanes]
            for name, values in self.funds.items():
                values[arm, :, paths] = np.asarray(getattr(state.fund_tally, name)[:, : tile.n_lanes])

    def _note_rollovers(self, arm: int, day: int, tile: Tile, state: ArmState) -> None:
        """Where one more rollover is used than at the last close, all that is drawn was rolled over."""
        now = np.array(state.loans.rollovers[:, : tile.n_lanes])
        place = arm, tile.first_path
        before = self._rollovers.get(place, np.zeros_like(now)) if day > 1 else np.zeros_like(now)
        self._rollovers[place] = now
        if (now > before).any():
            rolled = np.where(now > before, state.loans.drawn[:, : tile.n_lanes], 0.0)
            count = np.tile(self._counts[arm], len(state.system_keys.phase))
            self.rolled[arm, tile.first_path : tile.first_path + tile.n_lanes] += count @ rolled
