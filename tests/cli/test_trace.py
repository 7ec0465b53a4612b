"""`trace` and `simulate`: one path day by day, and market paths alone."""

import json

import polars as pl
import pyarrow.parquet as pq
import pytest

from commands import SMALL, run_here


def test_a_traced_path_of_a_run_ends_as_the_run_says(finished, tmp_path):
    folder, out = finished[0], tmp_path / "trace.parquet"
    ended = run_here("trace", folder, "--path", 5, "-o", out)
    days = pl.read_parquet(out)
    assert ended == (0, "", f"{out}: {days.height:,} rows\n")
    assert days.columns == ["arm", "day", "date", "variable", "item", "value"]
    assert days["day"].max() == 40
    assert all(field.metadata[b"meaning"] for field in pq.read_schema(out))
    assert b"0 idle, 1 pending, 2 active" in pq.read_schema(out).metadata[b"variables"]
    of_fund = (pl.col("arm") == "fund") & (pl.col("variable") == "funds.navps") & (pl.col("day") == 40)
    stored = pl.read_parquet(folder / "funds" / "part-*.parquet").filter(path=5, arm="fund")
    assert days.filter(of_fund)["value"].to_list() == stored["nav_per_share_end"].to_list()


def test_a_config_is_traced_as_its_run_would_be(finished, tmp_path):
    of_run, of_config = tmp_path / "run.parquet", tmp_path / "config.parquet"
    assert run_here("trace", finished[0], "--path", 5, "-o", of_run, "--quiet") == (0, "", "")
    assert run_here("trace", SMALL, "--path", 5, "-o", of_config, "--quiet") == (0, "", "")
    assert of_run.read_bytes() == of_config.read_bytes()


@pytest.mark.parametrize("option", [["--seed", "8"], ["--set", "run.days=3"]])
def test_a_run_is_traced_as_it_was_made(finished, tmp_path, option):
    ended = run_here("trace", finished[0], "--path", 5, "-o", tmp_path / "out.parquet", *option)
    assert (ended.code, ended.out) == (2, "")
    assert "a run is repeated as it was" in ended.err
    assert not (tmp_path / "out.parquet").exists()


def test_a_folder_without_a_run_is_refused(tmp_path):
    ended = run_here("trace", tmp_path, "--path", 0, "-o", tmp_path / "out.parquet")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "not a complete run" in ended.err


def test_a_trace_into_a_folder_that_is_not_there_is_the_environments_fault(tmp_path):
    ended = run_here("trace", SMALL, "--path", 0, "-o", tmp_path / "no" / "out.parquet")
    assert (ended.code, ended.out, ended.err.count("\n")) == (3, "", 1)
    assert str(tmp_path / "no") in ended.err


def test_a_path_beyond_all_numbers_is_a_usage_error(tmp_path):
    assert run_here("trace", SMALL, "--path", 10**22, "-o", tmp_path / "out.parquet").code == 2


def test_simulated_paths_are_those_of_the_run(finished, tmp_path):
    out = tmp_path / "paths.parquet"
    ended = run_here("simulate", SMALL, "-o", out, "--json", "--quiet")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["file"] == str(out)
    market = pl.read_parquet(out)
    assert market.columns == ["path", "day", "asset", "log_return", "volatility"]
    assert market.height == 64 * 40
    run_here("trace", finished[0], "--path", 5, "-o", tmp_path / "trace.parquet", "--quiet")
    traced = pl.read_parquet(tmp_path / "trace.parquet").filter(variable="market.log_return")
    assert market.filter(path=5).sort("day")["log_return"].to_list() == traced.sort("day")["value"].to_list()


def test_a_path_that_a_run_does_not_have_is_refused(finished, tmp_path):
    ended = run_here("trace", finished[0], "--path", 64, "-o", tmp_path / "out.parquet")
    assert (ended.code, ended.out, ended.err) == (2, "", "--path 64: there are 64 paths; write 0 to 63\n")
    assert not (tmp_path / "out.parquet").exists()


def test_a_wide_trace_has_the_same_values_in_a_column_each_with_its_unit(finished, tmp_path):
    files = tmp_path / "long.parquet", tmp_path / "wide.parquet"
    for file, options in zip(files, ([], ["--wide"]), strict=True):
        assert run_here("trace", finished[0], "--path", 5, "-o", file, "--quiet", *options).code == 0
    days, wide = (pl.read_parquet(file) for file in files)
    assert wide.height == 40 * 3
    of_fund = days.filter(arm="fund", variable="funds.navps", item="equity")["value"].to_list()
    assert wide.filter(arm="fund")["funds.navps/equity"].to_list() == of_fund
    assert wide.filter(pl.col("arm").is_null())["market.log_return/index"].null_count() == 0
    field = pq.read_schema(files[1]).field("funds.navps/equity")
    assert set(field.metadata) >= {b"unit", b"meaning"}
