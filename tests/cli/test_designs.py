"""`designs`: real facilities by name, and side by side on a config's own funds."""

import json

import polars as pl

from commands import SMALL, run_here

NAME = "rbi-slf-mf-2020"


def test_without_a_config_every_design_stands_beside_its_source():
    ended = run_here("designs", "--json")
    assert "Reserve Bank of India" in json.loads(ended.out)["designs"][NAME]
    assert NAME in run_here("designs").out


def test_a_design_in_the_table_has_the_figures_of_its_own_run(tmp_path):
    ended = run_here("designs", SMALL, "-o", tmp_path / "d", "--only", NAME, "--scenario", "none", "--quiet", "--json")
    assert (ended.code, ended.err) == (0, "")
    figures = {(figure["metric"], figure["statistic"]): figure for figure in json.loads(ended.out)["figures"]}
    alone = json.loads(run_here("run", SMALL, "--design", NAME, "-o", tmp_path / "r", "--quiet", "--json").out)
    rows = {(row["metric"], row["statistic"]): row for row in alone["summary"]
            if row["arm"] == NAME and row["fund"] is None}
    assert figures["activated", "prob"]["estimate"] > 0.0
    for key, figure in figures.items():
        assert [figure[name] for name in ("estimate", "lower", "upper")] == [
            rows[key][name] for name in ("estimate", "lower", "upper")]
    table = pl.read_parquet(tmp_path / "d" / "designs.parquet")
    assert table.height == len(figures)


def test_finished_runs_are_read_again(tmp_path):
    first, second = (run_here("designs", SMALL, "-o", tmp_path, "--only", NAME, "--scenario", "none", "--quiet")
                     for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert first.out == second.out
    assert len([folder for folder in tmp_path.iterdir() if folder.is_dir()]) == 1


def test_names_without_a_config_are_refused():
    ended = run_here("designs", "--only", NAME)
    assert (ended.code, ended.err) == (2, "backstop: --only and --scenario say what to run; name a config as well\n")


def test_designs_that_do_not_fit_are_left_out_and_said_and_none_at_all_is_refused(tmp_path):
    options = ("-o", tmp_path, "--scenario", "none", "--quiet")
    some = run_here("designs", SMALL, *options, "--only", NAME, "--only", "boe-gilts-2022")
    assert some.code == 0
    assert "boe-gilts-2022 is left out: design: boe-gilts-2022 deals in safe assets" in some.err
    none = run_here("designs", SMALL, *options, "--only", "boe-gilts-2022")
    assert (none.code, none.out) == (2, "")
