"""Every metric of the summary once more, in plain polars, from what its meaning says and not from its code.

The tables are drawn at random, so that every column matters and no two arms are alike.
"""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from backstop.answers.accounts import CUTS, metrics_of
from backstop.answers.summary import summarise
from backstop.outcomes import FUND_OUTCOMES, path_columns

N = 300
ARMS, FUNDS, LAYERS = ["none", "none_slow", "fund", "slow"], ["insurers", "funds"], ["first", "second"]
COUNTERFACTUAL = {"none": "none", "none_slow": "none_slow", "fund": "none", "slow": "none_slow"}
COUNT, NAV, POOL, YEARS = {"insurers": 3.0, "funds": 10.0}, {"insurers": 1e3, "funds": 4e2}, 250.0, 1.5
ELIGIBLE = "insurers"
WITHOUT_WINDOW = np.random.default_rng(17).random(N) < 0.3
"""Paths without a window of stress, in all arms."""


def drawn(rng, outcome):
    """Values of one column of one arm: many zeros, as outcomes have, and nulls where they may be null."""
    if outcome.unit == "bool":
        return (rng.random(N) < 0.3).astype(float)
    x = np.where(rng.random(N) < 0.4, 0.0, np.ceil(100.0 * rng.random(N)))
    if "null" not in outcome.meaning:
        return x
    return np.where(WITHOUT_WINDOW if "window" in outcome.name else rng.random(N) < 0.3, np.nan, x)


def table(rng, keys, outcomes):
    frames = [pl.DataFrame({"path": np.arange(N)} | {name: [value] * N for name, value in key.items()}
                           | {name: drawn(rng, outcome) for name, outcome in outcomes}) for key in keys]
    return pl.concat(frames).fill_nan(None)


@pytest.fixture(scope="module")
def run():
    rng = np.random.default_rng(16)
    paths = table(rng, [{"arm": arm} for arm in ARMS], path_columns(LAYERS, ["index"]))
    funds = table(rng, [{"arm": arm, "fund": fund} for arm in ARMS for fund in FUNDS],
                  [(outcome.name, outcome) for outcome in FUND_OUTCOMES])
    return SimpleNamespace(paths=paths, funds=funds)


@pytest.fixture(scope="module")
def summary(run):
    def of(frame, name, *shape):
        return frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(*shape, N)

    parts = SimpleNamespace(
        arms=ARMS, funds=FUNDS, layers=LAYERS, resolved={"names": {"layers": LAYERS, "assets": ["index"]}}, n_paths=N,
        counterfactuals=[ARMS.index(COUNTERFACTUAL[arm]) for arm in ARMS], pool_sizes=[0.0, 0.0, POOL, POOL],
        years=YEARS,
        eligible=[np.array([fund == ELIGIBLE and arm in ("fund", "slow") for fund in FUNDS]) for arm in ARMS],
        counts=np.array([[COUNT[fund] for fund in FUNDS]] * len(ARMS)),
        opening_assets=np.array([[COUNT[fund] * NAV[fund] for fund in FUNDS]] * len(ARMS)),
        weight=np.ones(N), group=None, pieces=lambda arms, paths, funds: [SimpleNamespace(
            n_paths=N, path=lambda name, arm: of(run.paths, name, len(ARMS))[arm],
            fund=lambda name, arm: of(run.funds, name, len(ARMS), len(FUNDS))[arm])])
    return pl.DataFrame([row._asdict() for row in summarise(parts)], infer_schema_length=None)


def of_paths(run, arm, against):
    """A row a path: the arm's columns, and with ``_c`` those of what it is compared with."""
    return (run.paths.filter(pl.col("arm") == arm)
            .join(run.paths.filter(pl.col("arm") == against), on="path", suffix="_c").sort("path"))


def of_funds(run, arm, against):
    """A row a path and fund, with `count` funds and their `assets` at the opening."""
    known = pl.DataFrame({"fund": FUNDS, "count": [COUNT[fund] for fund in FUNDS],
                          "assets": [COUNT[fund] * NAV[fund] for fund in FUNDS]})
    return (run.funds.filter(pl.col("arm") == arm).join(known, on="fund")
            .join(run.funds.filter(pl.col("arm") == against), on=["path", "fund"], suffix="_c"))


def per_path(frame, value):
    """Sum over funds, times count, of the paths that have it."""
    known = frame.filter(value.is_not_null())
    return known.group_by("path").agg((value * pl.col("count")).sum().alias("x")).sort("path")["x"]


