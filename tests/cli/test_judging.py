"""`quality`: triggers judged, and the curve over a threshold."""

import json

import polars as pl
import pytest

from commands import SMALL, run_here

KEY = "facilities.backstop.system_key.entry.at_least"


def figures(ended):
    assert (ended.code, ended.err) == (0, "")
    return {(figure["arm"], figure["metric"]): figure for figure in json.loads(ended.out)["figures"]}


def test_without_a_sweep_the_figures_are_those_of_the_run(finished):
    found = figures(run_here("quality", SMALL, "--quiet", "--json"))
    summary = {row["metric"]: row for row in json.loads((finished[0] / "summary.json").read_bytes())
               if row["arm"] == "fund" and row["fund"] is None and row["statistic"] in ("ratio", "mean", "prob")}
    for (_, metric), figure in found.items():
        if metric != "hit_rate":
            assert [figure[name] for name in ("estimate", "lower", "upper")] == pytest.approx(
                [summary[metric][name] for name in ("estimate", "lower", "upper")])
    assert found["fund", "hit_rate"]["estimate"] == pytest.approx(1.0 - summary["missed_episodes"]["estimate"])
    assert ("fund", "injected_to_leavers_share") in found


def test_a_lower_threshold_hits_more_and_the_file_has_the_table(tmp_path):
    file = tmp_path / "q.parquet"
    arguments = ("quality", SMALL, "--sweep", f"{KEY}=0.05:0.3:3", "-o", file)
    found = figures(run_here(*arguments, "--json"))
    hits = [found[f"step-{n}", "hit_rate"]["estimate"] for n in (1, 2, 3)]
    assert hits == sorted(hits, reverse=True)
    assert hits[0] > hits[2]
    table = pl.read_parquet(file)
    assert table[KEY].unique().sort().to_list() == [0.05, 0.175, 0.3]
    assert table.height == len(found)
    printed = run_here(*arguments).out
    assert "area under the curve" in printed
    assert KEY in printed


def test_a_wrong_key_or_grid_is_refused_before_anything_runs():
    for sweep, word in ((f"{KEY}=0.1", "write KEY=LOW:HIGH:N"), ("facilities.backstp.x=0:1:2", "backstop")):
        ended = run_here("quality", SMALL, "--sweep", sweep)
        assert (ended.code, ended.out) == (2, "")
        assert word in ended.err


def test_hazard_answers_with_choices_prices_and_gaming_cases(tmp_path):
    file = tmp_path / "h.parquet"
    arguments = ("hazard", SMALL, "--multipliers", "0.5:1:2", "-o", file)
    ended = run_here(*arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert [(c["funds"], c["multiplier"], c["is_covered"]) for c in found["hazard"]["choices"]] == [
        ("equity", 0.5, False), ("equity", 0.5, True), ("equity", 1.0, False), ("equity", 1.0, True)]
    assert set(found["hazard"]["prices"]) == {"as they are", "best without cover", "best with cover"}
    assert [game["passes"] for game in found["gaming"]] == [game["earns"] is None or game["earns"] <= 0.0
                                                            for game in found["gaming"]]
    assert pl.read_parquet(file).height == 4
    printed = run_here(*arguments).out
    for word in ("our assumption", "fair premium", "related-party loss", "pass"):
        assert word in printed


def test_a_manager_who_cannot_pay_for_risk_is_not_asked_to_take_it():
    ended = run_here("hazard", SMALL, "--multipliers", "1:5:2", "--quiet", "--json")
    assert [c["multiplier"] for c in json.loads(ended.out)["hazard"]["choices"]][-1] == 1.052


def test_wrong_multipliers_are_refused():
    assert run_here("hazard", SMALL, "--multipliers", "1", "--quiet").code == 2
