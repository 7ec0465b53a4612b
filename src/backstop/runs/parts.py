"""Reads the tables of a run column by column, parts in the order of their paths."""

import errno
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.errors import NotFinite, RunIncomplete
from backstop.runs.directory import RunDirectory
from backstop.runs.files import environment_failures, read_bounded, readable
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, Integers, Mixture

if TYPE_CHECKING:
    import pyarrow as pa


SMALL_BYTES = 24 * 2**20
"""Of a table that stays in memory."""


class Piece:
    """Columns of some arms over the n paths of one part, whose rows stand arm by arm; F funds."""

    def __init__(self, arms: Sequence[int], tables: "Mapping[str, pa.Table]", n_funds: int, told: str) -> None:
        self._place = {arm: place for place, arm in enumerate(arms)}
        self._tables, self._n_funds, self._told = tables, n_funds, told
        rows = next(iter(tables.values())).num_rows // len(arms)
        self.n_paths = rows if "paths" in tables else rows // n_funds
        self._known: dict[tuple[str, str, int], Floats] = {}

    def path(self, name: str, arm: int) -> Floats:
        """(n,) values of a path outcome; NaN stands for null."""
        return self._values("paths", name, arm)

    def fund(self, name: str, arm: int) -> Floats:
        """(F, n) values of a fund outcome; NaN stands for null."""
        return self._values("funds", name, arm).reshape(self._n_funds, -1)

    def _values(self, table: str, name: str, arm: int) -> Floats:
        key = table, name, arm
        if key not in self._known:
            column = self._tables[table].column(name)
            rows = len(column) // len(self._place)
            self._known[key] = _finite(column.slice(self._place[arm] * rows, rows), f"{self._told}: {name}")
        return self._known[key]


def _finite(column: "pa.ChunkedArray", told: str) -> Floats:
    """A column as float64; NaN stands for null.

    Raises
    ------
    NotFinite
        A value is infinite or not a number.
    """
    import pyarrow as pa

    n_null, numbers = column.null_count, column.cast(pa.float64())
    values = np.asarray((numbers.fill_null(np.nan) if n_null else numbers).to_numpy())
    if np.count_nonzero(np.isfinite(values)) + n_null < len(values):
        raise NotFinite(f"{told}: not a finite number; run `backstop verify` on the run")
    return values


