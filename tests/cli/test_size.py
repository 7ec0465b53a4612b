"""`size`: the curve, its files, what hangs on the size, and that an actual pool runs dry just where it says."""

import json

import polars as pl
import pytest

from commands import SMALL, run_here


def answer(*arguments):
    ended = run_here("size", *arguments, "--quiet", "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture(scope="module")
def free():
    return answer(SMALL, "--target", "0.1")


def share_dry(size, folder):
    """Of a run with the pool of that size, by the run's own column."""
    first = round(size / 11.0)
    ended = run_here("run", SMALL, "--quiet", "--json", "--set", f"pool.layers.first.size={first!r}", "--set",
                     f"pool.layers.last.size={size - first!r}", "-o", folder)
    assert ended.code == 0, ended.err
    rows = json.loads(ended.out)["summary"]
    return next(row["estimate"] for row in rows if row["arm"] == "fund" and row["metric"] == "dry")


def test_a_run_with_the_pool_asked_for_is_dry_as_often_as_the_curve_says(free, tmp_path):
    over_all = free["curves"][1]
    assert over_all["given"] == "all"
    point = next(point for point in over_all["points"] if point["size"] == over_all["size"])
    assert share_dry(over_all["size"], tmp_path / "run") == pytest.approx(point["p"])
    assert point["p"] <= 0.1 < point["upper"]
    assert free["n_checked"] == 4 * free["n_paths"]


def test_the_curve_given_a_crisis_comes_first_and_asks_for_more(free):
    given, over_all = free["curves"]
    assert (given["given"], over_all["given"]) == ("crisis", "all")
    assert given["n_paths"] <= over_all["n_paths"] == 64
    assert given["size"] >= over_all["size"]
    assert free["advised"] == given["size"]
    assert free["hanging"] == []


def test_terms_that_hang_on_the_size_are_named_and_sizes_run():
    found = answer(SMALL, "--target", "0.1", "--set", "pool.idle_yield_ann_frac=0.05")
    assert [term["key"] for term in found["hanging"]] == ["pool.idle_yield_ann_frac"]
    assert found["n_checked"] == 0
    assert 11 <= len(found["curves"][0]["points"]) <= 44
    # five per cent a year on forty days change little
    assert found["advised"] == pytest.approx(answer(SMALL, "--target", "0.1")["advised"], rel=0.1)


def test_the_files_have_the_curves_and_the_worst_near_by(tmp_path):
    found = answer(SMALL, "--target", "0.1", "-o", tmp_path)
    table = pl.read_parquet(tmp_path / "size.parquet")
    assert table.height == sum(len(curve["points"]) for curve in found["curves"])
    assert (table["worst_0.01"] >= table["upper"] - 1e-12).all()
    assert json.loads((tmp_path / "size.json").read_bytes()) == found


def test_years_are_run_with_all_that_the_pool_has():
    found = answer(SMALL, "--years", "2", "--set", "pool.idle_yield_ann_frac=0.02")
    assert found["n_days"] == 504
    ruin = [(row["year"], row["estimate"]["value"]) for row in found["ruin"] if row["size"] == found["size"]]
    assert [year for year, _ in ruin] == [1, 2]
    assert ruin[0][1] <= ruin[1][1]


def test_the_screen_leads_with_the_size_and_says_what_it_rests_on():
    printed = run_here("size", SMALL, "--target", "0.1").out
    for words in ("given a crisis, to run dry on 10.0 % of paths", "over all paths", "nats", "one more unit of pool",
                  "scales all layers", "no term hangs on the size"):
        assert words in printed


@pytest.mark.parametrize(("options", "words"), [
    (("--target", "1"), "--target 1"), (("--arm", "nobody"), "nobody"), (("--years", "0"), "years"),
    (("--set", "arms.fund.facilities=[]"), "no facility"),
])
def test_what_makes_no_sense_is_refused(options, words):
    ended = run_here("size", SMALL, *options, "--quiet")
    assert ended.code == 2
    assert words in ended.err


def test_a_run_is_sized_as_it_was_made_and_has_the_days_it_has(finished):
    assert answer(finished[0], "--target", "0.1")["advised"] == answer(SMALL, "--target", "0.1")["advised"]
    assert run_here("size", finished[0], "--years", "2", "--quiet").code == 2


def test_a_goal_stops_at_the_first_look_that_knows_enough_and_answers_as_so_many_paths_do():
    ended = run_here("size", SMALL, "--target", "0.1", "--paths", "30000", "--target-error", "size=0.1", "--quiet",
                     "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    n_paths = found["n_paths"]
    assert n_paths < 30000
    assert f"stopped at look {len(found['precision']['looks'])} after {n_paths:,} of 30,000 paths" in ended.err
    plain = answer(SMALL, "--target", "0.1", "--paths", str(n_paths))
    del found["precision"], found["question"], plain["precision"], plain["question"]
    assert found == plain


@pytest.mark.parametrize(("options", "words"), [
    (("--target-error", "siz=0.1"), "size_over_all"),
    (("--target-error", "size=0.1", "--set", "pool.idle_yield_ann_frac=0.02"), "pool.idle_yield_ann_frac hangs on"),
])
def test_goals_that_cannot_be_kept_are_refused(options, words):
    ended = run_here("size", SMALL, *options, "--quiet")
    assert ended.code == 2
    assert words in ended.err


def test_what_a_pool_costs_a_year_is_what_a_run_with_it_says(finished):
    rate = ("--set", "pool.layers.last.funding_rate_ann_frac=0.03")
    found = answer(SMALL, "--target", "0.1", *rate)["costs"][0]
    summary = json.loads(run_here("run", SMALL, "--quiet", "--json", *rate, "-o", finished[0].parent / "costs").out)
    rows = {row["metric"]: row["estimate"] for row in summary["summary"]
            if row["arm"] == "fund" and row["statistic"] == "mean" and row["fund"] is None}
    assert found["total"]["value"] == pytest.approx(rows["cost_a_year"])
    assert [layer["carry_a_year"]["value"] for layer in found["layers"]] == pytest.approx(
        [rows[f"funding_cost_{layer}"] * 252 / 40 for layer in ("first", "last")])
