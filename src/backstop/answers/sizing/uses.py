"""What one arm came to with pools of several sizes, path by path: the columns that sizing reads."""

from collections.abc import Iterator
from contextlib import closing
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.answers.gather import numbers, stream
from backstop.answers.looks import Spending, look_places, widths
from backstop.answers.samples import Sample
from backstop.runs.progress import OnProgress
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.runs.tiles import blocks_of, layout_of
from backstop.runs.workers import Workers, made_blocks
from backstop.terms import Floats, Integers

Crisis: TypeAlias = Literal["key", "window"]
"""What is called a crisis."""
CRISES: dict[Crisis, str] = {
    "key": "a system key of the arm turns on",
    "window": "a window of stress opens in arm none",
}
COLUMNS = ("pool_peak_use", "first_dry_day", "days_active", "unmet_claims", "forced_sales_in_window_eligible",
           "gain_taxpayer", "gain_owners", "unrecovered_end", "borrowed_peak")
Flags: TypeAlias = npt.NDArray[np.bool_]


class Paths(NamedTuple):
    """What all N paths have, whatever the pool."""

    weight: Floats
    group: Integers | None
    """(N,) of each path's draw of parameters."""
    model: Integers
    """(N,) number of the model that made it; 0 where there is one."""

    def sample(self, values: Floats, chosen: Flags) -> Sample:
        """`values` (N,) on the `chosen` paths."""
        return Sample(values[chosen], self.weight[chosen], None if self.group is None else self.group[chosen])

    def of_all(self, values: Floats) -> Sample:
        """`values` (N,) of all paths."""
        return Sample(values, self.weight, self.group)

    def chance(self, flags: Flags, chosen: Flags) -> float:
        """Share of the `chosen` paths that have a flag; 0 where none is chosen."""
        return self.sample(flags.astype(np.float64), chosen).mean if chosen.any() else 0.0


class Uses(NamedTuple):
    """Columns of V pools of rising number, (V, N) each; NaN is null."""

    paths: Paths
    columns: dict[str, Floats]
    n_windows: Floats
    """(N,) of arm none."""
    eligible_nav: Floats
    """(V, N) of eligible funds at the horizon, times count, currency."""

    @property
    def is_dry(self) -> Flags:
        """(V, N)."""
        return ~np.isnan(self.columns["first_dry_day"])

    def is_in_crisis(self, crisis: Crisis, variant: int = 0) -> Flags:
        """(N,) whether a path has one; see `CRISES`."""
        counts = self.n_windows if crisis == "window" else self.columns["days_active"][variant]
        return np.asarray(counts > 0.0)


class _Collector:
    """Fills the columns block by block."""

    def __init__(self, request: RunRequest, n_variants: int) -> None:
        names, n = request.terms.names, request.n_paths
        self.request = request
        self.layers, self.n_variants, self.n_arms, self.n_funds = names.layers, n_variants, len(names.arms), len(
            names.funds)
        last = request.terms.arms[-1]
        self.eligible = last.funds.count * np.any(last.facilities.is_eligible > 0.0, axis=0)
        self.columns = {name: np.empty((n_variants, n)) for name in columns_of(names.layers)}
        self.n_windows, self.nav = np.empty(n), np.empty((n_variants, n))
        self.weight = np.ones(n)

    def add(self, tables: BlockTables) -> None:
        """Take in the outcomes of a block."""
        first, n = tables.block.first_path, tables.block.n_paths
        of_block = slice(first, first + n)
        for name, column in self.columns.items():
            column[:, of_block] = self._of_arms(tables, name)[-self.n_variants :]
        self.n_windows[of_block] = self._of_arms(tables, "n_windows")[0]
        self.weight[of_block] = numbers(tables.paths, "weight")[:n]
        nav = numbers(tables.funds, "nav_end").reshape(self.n_arms, self.n_funds, n)[-self.n_variants :]
        self.nav[:, of_block] = np.einsum("f,vfn->vn", self.eligible, nav)

    def uses(self, n: int) -> Uses:
        """What the first `n` paths came to."""
        number, mixture = np.arange(n), self.request.terms.mixture
        model = mixture.model_of(number) if mixture.models else np.zeros_like(number)
        drawn = self.request.drawn
        paths = Paths(self.weight[:n] * mixture.balance(number),
                      None if drawn is None else number // drawn.paths_per_group, model)
        columns = {name: column[:, :n] for name, column in self.columns.items()}
        return Uses(paths, columns, self.n_windows[:n], self.nav[:, :n])

    def _of_arms(self, tables: BlockTables, name: str) -> Floats:
        return numbers(tables.paths, name).reshape(self.n_arms, -1)


def columns_of(layers: tuple[str, ...]) -> tuple[str, ...]:
    """The path columns that are kept."""
    return (*COLUMNS, *(f"{name}_{layer}" for name in ("loss", "funding_cost", "gain_pool") for layer in layers))


def collect(request: RunRequest, n_variants: int, workers: Workers, on_progress: OnProgress) -> Uses:
    """Run `request`, whose last `n_variants` arms are one arm with several pools.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    found = _Collector(request, n_variants)
    stream(request, workers, found.add, on_progress)
    return found.uses(request.n_paths)


def looked_at(request: RunRequest, n_variants: int, spending: Spending, workers: Workers, on_progress: OnProgress
              ) -> Iterator[tuple[int, float, Uses]]:
    """`collect` look by look: paths so far, the look's width, what they came to.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    layout, found = layout_of(request.terms), _Collector(request, n_variants)
    blocks = blocks_of(request.n_paths, layout)
    places = look_places(len(blocks))
    ends = [blocks[place - 1].first_path + blocks[place - 1].n_paths for place in places]
    for done, place, n, z in zip([0, *places], places, ends, widths([n / ends[-1] for n in ends], spending),
                                 strict=False):
        with closing(made_blocks(workers, request, blocks[done:place], layout, on_progress)) as finished:
            for tables in finished:
                found.add(tables)
        yield n, z, found.uses(n)
