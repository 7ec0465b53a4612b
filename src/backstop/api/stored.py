"""A run on the disk, as frames: nothing is read before it is asked for."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstop.answers.estimators import CONFIDENCE
from backstop.runs.directory import RunDirectory

if TYPE_CHECKING:
    import polars as pl
    import xarray

    from backstop.runs.verify import Verification

_FIRST = ("arm", "fund", "metric", "statistic", "estimate", "lower", "upper", "unit", "level")


class Run:
    """A complete run.

    Attributes
    ----------
    folder
        Where it lies.
    manifest
        Versions, seed, hashes of config, inputs and files.

    Raises
    ------
    RunIncomplete
        There is no complete run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._directory = RunDirectory(folder)
        self.manifest: dict[str, Any] = self._directory.read_manifest()

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {self.manifest['paths']} paths, arms {', '.join(self.arms)})"

    @property
    def arms(self) -> list[str]:
        """Arm ``none``, no facility, is the first."""
        return list(self.manifest["arms"])

    @cached_property
    def summary(self) -> "pl.DataFrame":
        """Estimates with intervals: ``arm, fund, metric, statistic, estimate, lower, upper, unit, level`` come first.

        ``fund`` is null for pool and market, ``level`` is that of the intervals; then effects against the
        counterfactual and what an interval rests on. Amounts are in currency.
        """
        import polars as pl

        found = pl.read_parquet(self._directory.summary, glob=False).with_columns(level=pl.lit(CONFIDENCE))
        return found.select(*_FIRST, pl.exclude(_FIRST))

    @property
    def paths(self) -> "pl.LazyFrame":
        """A row a path and arm, unread."""
        return self._scanned("paths")

    @property
    def funds(self) -> "pl.LazyFrame":
        """A row a path, arm and fund, unread; amounts are per fund of a cohort."""
        return self._scanned("funds")

    @cached_property
    def daily(self) -> "pl.DataFrame":
        """Bands over paths: a row an arm, day and metric."""
        import polars as pl

        return pl.read_parquet(self._directory.daily, glob=False)

    @cached_property
    def columns(self) -> "pl.DataFrame":
        """Unit and meaning of every column of every table: ``table, column, unit, meaning``."""
        import polars as pl

        from backstop.runs.dictionary import columns_of_run

        return pl.DataFrame([line._asdict() for line in columns_of_run(self._directory)])

    def to_xarray(self, table: str = "paths") -> "xarray.Dataset":
        """A table on its axes, unit and meaning in the attributes; all of it is read.

        Parameters
        ----------
        table
            ``paths`` (path, arm), ``funds`` (path, arm, fund) or ``daily`` (arm, day, metric).

        Raises
        ------
        ConfigError
            There is no such table.
        EnvironmentFailure
            The package xarray, of the extra of that name, is not installed.
        """
        from backstop.api.arrays import dataset_of

        return dataset_of(self._directory, table)

    def trace(self, path: int) -> "pl.DataFrame":
        """``backstop trace``: one path replayed, every state variable of every day, amounts in quanta.

        Raises
        ------
        RunIncomplete
            The config does not lead to this run any more.
        """
        import polars as pl

        from backstop.api.sources import assembled
        from backstop.runs.trace import trace_path

        request = assembled(self.folder, ()).request
        return pl.DataFrame(pl.from_arrow(trace_path(request.terms, request.seed, path, request.market,
                                                     request.dates).days))

    def verify(self, replays: int = 3) -> "Verification":
        """``backstop verify``: hashes, accounts, summaries, `replays` paths anew; what is wrong is in ``findings``."""
        from backstop.answers.stress import remade
        from backstop.market.one_thread import one_blas_thread
        from backstop.runs.verify import verify

        with one_blas_thread():
            return verify(self.folder, remade, replays)

    def _scanned(self, table: str) -> "pl.LazyFrame":
        import polars as pl

        return pl.scan_parquet(self._directory.parts(table), glob=False)

    def _repr_html_(self) -> str:
        """The answer in short, for notebooks: static, escaped."""
        from backstop.report.page.short import short_table

        return short_table(self._directory, self.manifest)
