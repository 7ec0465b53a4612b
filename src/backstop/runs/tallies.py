"""What leaves the tiles of a block: the outcomes of its paths, and the counts behind the daily bands."""

from typing import NamedTuple

import numpy as np

from backstop.errors import AccountingError, NotFinite
from backstop.kernels.state import ArmState, Counts, allocate_arm
from backstop.outcomes import DAILY_METRICS, N_BINS, FundTally, PathTally
from backstop.runs.tiles import Block, Tile
from backstop.terms import Floats, RunTerms


class Tallies(NamedTuple):
    """Outcomes of P paths as the kernels count them: amounts in quanta, truth values 0.0 and 1.0."""

    paths: PathTally
    """(A, 1, P) each; (A, Y, P) and (A, J, P) where a column repeats."""
    funds: FundTally
    """(A, F, P) each."""

    def take(self, arm: int, tile: Tile, state: ArmState) -> None:
        """Copy what one arm of a tile came to."""
        columns = slice(tile.offset, tile.offset + tile.n_lanes)
        for targets, sources in ((self.paths, state.path_tally), (self.funds, state.fund_tally)):
            for target, source in zip(targets, sources, strict=True):
                target[arm, :, columns] = source[:, : tile.n_lanes]


def open_tallies(terms: RunTerms, n_paths: int) -> Tallies:
    """Memory for the outcomes of `n_paths` paths."""
    small, n_arms = allocate_arm(terms.arms[0], 1, 0), len(terms.arms)
    paths = PathTally(*(np.empty((n_arms, len(field), n_paths)) for field in small.path_tally))
    funds = FundTally(*(np.empty((n_arms, len(field), n_paths)) for field in small.fund_tally))
    return Tallies(paths, funds)


def counts_shape(terms: RunTerms) -> tuple[int, int, int, int]:
    """(A, T, M, N_BINS) of the counts behind the daily bands."""
    return len(terms.arms), terms.n_days, len(DAILY_METRICS), N_BINS


def open_counts(terms: RunTerms) -> Counts:
    """Counts of no path yet, for as many as a block may hold; see `counts_shape`."""
    return np.zeros(counts_shape(terms), dtype=np.uint16)


def check_tallies(terms: RunTerms, block: Block, tallies: Tallies) -> None:
    """Refuse outcomes that no summary may average away.

    Raises
    ------
    AccountingError
        An account did not close on some path.
    NotFinite
        An outcome is infinite or not a number.
    """
    _check_books(terms, block, tallies.paths.money_created)
    for tally in (tallies.paths, tallies.funds):
        for name, values in zip(tally._fields, tally, strict=True):
            # a sum is finite only if every term is, and costs a fraction of testing each
            if not np.isfinite(values.sum()) and not np.isfinite(values).all():
                arm, _, path = np.argwhere(~np.isfinite(values))[0]
                raise NotFinite(f"{name}: not a finite number in arm {terms.names.arms[arm]} on path "
                                f"{block.first_path + path}; trace that path, report a bug")


def _check_books(terms: RunTerms, block: Block, money_created: Floats) -> None:
    # written so that a NaN is caught as well
    is_closed = money_created == 0.0
    if not is_closed.all():
        arm, _, path = np.argwhere(~is_closed)[0]
        raise AccountingError(f"arm {terms.names.arms[arm]}, path {block.first_path + path}: accounts are "
                              f"{money_created[arm, 0, path]} quanta apart; trace that path, report a bug")
