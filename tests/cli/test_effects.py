"""An arm that changes funds and has a facility: its counterfactual through every command."""

import json

import polars as pl
import pytest

from commands import SMALL, run_here

ARMS = """
[[arms]]
name = "patient"
facilities = ["backstop"]
overrides = { "funds.equity.investors.all.notice_days" = 5 }
[[arms]]
name = "patient-again"
facilities = ["backstop"]
overrides = { "funds.equity.investors.all.notice_days" = 5, "pool.layers.first.size" = 2e8 }
[[arms]]
name = "crowded"
facilities = ["backstop"]
overrides = { "funds.equity.count" = 50 }
[[arms]]
name = "calm"
facilities = []
overrides = { "funds.equity.investors.all.bear_slope_per_day" = 0.1 }
"""
NAMES = ["none", "none_patient", "none_crowded", "fund", "patient", "patient-again", "crowded", "calm"]


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    file = tmp_path_factory.mktemp("effects") / "effects.toml"
    file.write_text(SMALL.read_text() + ARMS)
    return file


@pytest.fixture(scope="module")
def run(config):
    """The run's folder, and what it printed."""
    folder = config.parent / "run"
    ended = run_here("run", config, "-o", folder, "--full")
    assert ended.code == 0, ended.err
    return folder, ended.out


def test_the_run_knows_what_is_compared_with_what(run):
    manifest, resolved = (json.loads((run[0] / name).read_bytes()) for name in ("manifest.json", "resolved.json"))
    assert manifest["arms"] == resolved["names"]["arms"] == NAMES
    assert manifest["counterfactuals"] == resolved["counterfactuals"] == {
        "none": "none", "none_patient": "none_patient", "fund": "none", "patient": "none_patient",
        "patient-again": "none_patient", "calm": "calm", "none_crowded": "none_crowded", "crowded": "none_crowded"}


def test_funds_are_summed_with_the_number_that_their_own_arm_has_of_them(run):
    """All are eligible, so sums over funds are what the kernels added up path by path."""
    rows = pl.read_parquet(run[0] / "summary.parquet").filter(
        pl.col("fund").is_null(), pl.col("statistic") == "mean", pl.col("comparison") == "facility")
    found = {(arm, metric): value for arm, metric, value in rows.select("arm", "metric", "estimate").iter_rows()}
    for arm in ("fund", "patient", "crowded"):
        assert found[arm, "eligible_sales_averted"] == pytest.approx(found[arm, "sales_averted"], rel=1e-9)
        assert found[arm, "window_sales_averted"] == pytest.approx(found[arm, "all_window_sales_averted"], rel=1e-9)
    assert found["crowded", "sales_averted"] > 0.0


def test_tables_lead_with_the_facility_and_say_against_what(run):
    printed = run[1]
    for title in ("fund against none on the same shocks",
                  "patient against none_patient, patient without its facilities, on the same shocks",
                  "calm, a reform: against none on the same shocks"):
        assert title in printed
    of_calm = printed[printed.index("calm, a reform"):printed.index("Real facilities")]
    assert "What does the reform change?" in of_calm
    assert "pool" not in of_calm
    assert "injected" not in of_calm
    of_patient = printed[printed.index("patient against"):printed.index("patient-again against")]
    questions = ("What does the facility change?", "And the reform alone", "And both together", "Does it act?")
    places = [of_patient.index(question) for question in questions]
    assert places == sorted(places)
    assert "none_patient against" not in printed


def test_a_run_with_a_counterfactual_verifies_and_differs_from_one_without(run, config):
    assert run_here("verify", run[0], "--replays", "2", "--quiet").code == 0
    other = config.parent / "other"
    assert run_here("run", SMALL, "-o", other, "--quiet").code == 0
    found = json.loads(run_here("diff", other, run[0], "--json").out)
    assert {"counterfactuals.patient", "names.arms[1]"} <= {change["key"] for change in found["terms"]}


def test_a_trace_has_every_arm_in_order_and_a_plan_counts_them(run, config):
    file = config.parent / "trace.parquet"
    assert run_here("trace", run[0], "--path", "3", "-o", file, "--quiet").code == 0
    assert pl.read_parquet(file)["arm"].drop_nulls().unique(maintain_order=True).to_list() == NAMES
    assert json.loads(run_here("run", config, "--dry-run", "--json", "--quiet").out)["n_arms"] == len(NAMES)


def test_arms_of_funds_as_they_are_come_to_the_same_with_and_without_other_counterfactuals(run, config):
    """The same bits of none and of arm fund as in a run that has these arms alone."""
    tables = [pl.read_parquet(config.parent / folder / "paths" / "*.parquet").sort("arm", "path")
              .filter(pl.col("arm").is_in(["none", "fund"])) for folder in ("run", "other")]
    assert tables[0].equals(tables[1])


def test_a_name_of_a_counterfactual_is_refused_where_it_stands(config):
    text = config.read_text().replace('name = "calm"', 'name = "none_patient"')
    wrong = config.with_name("wrong.toml")
    wrong.write_text(text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row == 'name = "none_patient"')
    ended = run_here("check", wrong)
    assert ended.code == 2
    assert ended.err.startswith(f"{wrong}:{line}: ")
    assert "write another name" in ended.err
