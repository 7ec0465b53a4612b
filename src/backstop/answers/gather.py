"""A run held in memory: the few columns that an answer needs, of all paths, without a run directory."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.runs.tiles import blocks_of, layout_of
from backstop.runs.workers import Workers, made_blocks
from backstop.terms import Floats

if TYPE_CHECKING:
    import pyarrow as pa


class Gathered:
    """Columns by name; NaN stands for null.

    Attributes
    ----------
    paths
        (A, N) each.
    funds
        (A, F, N) each, per fund of a cohort.
    weight
        (N,) weight of each path.
    group
        (N,) of each path's draw of parameters, rising; None where all share one.
    count
        (A, F) funds of each cohort.
    """

    def __init__(self, request: RunRequest, path_names: Sequence[str], fund_names: Sequence[str]) -> None:
        names, n = request.terms.names, request.n_paths
        self.paths = {name: np.empty((len(names.arms), n)) for name in path_names}
        self.funds = {name: np.empty((len(names.arms), len(names.funds), n)) for name in fund_names}
        self.weight = np.ones(n)
        self.group = None if request.drawn is None else np.arange(n) // request.drawn.paths_per_group
        self.count = np.array([arm.funds.count for arm in request.terms.arms])

    def add(self, tables: BlockTables) -> None:
        """The columns of one block."""
        paths = slice(tables.block.first_path, tables.block.first_path + tables.block.n_paths)
        for name, column in self.paths.items():
            column[:, paths] = numbers(tables.paths, name).reshape(len(column), -1)
        for name, values in self.funds.items():
            values[:, :, paths] = numbers(tables.funds, name).reshape(*values.shape[:2], -1)
        self.weight[paths] = numbers(tables.paths, "weight")[: tables.block.n_paths]


def gather(request: RunRequest, workers: Workers, path_names: Sequence[str], fund_names: Sequence[str],
           on_progress: OnProgress = quiet) -> Gathered:
    """Run `request`, keep these columns.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    found = Gathered(request, path_names, fund_names)
    stream(request, workers, found.add, on_progress)
    return found


def stream(request: RunRequest, workers: Workers, add: Callable[[BlockTables], None], on_progress: OnProgress = quiet
           ) -> None:
    """Run `request`, give each block, which has no daily bands, to `add`.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    layout = layout_of(request.terms)
    with closing(made_blocks(workers, request, blocks_of(request.n_paths, layout), layout, on_progress)) as finished:
        for tables in finished:
            add(tables)


def numbers(table: "pa.Table", name: str) -> Floats:
    """A column as float64; NaN stands for null."""
    import pyarrow as pa

    return np.asarray(table.column(name).cast(pa.float64()).fill_null(np.nan).to_numpy())
