"""What one arm came to with pools of several sizes, path by path: the columns that sizing reads."""

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.answers.gather import numbers, stream
from backstop.answers.samples import Sample
from backstop.runs.progress import OnProgress
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.terms import Floats, Integers

Crisis: TypeAlias = Literal["key", "window"]
"""What is called a crisis."""
CRISES: dict[Crisis, str] = {
    "key": "a system key of the arm turns on",
    "window": "a window of stress opens in arm none",
}
COLUMNS = ("pool_peak_use", "first_dry_day", "days_active", "unmet_claims", "forced_sales_in_window_eligible",
           "loss_taxpayer", "surplus_end", "profit_shared", "marked_loss_end", "borrowed_peak")
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
        self.layers, self.n_variants, self.n_arms, self.n_funds = names.layers, n_variants, len(names.arms), len(
            names.funds)
        last = request.terms.arms[-1]
        self.eligible = last.funds.count * np.any(last.facilities.is_eligible > 0.0, axis=0)
        self.columns = {name: np.empty((n_variants, n)) for name in columns_of(names.layers)}
        self.n_windows, self.nav = np.empty(n), np.empty((n_variants, n))
        self.weight = np.ones(n)

    def add(self, tables: BlockTables) -> None:
        first, n = tables.block.first_path, tables.block.n_paths
        of_block = slice(first, first + n)
        for name, column in self.columns.items():
            column[:, of_block] = self._of_arms(tables, name)[-self.n_variants :]
        self.n_windows[of_block] = self._of_arms(tables, "n_windows")[0]
        self.weight[of_block] = numbers(tables.paths, "weight")[:n]
        nav = numbers(tables.funds, "nav_end").reshape(self.n_arms, self.n_funds, n)[-self.n_variants :]
        self.nav[:, of_block] = np.einsum("f,vfn->vn", self.eligible, nav)

    def _of_arms(self, tables: BlockTables, name: str) -> Floats:
        return numbers(tables.paths, name).reshape(self.n_arms, -1)


def columns_of(layers: tuple[str, ...]) -> tuple[str, ...]:
    """The path columns that are kept."""
    return (*COLUMNS, *(f"loss_{layer}" for layer in layers))


def collect(request: RunRequest, n_variants: int, threads: int, on_progress: OnProgress) -> Uses:
    """Run `request`, whose last `n_variants` arms are one arm with several pools.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    found = _Collector(request, n_variants)
    stream(request, threads, found.add, on_progress)
    number, mixture = np.arange(request.n_paths), request.terms.mixture
    model = mixture.model_of(number) if mixture.models else np.zeros_like(number)
    group = None if request.drawn is None else number // request.drawn.paths_per_group
    paths = Paths(found.weight * mixture.balance(number), group, model)
    return Uses(paths, found.columns, found.n_windows, found.nav)
