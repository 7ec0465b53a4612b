import json

import duckdb
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from backstop.errors import NotFinite, RunIncomplete
from backstop.runs import parts as stored_parts
from backstop.runs import store
from backstop.runs.journal import read_counts
from backstop.runs.parts import Parts
from backstop.runs.request import RunRequest, identity_of, terms_hash, versions
from backstop.runs.storage import Folder
from backstop.runs.store import finish_run, simulated_run
from backstop.runs.tiles import Layout
from backstop.runs.trace import differences, trace_path
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=24, block_paths=48, days_per_call=20)
TERMS = toy_terms(40)
REQUEST = RunRequest(TERMS, seed=9, n_paths=100, config_text="# mine\n", inputs={"builtin:csi300": "ab"},
                     currency="CNY", market=ToyMarket())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with simulated_run(REQUEST, tmp_path_factory.mktemp("runs") / "run", 2, layout=LAYOUT) as run:
        finish_run(run)
    return run


@pytest.fixture
def copy(tmp_path):
    with simulated_run(REQUEST, tmp_path / "run", 1, layout=LAYOUT) as run:
        finish_run(run)
    return run.directory


@pytest.mark.parametrize(("table", "n_rows"), [("paths", 200), ("funds", 400)])
def test_duckdb_polars_and_pyarrow_read_one_table(run, table, n_rows):
    glob = str(run.directory.folder / table / "*.parquet")
    from_duckdb = duckdb.sql(f"FROM '{glob}' ORDER BY ALL").pl()
    assert len(from_duckdb) == n_rows
    assert from_duckdb.equals(pl.read_parquet(glob).sort(pl.all()))
    assert pq.read_table(run.directory.folder / table).num_rows == n_rows


def test_parts_have_zstd_statistics_checksums_and_the_currency(run):
    path = run.directory.part("paths", 0)
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        column = file.metadata.row_group(1).column(0)
        assert file.metadata.num_row_groups == len(TERMS.arms)
        assert column.compression == "ZSTD"
        assert column.statistics.has_min_max
        assert file.schema_arrow.metadata[b"currency"] == b"CNY"
        assert file.schema_arrow.field("injected").metadata[b"unit"] == b"currency"
        file.read()


def test_the_manifest_holds_what_made_the_run(run):
    manifest = run.directory.read_manifest()
    assert manifest["seed"] == 9
    assert manifest["inputs"] == {"builtin:csi300": "ab"}
    assert manifest["versions"] == versions()
    assert [block["n_paths"] for block in manifest["blocks"]] == [48, 48, 4]
    assert set(manifest["blocks"][0]["hashes"]) == {"paths", "funds", "counts"}
    assert set(manifest["timings"]) == {"compiling", "simulating"}


def test_the_config_is_kept_as_written_and_terms_with_their_units(run):
    assert run.directory.config.read_text() == "# mine\n"
    resolved = json.loads(run.directory.resolved.read_bytes())
    assert resolved["arms"]["fund"]["pool"]["layer_size"]["value"] == [1e6, 1.5e8]
    assert resolved["names"]["arms"] == ["none", "fund"]


def test_counts_come_back_from_the_journal(run):
    total = sum(read_counts(Folder(run.directory.folder), TERMS, record.block) for record in run.records)
    assert (total == run.counts).all()


@pytest.mark.parametrize("small_bytes", [0, stored_parts.SMALL_BYTES])
def test_columns_are_read_by_arm_and_fund_over_all_parts(run, monkeypatch, small_bytes):
    monkeypatch.setattr(stored_parts, "SMALL_BYTES", small_bytes)
    parts = Parts(run.directory)
    paths = pl.read_parquet(run.directory.folder / "paths" / "*.parquet").sort("path")
    funds = pl.read_parquet(run.directory.folder / "funds" / "*.parquet").sort("path")
    assert parts.n_paths == 100
    expected = paths.filter(pl.col("arm") == "fund")["injected"].to_numpy()
    assert (parts.path_column("injected")[1] == expected).all()
    expected = funds.filter(pl.col("arm") == "fund", pl.col("fund") == "funds")["nav_end"].to_numpy()
    assert (parts.fund_column("nav_end", slice(1, 2))[1, 0] == expected).all()
    assert (parts.weight == 1.0).all()


def test_nulls_are_read_as_nan(run):
    parts = Parts(run.directory)
    assert np.isnan(parts.path_column("first_dry_day")[0]).all()


def test_sizes_of_pools_and_assets_are_in_the_terms_the_run_keeps(run):
    parts = Parts(run.directory)
    assert parts.pool_sizes == [1.51e6, 1.51e6]
    assert parts.opening_assets.tolist() == [[3e9, 4e9]] * 2


def test_a_damaged_page_is_noticed(copy):
    part = copy.part("paths", 1)
    column = pq.read_metadata(part).row_group(1).column(8)
    assert column.path_in_schema == "repaid"
    content = bytearray(part.read_bytes())
    # the last byte of the column's last page
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 0x01
    part.write_bytes(content)
    with pytest.raises(RunIncomplete, match="damaged"):
        Parts(copy).path_column("repaid")


def test_a_stored_nan_is_never_averaged(copy):
    part = copy.part("paths", 0)
    table = pq.read_table(part)
    values = table.column("injected").to_numpy().copy()
    values[3] = np.nan
    position = table.schema.get_field_index("injected")
    table = table.set_column(position, table.schema.field("injected"), [values])
    part.write_bytes(store.part_bytes(table, REQUEST))
    with pytest.raises(NotFinite, match="injected"):
        Parts(copy).path_column("injected")


def test_a_replayed_path_equals_the_run_bit_for_bit_and_another_does_not(run):
    trace = trace_path(TERMS, 9, 77, ToyMarket())
    assert differences(trace, run.directory) == []
    other = trace_path(TERMS, 10, 77, ToyMarket())
    assert "paths.market_trough_index" in differences(other, run.directory)


def test_identity_changes_with_whatever_changes_the_bytes():
    base = identity_of(REQUEST, LAYOUT)
    assert identity_of(RunRequest(TERMS, 8, 100, "# mine\n", REQUEST.inputs, "CNY"), LAYOUT) != base
    assert identity_of(REQUEST, LAYOUT._replace(block_paths=24)) != base
    assert identity_of(REQUEST, LAYOUT._replace(lanes=8)) == base


def test_the_hash_of_terms_sees_every_number_and_name():
    base = terms_hash(TERMS)
    assert terms_hash(toy_terms(40)) == base
    assert terms_hash(toy_terms(41)) != base
    assert terms_hash(TERMS._replace(names=TERMS.names._replace(arms=("none", "pool")))) != base
    pool = TERMS.arms[1].pool._replace(layer_size=np.array([1e6, np.nextafter(1.5e8, 0.0)]))
    assert terms_hash(TERMS._replace(arms=(TERMS.arms[0], TERMS.arms[1]._replace(pool=pool)))) != base
