"""What a function works on: a config as its arguments change it, or a run; on one thread of BLAS, as commands are."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.errors import ConfigError
from backstop.market.one_thread import one_blas_thread

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from backstop.runs.assemble import Assembled


def assembled(source: Path, overrides: Sequence[str]) -> "Assembled":
    """A run directory or a config, with everything that follows from it; what is odd about it is warned of.

    Raises
    ------
    ConfigError, DataError, CalibrationError, RunIncomplete
        What the user has to mend.
    """
    from backstop.runs.assemble import assemble, assemble_again

    if source.is_dir() and overrides:
        raise ConfigError([f"{source}: a run is repeated as it was; change a config instead"])
    with one_blas_thread():
        found = assemble_again(source) if source.is_dir() else assemble(source, list(overrides))
    fits = [line for fit in found.request.fits.values() for line in fit["warnings"]]
    for line in (*found.findings, *fits):
        warnings.warn(line, stacklevel=3)
    return found


def cores(threads: int | None) -> int:
    """As told, else one thread a core that is ours to use."""
    return threads or len(os.sched_getaffinity(0))


def frame(table: "pa.Table") -> "pl.DataFrame":
    """A table as polars has it."""
    import polars as pl

    return pl.DataFrame(pl.from_arrow(table))

