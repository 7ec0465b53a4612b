"""What leaves the tiles of a block: the outcomes of its paths, and the counts behind the daily bands."""

from typing import NamedTuple

import numpy as np

from backstop.config.checks import LARGEST_EXACT
from backstop.errors import AccountingError, BeyondMoney, NotFinite
from backstop.kernels.state import ArmState, Counts, allocate_arm
from backstop.outcomes import DAILY_METRICS, FUND_OUTCOMES, N_BINS, PATH_OUTCOMES, FundTally, PathTally
from backstop.runs.tiles import Block, Tile
from backstop.terms import NEVER, RunTerms


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


def open_counts(terms: RunTerms, n_days: int) -> Counts:
    """Counts of no path yet, for as many as a block may hold; see `counts_shape`. No days: nothing is counted."""
    n_arms, _, *others = counts_shape(terms)
    return np.zeros((n_arms, n_days, *others), dtype=np.uint16)


def check_tallies(terms: RunTerms, block: Block, tallies: Tallies) -> None:
    """Refuse outcomes that no summary may average away.

    Raises
    ------
    BeyondMoney
        An amount grew beyond what is counted exactly.
    AccountingError
        An account did not close on some path.
    NotFinite
        An outcome is infinite or not a number.
    """
    _check_books(terms, block, tallies)
    for tally in (tallies.paths, tallies.funds):
        for name, values in zip(tally._fields, tally, strict=True):
            # a sum is finite only if every term is, and costs a fraction of testing each
            if not np.isfinite(values.sum()) and not np.isfinite(values).all():
                arm, _, path = np.argwhere(~np.isfinite(values))[0]
                _refuse_amounts(terms, block, tallies, int(arm), int(path))
                raise NotFinite(f"{name}: not a finite number in arm {terms.names.arms[arm]} on path "
                                f"{block.first_path + path}; trace that path, report a bug")


def _check_books(terms: RunTerms, block: Block, tallies: Tallies) -> None:
    # written so that a NaN is caught as well
    money_created = tallies.paths.money_created
    is_closed = money_created == 0.0
    if not is_closed.all():
        arm, _, path = np.argwhere(~is_closed)[0]
        _refuse_amounts(terms, block, tallies, int(arm), int(path))
        raise AccountingError(f"arm {terms.names.arms[arm]}, path {block.first_path + path}: accounts are "
                              f"{money_created[arm, 0, path]} quanta apart; trace that path, report a bug")


def _refuse_amounts(terms: RunTerms, block: Block, tallies: Tallies, arm: int, path: int) -> None:
    """Of a path whose accounts are wrong: whether that is because its amounts are beyond whole float64 numbers."""
    of_kinds = ((PATH_OUTCOMES, tallies.paths), (FUND_OUTCOMES, tallies.funds))
    amounts = [tally[position][arm, :, path] for outcomes, tally in of_kinds
               for position, outcome in enumerate(outcomes) if outcome.unit == "currency"]
    largest = np.abs(np.concatenate(amounts))
    # what never was stands as a number too
    if largest.max(where=largest < NEVER, initial=0.0) >= LARGEST_EXACT:
        raise BeyondMoney(f"money.quantum: {terms.quantum:g} is too small for arm {terms.names.arms[arm]} on path "
                          f"{block.first_path + path}: an amount grew beyond 2^53 of it, which is more than can be "
                          "counted exactly; write a larger quantum, or look at what the market does on that path")
