import json
import math
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from scipy import stats
from scipy.optimize import brentq

from backstop.answers import summary as summary_rows
from backstop.answers.stress import complete, read_fund_rows
from backstop.errors import RunIncomplete
from backstop.runs.parts import Parts
from backstop.runs.request import RunRequest
from backstop.runs.store import simulated_run
from backstop.runs.tiles import Layout
from toy_run import ToyMarket, toy_arm, toy_terms

LAYOUT = Layout(lanes=40, block_paths=120, days_per_call=60)
NAMES = ("none", "none_slow", "fund", "empty", "slow", "reform")


def toy():
    """Arm slow has investors who answer losses half as much, and a facility for some; arm reform longer notice."""
    terms = toy_terms(60)
    none, fund = terms.arms
    narrow = fund._replace(facilities=fund.facilities._replace(is_eligible=np.array([[0.0, 1.0]])))
    arms = (none, slowly(none), fund, toy_arm(1, pool=(0.0, 0.0)), slowly(narrow), with_notice(none))
    # a fall of 6 % in two days is a breach, so that some paths have windows of stress and some have none
    arms = tuple(arm._replace(judging=arm.judging._replace(window_drawdown=0.06)) for arm in arms)
    without = ((), (), *[("backstop",)] * 3, ())
    return terms._replace(arms=arms, names=terms.names._replace(arms=NAMES, facilities=without),
                          counterfactuals=(0, 1, 0, 0, 1, 5))


def slowly(arm):
    return arm._replace(investors=arm.investors._replace(bear_slope=arm.investors.bear_slope / 2.0))


def with_notice(arm):
    return arm._replace(investors=arm.investors._replace(notice_days=arm.investors.notice_days + 1))


TERMS = toy()


def stored(folder, threads=1):
    request = RunRequest(TERMS, seed=3, n_paths=400, market=ToyMarket())
    with simulated_run(request, folder, threads, layout=LAYOUT) as run:
        complete(run)
    return run.directory


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="module")
def summary(directory):
    return pl.read_parquet(directory.summary)


@pytest.fixture(scope="module")
def paths(directory):
    """Columns of the path table by arm."""
    table = pl.read_parquet(directory.folder / "paths" / "*.parquet").sort("path")
    return {arm: table.filter(pl.col("arm") == arm) for arm in TERMS.names.arms}


@pytest.fixture(scope="module")
def funds(directory):
    table = pl.read_parquet(directory.folder / "funds" / "*.parquet").sort("path")
    return {key: table.filter(pl.col("arm") == key[0], pl.col("fund") == key[1])
            for key in [(arm, fund) for arm in TERMS.names.arms for fund in TERMS.names.funds]}


def row(summary, arm, metric, statistic, fund=None, comparison=None):
    found = summary.filter(pl.col("arm") == arm, pl.col("metric") == metric, pl.col("statistic") == statistic,
                           pl.col("fund").is_null() if fund is None else pl.col("fund") == fund,
                           True if comparison is None else pl.col("comparison") == comparison)
    assert len(found) == 1
    return found.row(0, named=True)


def interval_of_mean(x):
    """Where Hall's polynomial of the studentised mean is at the normal points, within the range of the values."""
    error, k = x.std(ddof=1) / math.sqrt(len(x)), stats.skew(x) / math.sqrt(len(x))
    ends = [x.mean() - error * brentq(lambda t, z=z: t + k * t**2 / 3.0 + k**2 * t**3 / 27.0 + k / 6.0 - z, -99.0, 99.0)
            for z in (1.959964, -1.959964)]
    return np.clip(ends, x.min(), x.max()).tolist()


def test_a_mean_and_its_paired_difference(summary, paths):
    sales, none = paths["fund"]["forced_sales"].to_numpy(), paths["none"]["forced_sales"].to_numpy()
    found = row(summary, "fund", "forced_sales", "mean")
    assert found["estimate"] == pytest.approx(sales.mean())
    assert [found["lower"], found["upper"]] == pytest.approx(interval_of_mean(sales))
    assert (found["against"], found["comparison"]) == ("none", "facility")
    assert found["effect"] == pytest.approx((sales - none).mean())
    assert [found["effect_lower"], found["effect_upper"]] == pytest.approx(interval_of_mean(sales - none))