def over_assets(frame, value):
    total = sum(COUNT[fund] * NAV[fund] for fund in FUNDS)
    known = frame.filter(value.is_not_null())
    return known.group_by("path").agg((value * pl.col("assets")).sum().alias("x")).sort("path")["x"] / total


def averted(name):
    return pl.col(f"{name}_c") - pl.col(name)


LOST = pl.col("loss") + pl.col("compensation_net")
RELIEF = averted("forced_sales") - (pl.col("sales_postponed") - pl.col("sales_postponed_c"))
TO_FAILED = pl.when(pl.col("failed") > 0).then(pl.col("injected")).otherwise(pl.col("injected_below_floor"))
WAS_HARMED = (pl.col("distress_days_c") > 0) | (pl.col("failed_c") > 0)
TO_UNHARMED = pl.when(WAS_HARMED).then(0.0).otherwise(pl.col("injected"))
IS_ON = pl.col("days_active") > 0
OF_ELIGIBLE, OF_OTHERS = pl.col("fund") == ELIGIBLE, pl.col("fund") != ELIGIBLE

OF_POOL = ("gain_pool_first", "gain_pool_second", "gain_owners", "gain_taxpayer")
POOL_GAIN, POOL_GAIN_C = (sum((pl.col(name + end) for name in OF_POOL), pl.lit(0.0)) for end in ("", "_c"))
FUNDING = pl.col("funding_cost_first") + pl.col("funding_cost_second")
ALL_CUTS = sum((pl.col(f"cut_{name}") for name in CUTS), pl.lit(0.0))

VALUES = {
    **{f"{who}_gain": -averted(f"gain_{who}") for who in ("investors", "lenders", "banks", "market")},
    "pool_gain": POOL_GAIN - POOL_GAIN_C,
    "cost_a_year": (FUNDING - POOL_GAIN + pl.col("unrecovered_end")) / YEARS,
    "cost_a_year_taxpayer": -pl.col("gain_taxpayer") / YEARS, "income_a_year": pl.col("gain_owners") / YEARS,
    **{f"cost_a_year_{layer}": (pl.col(f"funding_cost_{layer}") - pl.col(f"gain_pool_{layer}")) / YEARS
       for layer in LAYERS},
    "activated": IS_ON, "dry": pl.col("first_dry_day").is_not_null(),
    "has_loss": (pl.col("loss") > 0) | (pl.col("compensation_paid") > 0), "cost": LOST + pl.col("marked_loss_end"),
    "made_good": LOST - pl.col("loss_first") - pl.col("loss_second") - pl.col("loss_taxpayer"),
    "utilisation": pl.col("pool_peak_use") / POOL, "sales_averted": averted("forced_sales"), "relief": RELIEF,
    "relief_negative": RELIEF < 0, "technology_saved": pl.col("technology_kept") - pl.col("technology_kept_c"),
    "system_losses_averted": averted("system_losses"),
    "all_window_sales_averted": averted("forced_sales_in_window"),
    "fire_sale_cost_averted": averted("fire_sale_cost"),
    "window_fire_sale_cost_averted": averted("fire_sale_cost_in_window"),
    "technology_saved_window_end": pl.col("technology_kept_window_end") - pl.col("technology_kept_window_end_c"),
    "technology_saved_after_window": pl.col("technology_kept_after_window") - pl.col("technology_kept_after_window_c"),
    "breach_to_cash": pl.col("first_cash_day") - pl.col("first_breach_day"),
    "trough_to_cash": pl.col("first_cash_day") - pl.col("trough_day"),
}
"""Of a path."""
WHERE_ON = {"injected_if_active": pl.col("injected"), "utilisation_if_active": pl.col("pool_peak_use") / POOL,
            "loss_if_active": pl.col("loss"), "relief_if_active": RELIEF}
SHARES = {"false_activations": ("n_false_activations", "n_activations"),
          **{f"cut_{name}_share": (f"cut_{name}", "need") for name in CUTS},
          "missed_episodes": ("n_missed_episodes", "n_episodes"), "false_alarm_days": ("false_days", "quiet_days")}
OVER_ASSETS = {"drawdown_averted": averted("max_drawdown"), "pressure_days_averted": averted("days_under_pressure"),
               "window_pressure_days_averted": averted("pressure_days_in_window"),
               "failures_averted": averted("failed")}
MONEY = {"injected_to_leavers": pl.col("injected_to_leavers"), "injected_to_failing": TO_FAILED,
         "injected_to_unharmed": TO_UNHARMED}
OF_WHOM = {"eligible_sales_averted": (OF_ELIGIBLE, "forced_sales"), "others_sales_averted": (OF_OTHERS, "forced_sales"),
           "window_sales_averted": (OF_ELIGIBLE, "forced_sales_in_window"),
           "others_window_sales_averted": (OF_OTHERS, "forced_sales_in_window")}