class Parts:
    """Columns of all parts; A arms, F funds, N paths. A column is in memory only while it is asked for.

    Tables of a few megabytes are read at once and stay: opening a part for each column takes longer than reading it.

    Raises
    ------
    RunIncomplete
        A part is damaged or missing, or the terms are not as this version writes them.
    NotFinite
        A value is infinite or not a number.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self.directory = directory
        with environment_failures(directory.resolved):
            content = read_bounded(directory.resolved)
        try:
            self._know(json.loads(content))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            raise RunIncomplete(f"{directory.resolved}: is not as this version writes it; run it anew") from None

    def _know(self, resolved: dict[str, Any]) -> None:
        """What the terms say of the run."""
        self.resolved = resolved
        self.mixture = Mixture(*(tuple(self.resolved["mixture"][key]) for key in Mixture._fields))
        """The market models that paths take in turn."""
        self.arms: list[str] = self.resolved["names"]["arms"]
        self.funds: list[str] = self.resolved["names"]["funds"]
        self.layers: list[str] = self.resolved["names"]["layers"]
        without: dict[str, str] = self.resolved["counterfactuals"]
        self.counterfactuals = [self.arms.index(without[arm]) for arm in self.arms]
        """By arm, the number of the same arm without its facilities; its own where it has none."""
        arms = [self.resolved["arms"][arm] for arm in self.arms]
        quantum = self.resolved["quantum"]["value"]
        self.pool_sizes: list[float] = [sum(arm["pool"]["layer_size"]["value"]) * quantum for arm in arms]
        """By arm, in currency."""
        self.years: float = self.resolved["n_days"]["value"] / TRADING_DAYS_PER_YEAR
        """Of the run."""
        self.eligible = [np.any(arm["facilities"]["is_eligible"]["value"] or [[False] * len(self.funds)], axis=0)
                         for arm in arms]
        """By arm, (F,) whether some facility of it admits the fund."""
        self.counts = np.array([arm["funds"]["count"]["value"] for arm in arms])
        """(A, F) funds of each cohort: an arm may have other numbers of them."""
        self.opening_assets = self.counts * [arm["funds"]["nav_open"]["value"] for arm in arms]
        """(A, F) quanta of all funds of a cohort."""

    @cached_property
    def _sizes(self) -> "dict[Path, tuple[int, int]]":
        """Rows and bytes of each part once it is read; the footers themselves take more memory than columns do."""
        import pyarrow.parquet as pq

        def read(file: str) -> tuple[int, int]:
            footer = pq.read_metadata(file)
            return int(footer.num_rows), 8 * int(footer.num_rows) * int(footer.num_columns)

        return {path: read_part(path, read) for table in ("paths", "funds") for path in self._files[table]}

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """Parts of each table, in the order of their paths."""
        return {table: self.directory.parts(table) for table in ("paths", "funds")}

    @cached_property
    def n_paths(self) -> int:
        """N."""
        return sum(self._sizes[path][0] for path in self._files["paths"]) // len(self.arms)

    @cached_property
    def stored_weight(self) -> Floats:
        """(N,) weight of each path; in the memory of one number where all are the same."""
        weight = self.arm_column("weight", 0)
        return np.broadcast_to(weight[0], weight.shape) if (weight == weight[0]).all() else weight

    @cached_property
    def weight(self) -> Floats:
        """(N,) likewise; models that made fewer paths than others have their weight all the same."""
        if not self.mixture.models:
            return self.stored_weight
        return self.stored_weight * self.mixture.balance(np.arange(self.n_paths))

    @cached_property
    def group(self) -> Integers | None:
        """(N,) number of the draw of parameters that a path is of; None where none are drawn."""
        drawn = self.directory.read_request().get("drawn_parameters")
        return None if drawn is None else np.arange(self.n_paths) // drawn["paths_per_group"]

    def path_column(self, name: str) -> Floats:
        """(A, N) values of a path outcome; NaN stands for null."""
        return np.stack([self.arm_column(name, arm) for arm in range(len(self.arms))])

    def arm_column(self, name: str, arm: int) -> Floats:
        """(N,) of one arm."""
        gathered, first = np.empty(self.n_paths), 0
        for piece in self.pieces([arm], paths=[name]):
            gathered[first : first + piece.n_paths] = piece.path(name, arm)
            first += piece.n_paths
        return gathered

    def fund_column(self, name: str, funds: slice, arms: Sequence[int] | None = None) -> Floats:
        """(A, f, N) values of a fund outcome for some of the funds, and of the arms; NaN stands for null."""
        chosen = range(len(self.arms)) if arms is None else arms
        gathered, first = np.empty((len(chosen), len(self.funds[funds]), self.n_paths)), 0
        for piece in self.pieces(chosen, funds=[name]):
            for target, arm in zip(gathered, chosen, strict=True):
                target[:, first : first + piece.n_paths] = piece.fund(name, arm)[funds]
            first += piece.n_paths
        return gathered

    def pieces(self, arms: Sequence[int], paths: Sequence[str] = (), funds: Sequence[str] = ()) -> Iterator[Piece]:
        """Part by part, these columns of these arms; a part is opened once for all of them."""
        wanted = {table: list(names) for table, names in (("paths", paths), ("funds", funds)) if names}
        for files in zip(*(self._files[table] for table in wanted), strict=True):
            tables = {table: self._rows(file, names, arms)
                      for (table, names), file in zip(wanted.items(), files, strict=True)}
            yield Piece(arms, tables, len(self.funds), str(files[0]))

    def _rows(self, path: Path, names: list[str], arms: Sequence[int]) -> "pa.Table":
        """Rows of these arms, one arm after another."""
        import pyarrow as pa

        if path in self._whole:
            whole = self._whole[path].select(names)
            n_rows = whole.num_rows // len(self.arms)
            return pa.concat_tables([whole.slice(arm * n_rows, n_rows) for arm in arms])
        return read_part(path, partial(self._read, columns=names, arms=arms))

    @cached_property
    def _whole(self) -> "dict[Path, pa.Table]":
        """Parts of small tables."""
        found: dict[Path, pa.Table] = {}
        for table in ("paths", "funds"):
            files = self._files[table]
            if sum(self._sizes[path][1] for path in files) <= SMALL_BYTES:
                found |= {path: read_part(path, self._read) for path in files}
        return found

    def _read(self, file: str, columns: list[str] | None = None, arms: Sequence[int] | None = None
              ) -> "pa.Table":
        """Row groups of these arms, one each; all without."""
        import pyarrow.parquet as pq

        # what threads would save of so little they take to be told of it
        with pq.ParquetFile(file, page_checksum_verification=True) as part:
            groups = list(range(part.num_row_groups) if arms is None else arms)
            return part.read_row_groups(groups, columns=columns, use_threads=False)


def read_part(path: Path, read: Any) -> Any:
    """Read a part, given the name that `readable` has for it, or say which one cannot be."""
    import pyarrow as pa

    with environment_failures(path):
        try:
            with readable(path) as name:
                return read(name)
        except (pa.ArrowException, OSError) as error:
            # a checksum that fails is an OSError too, one without a number
            if getattr(error, "errno", None) in (None, errno.ENOENT):
                raise RunIncomplete(f"{path}: damaged or missing; run it anew") from error
            raise
