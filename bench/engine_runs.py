"""The engine at work: an arm on a seam that is there already, and whole runs through to the tables of outcomes."""

from collections import deque
from collections.abc import Callable

from backstop.kernels.machine.frames import aligned, frame
from backstop.kernels.state import ArmState, Seam, open_arm, reset_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.runs.engine import run_blocks
from backstop.runs.seam import SimulatedMarket
from backstop.runs.tiles import blocks_of, layout_of
from backstop.terms import ArmTerms, RunTerms
from bench.market_runs import SEED


def facility_arms(terms: RunTerms, n: int) -> RunTerms:
    """The run with the first `n` arms that have a facility, and without arm ``none``."""
    chosen, names = slice(1, n + 1), terms.names
    return terms._replace(arms=terms.arms[chosen], counterfactuals=tuple(range(n)), names=names._replace(
        arms=names.arms[chosen], facilities=names.facilities[chosen]))


def seam_of(terms: RunTerms, n_paths: int, first_path: int = 0) -> Seam:
    """The market of `n_paths` paths from `first_path` on, all days."""
    market, shape = SimulatedMarket(), (terms.n_days, len(terms.names.assets), n_paths)
    seam, state = Seam(aligned(shape), aligned(shape)), market.open(terms.market, n_paths)
    market.fill(terms.market, state, SEED, first_path, 0, terms.n_days, *seam, n_paths)
    return seam


class ArmRun:
    """One arm on a seam of one tile, from the opening to the horizon, on one thread."""

    def __init__(self, terms: ArmTerms, seam: Seam) -> None:
        self.terms, self.seam = terms, seam
        self.n_days, self.n_assets, self.lanes = seam.log_return.shape
        self.state: ArmState = open_arm(terms, self.lanes, self.n_days)
        self._framed = frame(terms), frame(self.state)

    @property
    def n_fund_days(self) -> int:
        """(path, day, fund)."""
        return int(self.lanes * self.n_days * len(self.terms.funds.nav_open))

    def open(self) -> None:
        """Back to the opening, daily counts too."""
        reset_arm(self.terms, self.state)
        self.state.daily[:] = 0

    def __call__(self) -> None:
        """All days."""
        self.open()
        run_arm(*self._framed, *self.seam, 0, self.n_days, self.lanes)
        close_arm(*self._framed, self.lanes)


def engine_run(terms: RunTerms, n_paths: int, threads: int) -> Callable[[], None]:
    """Market and all arms over blocks of paths, whose tables are dropped as they come."""
    blocks = blocks_of(n_paths, layout_of(terms))

    def work() -> None:
        deque(run_blocks(terms, SEED, blocks, threads), maxlen=0)

    return work


def n_fund_days(terms: RunTerms, n_paths: int) -> int:
    """(path, day, fund, arm) of a run."""
    return n_paths * terms.n_days * len(terms.names.funds) * len(terms.arms)
