"""Whether pressure on managers and the facility meet: ``python -m bench.behaviour``.

Real windows of the index are replayed day by day under the A-share example. For each cohort that may claim is counted
how many days of full pressure there were, how much cash came while there was pressure, and how much technology was sold
under pressure while the system key was on.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstop.kernels.machine.jit import make_ready
from backstop.kernels.state import ArmState
from backstop.runs.assemble import assemble
from backstop.runs.engine import Workspace
from backstop.runs.tallies import open_counts, open_tallies
from backstop.runs.tiles import Block, Layout, tiles_of
from backstop.terms import ACTIVE, Floats, RunTerms

EXAMPLE = Path(__file__).parents[1] / "configs" / "ashare.toml"
WINDOWS = {"2008": "crash-2008", "2015": "crash-2015", "2018": "slide-2018", "2020": "pandemic-2020",
           "2024": "february-2024"}
PATHS, LANES = 4000, 200


class Watcher(Workspace):
    """Adds up, over paths, what stood at each close of the last arm."""

    def __init__(self, terms: RunTerms, layout: Layout, market: Any) -> None:
        super().__init__(terms, layout, market, threading.Event())
        self.arm, self.number = terms.arms[-1], len(terms.arms) - 1
        n_funds = len(terms.names.funds)
        self.pressure, self.injected, self.to_pressed, self.sold_while_on = (np.zeros(n_funds) for _ in range(4))
        self.days_on = 0.0
        self._theta: Floats = np.ones((n_funds, layout.lanes))
        self._technology: Floats = np.zeros((n_funds, layout.lanes))

    def _technology_of(self, state: ArmState) -> Floats:
        """(F, L) value of technology."""
        is_technology = self.arm.prices.is_technology > 0
        units = np.asarray(state.funds.units).reshape(len(self._theta), len(is_technology), -1)
        return np.asarray((units * np.asarray(state.prices.close))[:, is_technology].sum(axis=1))

    def watch(self, arm: int, day: int, state: ArmState) -> None:
        if arm != self.number or not len(state.prices.close[0]):
            return
        if day == 1:
            self._theta[:] = 1.0
            self._technology[:] = (self.arm.funds.units_open @ (self.arm.prices.is_technology > 0))[:, None]
        count, pressure = self.arm.funds.count, np.asarray(state.evaluation.pressure)
        injection, theta = np.asarray(state.funds.injection), np.asarray(state.evaluation.theta)
        is_on = np.asarray(state.system_keys.phase).max(axis=0) == ACTIVE
        sold = np.maximum(1.0 - theta / self._theta, 0.0) * self._technology
        self.pressure += pressure.sum(axis=1)
        self.injected += count * injection.sum(axis=1)
        self.to_pressed += count * (injection * pressure).sum(axis=1)
        self.sold_while_on += count * (sold * is_on).sum(axis=1)
        self.days_on += float(is_on.sum())
        self._theta[:], self._technology[:] = theta, self._technology_of(state)


class Met(NamedTuple):
    """What a cohort went through in a window, mean over paths; amounts are billions of the whole cohort.

    Attributes
    ----------
    days, days_on
        Of the window, and with the system key on.
    pressure_days
        Each as much as it presses.
    to_pressed
        Cash that came while there was pressure, times that pressure.
    sold_while_on
        Technology sold for pressure on days with the system key on.
    """

    window: str
    days: int
    days_on: float
    cohort: str
    pressure_days: float
    injected: float
    to_pressed: float
    sold_while_on: float


def watched(scenario: str, overrides: Sequence[str], n_paths: int = PATHS) -> tuple[Watcher, RunTerms]:
    """The days of a scenario's window, under the example."""
    given = [f"scenario.preset={scenario}", *overrides]
    n_days = len(assemble(EXAMPLE, given).request.dates)
    request = assemble(EXAMPLE, [*given, f"run.days={n_days}"]).request
    layout = Layout(LANES, n_paths, 1)
    found = Watcher(request.terms, layout, request.market)
    make_ready(found.rehearse)
    found.pressure[:] = found.injected[:] = found.to_pressed[:] = found.sold_while_on[:] = 0.0
    found.days_on = 0.0
    block = Block(0, 0, n_paths)
    tallies, counts = open_tallies(request.terms, n_paths), open_counts(request.terms, n_days)
    for tile in tiles_of(block, layout):
        found.simulate(request.seed, tile, tallies, counts)
    return found, request.terms


def meetings(overrides: Sequence[str]) -> Iterator[Met]:
    """A window after the other, and in it the cohorts that may claim."""
    for year, scenario in WINDOWS.items():
        found, terms = watched(scenario, overrides)
        days_on = found.days_on / PATHS
        for f in np.flatnonzero(terms.arms[-1].facilities.is_eligible.max(axis=0) > 0):
            amounts = (row[f] / PATHS / 1e9 for row in (found.injected, found.to_pressed, found.sold_while_on))
            yield Met(year, terms.n_days, days_on, terms.names.funds[f], found.pressure[f] / PATHS, *amounts)


def main(overrides: Sequence[str]) -> None:
    """A row a window and cohort that may claim, means over paths; amounts in billions."""
    print("window     days  key on  cohort              pressure days   injected   of it under pressure   "
          "technology sold under pressure, key on")
    for met in meetings(overrides):
        print(f"{met.window:9} {met.days:5} {met.days_on:7.1f}  {met.cohort:18} {met.pressure_days:14.1f} "
              f"{met.injected:10.3f} {met.to_pressed:22.3f} {met.sold_while_on:20.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