def test_arm_none_has_no_difference_to_itself(summary):
    none = summary.filter(pl.col("arm") == "none")
    assert none["effect"].null_count() == none["comparison"].null_count() == len(none)


def test_relief_is_averted_less_postponed_and_its_sign_is_shown(summary, paths):
    fund, none = paths["fund"], paths["none"]
    averted = (none["forced_sales"] - fund["forced_sales"]).to_numpy()
    relief = averted - (fund["sales_postponed"] - none["sales_postponed"]).to_numpy()
    assert row(summary, "fund", "sales_averted", "mean")["estimate"] == pytest.approx(averted.mean())
    assert row(summary, "fund", "relief", "mean")["estimate"] == pytest.approx(relief.mean())
    assert row(summary, "fund", "relief_negative", "prob")["estimate"] == pytest.approx((relief < 0.0).mean())
    assert 0.0 < (relief < 0.0).mean() < 1.0


def test_events_are_shares_of_paths(summary, paths):
    fund = paths["fund"]
    assert row(summary, "fund", "activated", "prob")["estimate"] == pytest.approx((fund["days_active"] > 0).mean())
    dry = fund["first_dry_day"].is_not_null().mean()
    assert row(summary, "fund", "dry", "prob")["estimate"] == pytest.approx(dry)
    assert row(summary, "fund", "has_loss", "prob")["estimate"] == pytest.approx((fund["loss"] > 0).mean())


def test_what_is_averted_over_funds_is_weighted_by_assets(summary, funds):
    averted = {fund: (funds["none", fund]["max_drawdown"] - funds["fund", fund]["max_drawdown"]).to_numpy()
               for fund in TERMS.names.funds}
    # three funds of 1e9 and ten of 4e8
    expected = (3e9 * averted["insurers"] + 4e9 * averted["funds"]).mean() / 7e9
    assert row(summary, "fund", "drawdown_averted", "mean")["estimate"] == pytest.approx(expected)


def test_conditional_metrics_are_over_paths_with_an_active_key(summary, paths):
    active = paths["fund"].filter(pl.col("days_active") > 0)
    found = row(summary, "fund", "injected_if_active", "mean")
    assert found["estimate"] == pytest.approx(active["injected"].mean())
    assert found["n_paths"] == len(active) < 400
    assert row(summary, "fund", "injected", "mean")["n_paths"] == 400


def test_use_of_the_pool_is_a_share_of_its_size(summary, paths):
    size = 1.51e8 * 0.01
    assert row(summary, "fund", "utilisation", "mean")["estimate"] == pytest.approx(
        paths["fund"]["pool_peak_use"].mean() / size)


def test_an_empty_pool_has_no_utilisation_and_changes_nothing(summary):
    empty = summary.filter(pl.col("arm") == "empty", pl.col("fund").is_null())
    assert "utilisation" not in set(empty["metric"])
    for metric in ("forced_sales", "market_trough_index"):
        assert row(summary, "empty", metric, "mean")["effect"] == 0.0
    assert row(summary, "empty", "relief_negative", "prob")["estimate"] == 0.0


def test_funds_have_rows_of_their_own(summary, funds):
    found = row(summary, "fund", "nav_end", "mean", fund="insurers")
    assert found["estimate"] == pytest.approx(funds["fund", "insurers"]["nav_end"].mean())
    failed = row(summary, "fund", "failed", "prob", fund="funds")
    assert failed["estimate"] == pytest.approx(funds["fund", "funds"]["failed"].mean())


def test_the_tail_shown_is_the_bad_one(summary, paths):
    trough = np.sort(paths["none"]["market_trough_index"].to_numpy())
    assert row(summary, "none", "market_trough_index", "es05")["estimate"] == pytest.approx(trough[:20].mean())
    assert row(summary, "none", "market_trough_index", "p05")["estimate"] == trough[19]
    sales = np.sort(paths["none"]["forced_sales"].to_numpy())
    assert row(summary, "none", "forced_sales", "es95")["estimate"] == pytest.approx(sales[-20:].mean())


