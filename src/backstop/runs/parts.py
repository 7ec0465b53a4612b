"""Reads the tables of a run column by column, parts in the order of their paths."""

import errno
import json
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.errors import NotFinite, RunIncomplete
from backstop.runs.directory import RunDirectory
from backstop.runs.files import environment_failures, readable
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, Integers, Mixture

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


SMALL_BYTES = 24 * 2**20
"""Of a table that stays in memory."""
_OF_PATHS = ("n_paths", "weight", "group", "_chosen")
"""What differs with the paths that are read."""


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

    _model: int | None = None
    """Whose paths these are; all without."""
    _shared: "dict[tuple[str, str, bytes], Floats] | None" = None
    """Columns of all paths that several parts read in turn, until they are forgotten."""

    def __init__(self, directory: RunDirectory) -> None:
        self.directory = directory
        with environment_failures(directory.resolved):
            content = directory.resolved.read_bytes()
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

    def sharing(self) -> "tuple[Parts, list[Parts]]":
        """The same paths, and those of each market model; what one of these reads the others have, until `forget`."""
        known = {name: value for name, value in vars(self).items() if name not in _OF_PATHS} | {"_shared": {}}
        found = []
        for model in (None, *range(len(self.mixture.models))):
            own = Parts.__new__(Parts)
            vars(own).update(known, _model=model)
            found.append(own)
        return found[0], found[1:]

    def forget(self) -> None:
        """Free what is shared."""
        if self._shared is not None:
            self._shared.clear()

    @cached_property
    def _metadata(self) -> dict[Path, "pq.FileMetaData"]:
        """Footers, read once."""
        import pyarrow.parquet as pq

        files = [path for table in ("paths", "funds") for path in self.directory.parts(table)]
        return {path: read_part(path, pq.read_metadata) for path in files}

    @cached_property
    def n_paths(self) -> int:
        """N."""
        return self._n_stored if self._model is None else int(np.count_nonzero(self._model_of == self._model))

    @cached_property
    def _model_of(self) -> Integers:
        """Number of the model of each stored path; 0 where all have the same."""
        numbers = np.arange(self._n_stored)
        return self.mixture.model_of(numbers) if self.mixture.models else np.zeros_like(numbers)

    @cached_property
    def _n_stored(self) -> int:
        n_rows: int = sum(self._metadata[path].num_rows for path in self.directory.parts("paths"))
        return n_rows // len(self.arms)

    @cached_property
    def weight(self) -> Floats:
        """(N,) weight of each path; models that made fewer paths than others have their weight all the same."""
        stored = np.ascontiguousarray(self.path_column("weight")[0])
        return stored * self.mixture.balance(np.arange(self._n_stored)) if self._model is None else stored

    @cached_property
    def group(self) -> Integers | None:
        """(N,) number of the draw of parameters that a path is of; None where none are drawn."""
        drawn = self.directory.read_request().get("drawn_parameters")
        return None if drawn is None else np.arange(self._n_stored)[self._chosen] // drawn["paths_per_group"]

    @cached_property
    def _chosen(self) -> Any:
        """Of the stored paths, those that are read."""
        return slice(None) if self._model is None else self._model_of == self._model

    def path_column(self, name: str) -> Floats:
        """(A, N) values of a path outcome; NaN stands for null."""
        return self._gather("paths", name, len(self.arms), slice(None))

    def fund_column(self, name: str, funds: slice) -> Floats:
        """(A, f, N) values of a fund outcome for some of the funds; NaN stands for null."""
        n_rows = len(self.arms) * len(self.funds)
        chosen = np.arange(n_rows).reshape(len(self.arms), len(self.funds))[:, funds]
        return self._gather("funds", name, n_rows, chosen.ravel()).reshape(*chosen.shape, self.n_paths)

    def _gather(self, table: str, name: str, n_rows: int, chosen: Any) -> Floats:
        """Chosen rows of (rows, N)."""
        key = table, name, np.arange(n_rows)[chosen].tobytes()
        if self._shared is None:
            return self._stored(table, name, n_rows, chosen)[:, self._chosen]
        if key not in self._shared:
            self._shared[key] = self._stored(table, name, n_rows, chosen)
        return self._shared[key][:, self._chosen]

    def _stored(self, table: str, name: str, n_rows: int, chosen: Any) -> Floats:
        """The same of all paths, part by part."""
        gathered, first = np.empty((len(np.arange(n_rows)[chosen]), self._n_stored)), 0
        for path in self.directory.parts(table):
            block = self._column(path, name).reshape(n_rows, -1)[chosen]
            gathered[:, first : first + block.shape[1]] = block
            first += block.shape[1]
        return gathered

    def _column(self, path: Path, name: str) -> Floats:
        import pyarrow as pa

        def read(file: str) -> Floats:
            stored = self._whole.get(path) or self._read(file, path, [name])
            column = stored.column(name).cast(pa.float64())
            if not np.isfinite(column.drop_null().to_numpy()).all():
                raise NotFinite(f"{path}: {name}: not a finite number; run `backstop verify` on the run")
            return np.asarray(column.fill_null(np.nan).to_numpy())

        values: Floats = read_part(path, read)
        return values

    @cached_property
    def _whole(self) -> "dict[Path, pa.Table]":
        """Parts of small tables."""
        found: dict[Path, pa.Table] = {}
        for table in ("paths", "funds"):
            files = self.directory.parts(table)
            if sum(_n_bytes(self._metadata[path]) for path in files) <= SMALL_BYTES:
                found |= {path: read_part(path, partial(self._read, path=path)) for path in files}
        return found

    def _read(self, file: str, path: Path, columns: list[str] | None = None) -> "pa.Table":
        import pyarrow.parquet as pq

        with pq.ParquetFile(file, metadata=self._metadata[path], page_checksum_verification=True) as part:
            return part.read(columns=columns)


def _n_bytes(footer: "pq.FileMetaData") -> int:
    """Of a part once it is read."""
    return 8 * int(footer.num_rows) * int(footer.num_columns)


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
                raise RunIncomplete(f"{path}: damaged or missing; repeat the command that made it") from error
            raise
