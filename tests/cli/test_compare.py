"""`diff` and `export`: two runs side by side, and a run as CSV."""

import json
import shutil

import polars as pl
import pytest

from backstop.answers.written import FORM
from commands import SMALL, run_here


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """The small run with a facility that covers more."""
    folder = tmp_path_factory.mktemp("other") / "run"
    run_here("run", SMALL, "-o", folder, "--quiet", "--set", "facilities.backstop.advance.coverage_frac=0.4")
    return folder


def test_a_run_and_itself_are_the_same(finished):
    ended = run_here("diff", finished[0], finished[0])
    assert (ended.code, ended.err) == (0, "")
    assert "are the same run" in " ".join(ended.out.split())
    found = json.loads(run_here("diff", finished[0], finished[0], "--json").out)
    assert found == {"form": FORM, "run": [], "terms": [], "figures": []}


def test_runs_that_differ_end_with_1_and_say_in_what(finished, other):
    ended = run_here("diff", finished[0], other)
    assert (ended.code, ended.err) == (1, "")
    for word in ("arms.fund.facilities.coverage_frac[0]", "0.8", "0.4", "injected"):
        assert word in ended.out
    found = json.loads(run_here("diff", finished[0], other, "--json").out)
    assert found["terms"] == [{"key": "arms.fund.facilities.coverage_frac[0]", "a": 0.8, "b": 0.4}]
    figures = {(figure["metric"], figure["statistic"]): figure for figure in found["figures"]}
    assert figures["injected", "mean"]["a"]["estimate"] > figures["injected", "mean"]["b"]["estimate"]
    assert {figure["arm"] for figure in found["figures"]} == {"fund"}


def test_seeds_and_sizes_are_what_a_run_is_made_of(finished, tmp_path):
    run_here("run", SMALL, "-o", tmp_path / "run", "--quiet", "--seed", 8, "--paths", 32)
    found = json.loads(run_here("diff", finished[0], tmp_path / "run", "--json").out)
    assert {change["key"]: (change["a"], change["b"]) for change in found["run"]} == {"seed": (7, 8), "paths": (64, 32)}
    assert found["terms"] == []


def test_what_is_no_run_is_not_compared(finished, tmp_path):
    ended = run_here("diff", finished[0], tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "not a complete run" in ended.err


def test_a_run_is_exported_as_csv(finished, tmp_path):
    ended = run_here("export", finished[0], "-o", tmp_path / "csv")
    assert (ended.code, ended.err) == (0, "")
    tables = ("paths", "funds", "daily", "summary", "columns")
    assert ended.out.splitlines() == [f"{tmp_path}/csv/{table}.csv" for table in tables]
    for table in ("paths", "funds"):
        original = pl.read_parquet(finished[0] / table / "*.parquet")
        assert pl.read_csv(tmp_path / "csv" / f"{table}.csv", schema=original.schema).equals(original)
    assert pl.read_csv(tmp_path / "csv" / "summary.csv", infer_schema=False).height == pl.read_parquet(
        finished[0] / "summary.parquet").height


def test_a_damaged_part_is_not_exported(finished, tmp_path):
    copy = shutil.copytree(finished[0], tmp_path / "copy")
    part = copy / "paths" / "part-000000.parquet"
    part.write_bytes(part.read_bytes()[:500])
    ended = run_here("export", copy)
    assert ended.code == 2
    assert "damaged or missing" in ended.err
    assert not (tmp_path / "copy-csv" / "paths.csv").exists()
