"""The tables of a block in memory, read as the parts of a run are: metrics of many designs need no run directory."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from backstop.answers.gather import numbers
from backstop.runs.parts import Parts, Piece
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, Integers


class Held(Parts):
    """Columns of one block of `request`; A arms, F funds, N paths of the block."""

    def __init__(self, request: RunRequest, tables: BlockTables) -> None:
        terms = request.terms
        self._request, self._tables = request, tables
        self.resolved = {"names": terms.names._asdict()}
        self.mixture = terms.mixture
        self.arms, self.funds, self.layers = (
            list(names) for names in (terms.names.arms, terms.names.funds, terms.names.layers))
        self.counterfactuals = list(terms.counterfactuals)
        self.pool_sizes = [float(arm.pool.layer_size.sum()) * terms.quantum for arm in terms.arms]
        self.years = terms.n_days / TRADING_DAYS_PER_YEAR
        self.eligible = [np.any(arm.facilities.is_eligible > 0.0, axis=0) for arm in terms.arms]
        self.counts = np.array([arm.funds.count for arm in terms.arms])
        self.opening_assets = self.counts * [arm.funds.nav_open for arm in terms.arms]

    @cached_property
    def n_paths(self) -> int:
        """N."""
        return self._tables.block.n_paths

    @cached_property
    def weight(self) -> Floats:
        """(N,) as stored; models that made fewer paths are balanced by who adds up blocks."""
        return numbers(self._tables.paths, "weight")[: self.n_paths]

    @cached_property
    def group(self) -> Integers | None:
        """(N,) number of the draw of parameters; None where none are drawn."""
        drawn, block = self._request.drawn, self._tables.block
        return None if drawn is None else np.arange(
            block.first_path, block.first_path + block.n_paths) // drawn.paths_per_group

    def pieces(self, arms: Sequence[int], paths: Sequence[str] = (), funds: Sequence[str] = ()) -> Iterator[Piece]:
        """The one piece that there is, of all arms and columns."""
        tables = {"paths": self._tables.paths, "funds": self._tables.funds}
        yield Piece(range(len(self.arms)), tables, len(self.funds), "a block")
