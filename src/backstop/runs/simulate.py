"""Market paths alone, as parquet for other tools: a row an asset, day and path, in memory that no length changes.

Rows come in groups of paths, within a group in runs of days, there by path, day and asset; where a group's days
are one run, as they are unless days and assets are very many, that is the order of the whole file. Each run of days
of a group is a row group. The cut follows from days and assets alone: the same bytes for any threads.
"""

import importlib.metadata
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backstop.kernels.machine.fingerprint import kernel_hash
from backstop.kernels.machine.jit import make_ready
from backstop.runs.files import whole_file
from backstop.runs.progress import Meter, OnProgress, Progress, quiet
from backstop.runs.request import RunRequest, terms_hash
from backstop.runs.schema import market_schema
from backstop.runs.tiles import LANES_IN_VECTOR, MAX_LANES
from backstop.terms import Floats

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 2**20
"""Most rows of a row group: 16 MB of returns and volatilities."""
ORDER = "groups of paths, runs of days, path, day, asset"


class PathsWritten(NamedTuple):
    """What a file of market paths holds."""

    n_paths: int
    n_days: int
    assets: tuple[str, ...]
    n_rows: int
    n_bytes: int


def simulate_paths(request: RunRequest, file: Path, threads: int, on_progress: OnProgress = quiet) -> PathsWritten:
    """Write paths 0 to N - 1 of the request's market to `file`, which is whole or not there.

    Raises
    ------
    EnvironmentFailure
        Disk full, no permission.
    """
    import pyarrow.parquet as pq

    terms, names = request.terms, request.terms.names
    _compile(request, on_progress)
    meter = Meter("simulating", request.n_paths, on_progress)
    schema = market_schema().with_metadata(_metadata(request))
    with whole_file(file) as sink:
        with (pq.ParquetWriter(sink, schema, compression="zstd", use_dictionary=["path", "day", "asset"],
                               write_page_checksum=True) as writer,
              closing(_tables(request, threads, meter)) as tables):
            for table in tables:
                writer.write_table(table, row_group_size=GROUP_ROWS)
        n_bytes = sink.tell()
    n_rows = request.n_paths * terms.n_days * len(names.assets)
    return PathsWritten(request.n_paths, terms.n_days, names.assets, n_rows, n_bytes)


class Cut(NamedTuple):
    """A row group: so many paths, and days of each."""

    n_paths: int
    n_days: int


def cut_of(n_days: int, n_assets: int) -> Cut:
    """Paths by whole vectors and all of their days, as far as `GROUP_ROWS` holds them."""
    wanted = GROUP_ROWS // (n_days * n_assets) // LANES_IN_VECTOR * LANES_IN_VECTOR
    n_paths = min(max(wanted, LANES_IN_VECTOR), MAX_LANES)
    return Cut(n_paths, min(max(GROUP_ROWS // (n_paths * n_assets), 1), n_days))


def _metadata(request: RunRequest) -> dict[str, str]:
    """What the paths are those of; the same for any number of them."""
    drawn = {} if request.drawn is None else {"parameters_drawn_from": request.drawn.laws}
    market = request.markets_hash or terms_hash(request.terms.market)
    return drawn | {"backstop": importlib.metadata.version("backstop"), "kernels": kernel_hash(),
                    "market_hash": market, "seed": str(request.seed), "order": ORDER}


def _compile(request: RunRequest, on_progress: OnProgress) -> None:
    """Compile what the market calls, or load it from the disk cache."""
    make_ready(lambda: request.market.rehearse(request.terms.market),
               lambda *done: on_progress(Progress("compiling", *done)))


def _tables(request: RunRequest, threads: int, meter: Meter) -> Generator["pa.Table", None, None]:
    """Row groups in their order, while threads work on the groups of paths that come next."""
    cut = cut_of(request.terms.n_days, len(request.terms.names.assets))
    with ThreadPoolExecutor(threads, thread_name_prefix="paths") as pool:
        groups: deque[_Group] = deque()
        for first in range(0, request.n_paths, cut.n_paths):
            n_paths = min(cut.n_paths, request.n_paths - first)
            groups.append(_Group(request, first, Cut(n_paths, cut.n_days), pool))
            if len(groups) > threads:
                yield from groups.popleft().tables(meter)
        while groups:
            yield from groups.popleft().tables(meter)


class _Group:
    """A group of paths, simulated a run of days ahead of who takes them."""

    def __init__(self, request: RunRequest, first_path: int, cut: Cut, pool: ThreadPoolExecutor) -> None:
        self._request, self._first_path, self._cut, self._pool = request, first_path, cut, pool
        self._state = request.market.open(request.terms.market, cut.n_paths)
        self._next = pool.submit(self._table, 0)

    def tables(self, meter: Meter) -> Iterator["pa.Table"]:
        """The runs of days, one after another."""
        for first in range(0, self._request.terms.n_days, self._cut.n_days):
            table, after = self._next.result(), first + self._cut.n_days
            if after < self._request.terms.n_days:
                self._next = self._pool.submit(self._table, after)
            yield table
        meter.add(self._cut.n_paths)

    def _table(self, first: int) -> "pa.Table":
        """The run of days that begins on day `first` (from 0)."""
        terms, n_paths = self._request.terms, self._cut.n_paths
        last = min(first + self._cut.n_days, terms.n_days)
        seam = np.empty((2, last - first, len(terms.names.assets), n_paths))
        self._request.market.fill(terms.market, self._state, self._request.seed, self._first_path, first, last,
                                  seam[0], seam[1], n_paths)
        return market_table(terms.names.assets, self._first_path, first, seam[0], seam[1])


def market_table(assets: tuple[str, ...], first_path: int, first_day: int, log_return: Floats,
                 volatility: Floats) -> "pa.Table":
    """Rows by path, day and asset of two (T, J, L) arrays; row 0 is day `first_day` (from 0), lane 0 `first_path`."""
    import pyarrow as pa

    n_days, n_assets, n_paths = log_return.shape
    paths = np.arange(first_path, first_path + n_paths, dtype=np.int64)
    days = np.arange(first_day + 1, first_day + n_days + 1, dtype=np.int32)
    names = pa.array(assets).take(np.tile(np.arange(n_assets), n_paths * n_days))
    keys = [pa.array(np.repeat(paths, n_days * n_assets)), pa.array(np.tile(np.repeat(days, n_assets), n_paths)), names]
    values = [pa.array(rows.transpose(2, 0, 1).reshape(-1)) for rows in (log_return, volatility)]
    return pa.Table.from_arrays(keys + values, schema=market_schema())
