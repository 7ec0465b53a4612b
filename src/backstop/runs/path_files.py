"""Files of market paths, a row a path, day and asset as `run.simulate` writes them, read in batches of bounded size.

A file may give prices, 1 at the opening, in the place of log returns.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backstop.errors import DataError
from backstop.runs.files import readable
from backstop.tables.bounds import LONGEST_CELL, MOST_BYTES
from backstop.tables.pages import GROWING, BadPages, pages_of
from backstop.terms import Floats, Integers

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 2**18
_KEYS = ("path", "day", "asset")
_AS_SIMULATE = ("write path, day, asset, log_return (or price, 1 at the opening) and, where it is known, volatility, "
                "as `backstop simulate` does")


class Rows(NamedTuple):
    """Rows of a file, (n,) each."""

    path: Integers
    day: Integers
    """From 0."""
    asset: Integers
    """Position in the market; -1 for an asset that it does not have."""
    log_move: Floats
    """Log return of the day; in a file of prices, since the opening."""
    volatility: Floats | None


class PathFile:
    """A parquet file of market paths; every reader has one of its own.

    Parameters
    ----------
    path
        The file.
    assets
        Names of the market's assets; others are passed over.

    Raises
    ------
    DataError
        It is missing, damaged, or has other columns.
    """

    def __init__(self, path: Path, assets: tuple[str, ...]) -> None:
        import pyarrow as pa

        self.path = path
        self._assets = pa.array(assets)
        self._file = self._reading(lambda: self._opened(path))
        self._check_pages()
        found = self._file.schema_arrow.names
        self.has_prices = "price" in found and "log_return" not in found
        self._columns = [*_KEYS, "price" if self.has_prices else "log_return"]
        missing = [name for name in self._columns if name not in found]
        if missing:
            raise DataError(f"{path}: has no column {', '.join(missing)}; {_AS_SIMULATE}")
        twice = [name for name in (*self._columns, "volatility") if found.count(name) > 1]
        if twice:
            raise DataError(f"{path}: has column {', '.join(twice)} twice; delete all but one")
        self.has_volatility = "volatility" in found
        self.n_rows: int = self._file.metadata.num_rows
        self.n_groups: int = self._file.metadata.num_row_groups

    def rows(self, group: int) -> Iterator[Rows]:
        """The rows of a row group, in batches."""
        columns = [*self._columns, *(["volatility"] if self.has_volatility else [])]
        batches = self._file.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns)
        while (batch := self._reading(lambda: next(batches, None))) is not None:
            yield self._rows(batch)

    def _rows(self, batch: "pa.RecordBatch") -> Rows:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._check_names(batch.column("asset"))
        names = self._numbers(batch, "asset", pa.string())
        asset = pc.fill_null(pc.index_in(names, self._assets), -1).to_numpy()
        path, day = (self._numbers(batch, name, pa.int64()).to_numpy() for name in ("path", "day"))
        moves, *others = (self._numbers(batch, name, pa.float64()).fill_null(np.nan).to_numpy()
                          for name in (*self._columns[len(_KEYS):], *(["volatility"] if self.has_volatility else [])))
        if self.has_prices:
            with np.errstate(divide="ignore", invalid="ignore"):
                moves = np.log(moves)
        return Rows(path, day - 1, asset.astype(np.int64), moves, others[0] if others else None)

    def _check_names(self, names: Any) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        words = names.dictionary if pa.types.is_dictionary(names.type) else names
        if pa.types.is_nested(words.type) or pa.types.is_primitive(words.type):
            return
        if (pc.max(pc.binary_length(words)).as_py() or 0) > LONGEST_CELL:
            raise DataError(f"{self.path}: asset: a name is longer than {LONGEST_CELL:,} bytes; {_AS_SIMULATE}")

    def _numbers(self, batch: "pa.RecordBatch", name: str, dtype: "pa.DataType") -> Any:
        """A column as `dtype`; only values may be null."""
        import pyarrow as pa

        try:
            column = batch.column(name).cast(dtype)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise DataError(f"{self.path}: {name}: holds {batch.column(name).type}, not {_KINDS[str(dtype)]}; "
                            f"{_AS_SIMULATE}") from None
        if column.null_count and str(dtype) != "double":
            raise DataError(f"{self.path}: {name}: is empty in some rows; fill them, or leave the rows out")
        return column

    @staticmethod
    def _opened(path: Path) -> Any:
        import pyarrow.parquet as pq

        with readable(path) as name:
            # names as the dictionary that they are stored in: a long one a million times over costs one
            return pq.ParquetFile(name, page_checksum_verification=True, read_dictionary=["asset"])

    def _check_pages(self) -> None:
        """Batches bound rows, but a page is unpacked whole."""
        try:
            with open(self.path, "rb") as file:
                for page in pages_of(file, self._file.metadata):
                    if page.n_bytes > MOST_BYTES or page.encoding == GROWING:
                        raise DataError(f"{self.path}: has pages of more than {MOST_BYTES // 2**20} MB, or texts told "
                                        f"by the text before; {_AS_SIMULATE}")
        except BadPages as problem:
            raise DataError(f"{self.path}: not a readable parquet file ({problem}); {_AS_SIMULATE}") from None

    def _reading(self, read: Any) -> Any:
        import pyarrow as pa

        try:
            return read()
        except FileNotFoundError:
            raise DataError(f"{self.path}: no such file; give a path relative to the config") from None
        except (pa.ArrowException, OSError) as error:
            what = str(error).partition("\n")[0].partition(". ")[0]
            raise DataError(f"{self.path}: not a readable parquet file ({what}); {_AS_SIMULATE}") from None


_KINDS = {"string": "names", "int64": "whole numbers", "double": "numbers"}