def test_the_three_effects_are_those_of_the_tables(directory, summary):
    """Once more from the parquet alone, by what the config says is compared with what."""
    table = pl.read_parquet(directory.folder / "paths" / "*.parquet")
    wide = table.pivot("arm", index="path", values="forced_sales")
    pairs = {"facility": ("slow", "none_slow"), "reform": ("none_slow", "none"), "both": ("slow", "none")}
    for comparison, (arm, against) in pairs.items():
        found = row(summary, "slow", "forced_sales", "mean", comparison=comparison)
        difference = wide[arm] - wide[against]
        assert difference.mean() != 0.0
        assert found["against"] == against
        assert [found[name] for name in ("effect", "effect_lower", "effect_upper")] == pytest.approx(
            [difference.mean(), *interval_of_mean(difference.to_numpy())])
        averted = row(summary, "slow", "sales_averted", "mean", comparison=comparison)
        assert averted["estimate"] == pytest.approx(-difference.mean())


def test_a_facility_and_a_reform_add_up_to_both(summary):
    means = summary.filter(pl.col("arm") == "slow", pl.col("statistic").is_in(["mean", "prob"]),
                           pl.col("n_paths") == 400, pl.col("metric") != "relief_negative",
                           pl.col("comparison").is_not_null())
    for value in ("effect", "estimate"):
        # a metric that is a difference has it as its estimate, a column as its effect
        of_value = means.filter(pl.col("effect").is_null() == (value == "estimate"))
        wide = of_value.pivot("comparison", index=["fund", "metric", "statistic"], values=value)
        assert len(wide) > 3
        added = (wide["facility"] + wide["reform"]).to_numpy()
        assert added == pytest.approx(wide["both"].to_numpy(), rel=1e-9, abs=1e-6)


def of_all(funds, arm, column, names):
    """Path by path, the sum over these cohorts, times their funds; NaN where there is none."""
    counts = {"insurers": 3.0, "funds": 10.0}
    return sum(counts[name] * funds[arm, name][column].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names)


def test_what_is_averted_in_windows_is_told_of_eligible_funds_and_of_others(summary, funds):
    """The facility of arm slow admits the second cohort alone."""
    for whom, metric in (("funds", "window_sales_averted"), ("insurers", "others_window_sales_averted")):
        without, own = (of_all(funds, arm, "forced_sales_in_window", [whom]) for arm in ("none_slow", "slow"))
        has = ~np.isnan(without)
        assert 0 < has.sum() < 400
        averted = (without - own)[has]
        found = row(summary, "slow", metric, "mean", comparison="facility")
        assert (found["estimate"], found["n_paths"]) == (pytest.approx(averted.mean()), has.sum())
        share = row(summary, "slow", f"{metric}_share", "ratio", comparison="facility")["estimate"]
        assert share == pytest.approx(averted.sum() / without[has].sum())
    over_run, in_windows = ([of_all(funds, arm, column, ["funds"]) for arm in ("slow", "none_slow")]
                            for column in ("forced_sales", "forced_sales_in_window"))
    own, without = (sold - inside for sold, inside in zip(over_run, in_windows, strict=True))
    assert row(summary, "slow", "sold_later", "mean", comparison="facility")["estimate"] == pytest.approx(
        np.nanmean(own - without))
    assert row(summary, "slow", "most_avertable", "mean")["estimate"] == pytest.approx(
        np.nanmean(of_all(funds, "none_slow", "forced_sales_in_window", ["funds"])))


def test_funds_that_are_not_eligible_are_told_apart_where_there_are_any(summary):
    metrics = {arm: set(summary.filter(pl.col("arm") == arm)["metric"]) for arm in NAMES}
    assert "others_sales_averted" in metrics["slow"]
    assert "others_sales_averted" not in metrics["fund"] | metrics["reform"]
    assert "eligible_sales_averted" in metrics["fund"] - metrics["reform"]


