import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from backstop.runs import simulate
from backstop.runs.request import RunRequest
from backstop.runs.simulate import cut_of, simulate_paths
from toy_run import ToyMarket, toy_terms

N_DAYS, N_PATHS = 40, 700
REQUEST = RunRequest(toy_terms(N_DAYS), seed=9, n_paths=N_PATHS, market=ToyMarket())
ASSETS = REQUEST.terms.names.assets


def seam(n_paths=N_PATHS):
    log_return, volatility = np.empty((2, N_DAYS, len(ASSETS), n_paths))
    ToyMarket().fill(None, None, 9, 0, 0, N_DAYS, log_return, volatility, n_paths)
    return log_return, volatility


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("paths") / "paths.parquet"
    simulate_paths(REQUEST, path, 2)
    return path


def test_every_row_is_the_seams_in_the_order_of_path_day_and_asset(file):
    frame = pl.read_parquet(file)
    log_return, volatility = seam()
    path, day, asset = np.unravel_index(np.arange(len(frame)), (N_PATHS, N_DAYS, len(ASSETS)))
    assert (frame["path"].to_numpy() == path).all()
    assert (frame["day"].to_numpy() == day + 1).all()
    assert frame["asset"].to_list() == [ASSETS[j] for j in asset]
    assert (frame["log_return"].to_numpy() == log_return.transpose(2, 0, 1).ravel()).all()
    assert (frame["volatility"].to_numpy() == volatility.transpose(2, 0, 1).ravel()).all()


def test_duckdb_polars_and_pyarrow_read_the_same_table(file):
    from_polars = pl.read_parquet(file).sort("path", "day", "asset")
    assert duckdb.sql(f"FROM '{file}' ORDER BY path, day, asset").pl().equals(from_polars)
    assert pl.from_arrow(pq.read_table(file)).sort("path", "day", "asset").equals(from_polars)


def test_the_file_has_units_checksums_and_what_it_is_made_of(file):
    with pq.ParquetFile(file, page_checksum_verification=True) as parquet:
        assert parquet.schema_arrow.field("log_return").metadata[b"unit"] == b"frac"
        assert parquet.schema_arrow.metadata[b"seed"] == b"9"
        assert parquet.metadata.num_row_groups == 3
        assert parquet.metadata.row_group(0).column(0).compression == "ZSTD"
        parquet.read()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_threads_write_the_same_bytes(file, tmp_path, threads):
    simulate_paths(REQUEST, tmp_path / "again", threads)
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_long_paths_come_in_runs_of_days(file, tmp_path, monkeypatch):
    monkeypatch.setattr(simulate, "GROUP_ROWS", 400)
    simulate_paths(REQUEST, tmp_path / "cut", 2)
    with pq.ParquetFile(tmp_path / "cut") as parquet:
        sizes = [parquet.metadata.row_group(i).num_rows for i in range(parquet.metadata.num_row_groups)]
    assert max(sizes) <= 400
    frame = pl.read_parquet(tmp_path / "cut")
    assert frame["day"].slice(0, 8 * 16 * 3).max() == 16
    assert frame.sort("path", "day", maintain_order=True).equals(pl.read_parquet(file))


def test_a_row_group_is_bounded_however_long_and_wide_a_market_is():
    assert cut_of(504, 3) == (264, 504)
    assert cut_of(25_200, 500) == (8, 262)
    assert cut_of(1, 1) == (264, 1)
    for n_days, n_assets in ((25_200, 20), (504, 500), (5_000, 3)):
        cut = cut_of(n_days, n_assets)
        assert cut.n_paths * cut.n_days * n_assets <= simulate.GROUP_ROWS


class FailingMarket(ToyMarket):
    def fill(self, terms, state, seed, first_path, *others):
        if first_path > 300:
            raise KeyboardInterrupt
        super().fill(terms, state, seed, first_path, *others)


def test_what_is_interrupted_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "paths.parquet"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        simulate_paths(RunRequest(REQUEST.terms, seed=9, n_paths=N_PATHS, market=FailingMarket()), path, 2)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"before"


def test_progress_counts_paths(tmp_path):
    steps = []
    written = simulate_paths(REQUEST, tmp_path / "paths.parquet", 2, steps.append)
    assert [step.done for step in steps if step.phase == "simulating"] == [264, 528, 700]
    assert written.n_rows == N_PATHS * N_DAYS * len(ASSETS)
    assert written.n_bytes == (tmp_path / "paths.parquet").stat().st_size