N_A, N_B = pl.col("nav_per_share_end"), pl.col("nav_per_share_end_c")
OF_FUNDS = {
    "stayers_gain": pl.col("shares_end_c") * (N_A - N_B),
    "leavers_gain": averted("subscribed") - averted("redemption_paid") - averted("shares_end") * N_A,
}
"""Of all funds."""
OUTSIDE, OUTSIDE_C = (pl.col(f"forced_sales{end}") - pl.col(f"forced_sales_in_window{end}") for end in ("", "_c"))
SUMS = {"most_avertable": pl.col("forced_sales_in_window_c"), "sold_later": OUTSIDE - OUTSIDE_C,
        "purchases_forgone": pl.col("bought_c") - pl.col("bought")}
"""Of eligible funds."""


def expected(run, metric, arm, against):
    """The figure, from its meaning."""
    paths, funds = of_paths(run, arm, against), of_funds(run, arm, against)
    name = metric.removesuffix("_share")
    if metric in VALUES:
        return paths.select(VALUES[metric].cast(pl.Float64)).to_series().mean()
    if metric in WHERE_ON:
        return paths.filter(IS_ON).select(WHERE_ON[metric]).to_series().mean()
    if metric in SHARES:
        part, whole = SHARES[metric]
        return paths[part].sum() / paths[whole].sum()
    if metric in OVER_ASSETS:
        return over_assets(funds, OVER_ASSETS[metric]).mean()
    if name in MONEY:
        money = per_path(funds, MONEY[name])
        return money.mean() if name == metric else money.sum() / paths["injected"].sum()
    if metric == "approved_share":
        return paths.select(pl.col("need") - ALL_CUTS).to_series().sum() / paths["need"].sum()
    if metric in OF_FUNDS:
        return per_path(funds, OF_FUNDS[metric]).mean()
    if metric in SUMS:
        return per_path(funds.filter(OF_ELIGIBLE), SUMS[metric]).mean()
    whom, column = OF_WHOM[name]
    of = funds.filter(whom)
    less = per_path(of, averted(column))
    return less.mean() if name == metric else less.sum() / per_path(of, pl.col(f"{column}_c")).sum()


@pytest.mark.parametrize("metric", metrics_of(LAYERS), ids=lambda metric: metric.name)
def test_a_metric_is_what_its_meaning_says(run, summary, metric):
    # a column of the tables may have the name of a metric; its rows have effects, those of such a metric none
    rows = summary.filter(pl.col("metric") == metric.name, pl.col("statistic").is_in(["mean", "prob", "ratio"]),
                          pl.col("comparison").is_not_null() == metric.compares, pl.col("arm") != "none")
    assert {"fund", "slow"} <= set(rows["arm"])
    arms = {"facility": lambda arm: (arm, COUNTERFACTUAL[arm]), "reform": lambda arm: (COUNTERFACTUAL[arm], "none"),
            "both": lambda arm: (arm, "none"), None: lambda arm: (arm, COUNTERFACTUAL[arm])}
    for row in rows.iter_rows(named=True):
        # a metric that is over the paths on which a key was on asks that of the arm of the row
        if row["comparison"] == "reform" and metric.only_active:
            continue
        arm, against = arms[row["comparison"]](row["arm"])
        assert row["estimate"] == pytest.approx(expected(run, metric.name, arm, against), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", [name for name, _ in path_columns(LAYERS, ["index"])])
def test_a_column_has_its_mean_or_probability_and_its_effect(run, summary, name):
    is_average = pl.col("statistic").is_in(["mean", "prob"]) & pl.col("effect").is_not_null()
    rows = summary.filter(pl.col("metric") == name, is_average, pl.col("arm") == "slow")
    assert set(rows["comparison"]) == {"facility", "reform", "both"}
    pairs = {"facility": ("slow", "none_slow"), "reform": ("none_slow", "none"), "both": ("slow", "none")}
    for row in rows.iter_rows(named=True):
        own = run.paths.filter(pl.col("arm") == "slow")[name]
        assert row["estimate"] == pytest.approx(own.mean())
        assert row["n_paths"] == own.count()
        effect = -of_paths(run, *pairs[row["comparison"]]).select(averted(name)).to_series().mean()
        assert row["effect"] == pytest.approx(effect, rel=1e-9, abs=1e-12)


def test_no_metric_bears_the_name_of_a_column():
    assert not {metric.name for metric in metrics_of(LAYERS)} & {name for name, _ in path_columns(LAYERS, ["index"])}