def test_an_arm_without_facilities_is_a_reform_and_has_no_figures_of_a_pool(summary):
    reform = summary.filter(pl.col("arm") == "reform")
    assert set(reform["comparison"]) == {"reform"}
    assert set(reform["against"]) == {"none"}
    metrics = set(reform["metric"])
    assert "sales_averted" in metrics
    assert not metrics & {"activated", "dry", "cost", "utilisation", "injected_if_active", "false_activations"}


def test_funds_as_they_are_have_one_comparison(summary):
    assert set(summary.filter(pl.col("arm") == "fund")["comparison"]) == {"facility", None}


def test_triggers_are_judged_on_the_counterfactual(paths):
    for arm, without in (("fund", "none"), ("slow", "none_slow")):
        for name in ("n_episodes", "quiet_days"):
            assert paths[arm][name].equals(paths[without][name])
    assert not paths["none"]["n_episodes"].equals(paths["none_slow"]["n_episodes"])
    assert not paths["none"]["n_episodes"].equals(paths["reform"]["n_episodes"])


def test_what_is_lost_is_made_good_or_borne(summary, paths):
    fund = paths["fund"]
    borne = fund["loss_first"] + fund["loss_second"] + fund["loss_taxpayer"]
    lost = fund["loss"] + fund["compensation_net"]
    assert row(summary, "fund", "made_good", "mean")["estimate"] == pytest.approx((lost - borne).mean())
    assert row(summary, "fund", "cost", "mean")["estimate"] == pytest.approx((lost + fund["marked_loss_end"]).mean())


def test_json_says_the_same_as_parquet_of_all_but_funds(directory, summary):
    rows = json.loads(directory.summary_json.read_bytes())
    of_none = summary.filter(pl.col("fund").is_null())
    assert pl.DataFrame(rows, schema=summary.schema, infer_schema_length=None).equals(of_none)


def test_rows_of_funds_are_read_from_the_parquet_file(directory, summary):
    of_funds = summary.filter(pl.col("fund").is_not_null())
    assert [row._asdict() for row in read_fund_rows(directory.folder)] == of_funds.to_dicts()
    means = read_fund_rows(directory.folder, "injected", "mean")
    assert [row._asdict() for row in means] == of_funds.filter(metric="injected", statistic="mean").to_dicts()
    assert len(means) > 1


def test_a_summary_that_is_torn_has_no_rows_of_funds(directory, tmp_path):
    torn = tmp_path / "summary.parquet"
    torn.write_bytes(directory.summary.read_bytes()[:-100])
    with pytest.raises(RunIncomplete, match=r"summary\.parquet: damaged or missing"):
        read_fund_rows(tmp_path)


def test_summaries_of_equal_runs_are_the_same_bytes(directory, tmp_path):
    other = stored(tmp_path / "run", threads=2)
    for name in ("summary.parquet", "summary.json", "daily.parquet"):
        assert (other.folder / name).read_bytes() == (directory.folder / name).read_bytes()
    assert other.read_manifest()["files"] == directory.read_manifest()["files"]


def test_slabs_of_funds_change_nothing(directory, summary, monkeypatch):
    from backstop.answers import views
    from backstop.answers.summary import summarise, summarise_funds

    monkeypatch.setattr(views, "SLAB_BYTES", 1)
    parts = Parts(directory)
    rows = [found._asdict() for piece in (summarise(parts), *summarise_funds(parts)) for found in piece]
    assert pl.DataFrame(rows, schema=summary.schema, infer_schema_length=None).equals(summary)


@pytest.mark.parametrize(("n_draws", "is_few"), [(10, True), (40, False)])
def test_a_share_of_sums_says_that_it_rests_on_few_draws_of_parameters(n_draws, is_few):
    n = 400
    view = SimpleNamespace(weight=np.ones(n), group=np.arange(n) // (n // n_draws))
    of = np.ones(n)
    x = np.random.default_rng(3).random(n)
    subject = summary_rows._Subject("pool", None, "use", "frac", "high")
    (row,) = summary_rows._ratio_rows(subject, x, of, summary_rows._NO_EFFECT, view)
    assert (f"few: {n_draws} draws of parameters" in (row.note or "")) == is_few
