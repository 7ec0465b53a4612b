"""What the example finds: docs/ashare.md."""

import backstop
from docs.figures.pages import table
from docs.figures.workshop import Workshop

CRASH = "--set scenario.preset=crash-2015"
MODELS = "--models egarch,garch,gjr,tarch,fhs"
LINES = {
    "probability of activation": ("activated", "prob"),
    "cash injected, mean": ("injected", "mean"),
    "cash injected, mean of the worst 5 %": ("injected", "es95"),
    "peak use of the pool of 150bn, where it acts": ("utilisation_if_active", "mean"),
    "peak use of the pool, 99th percentile where it acts": ("utilisation_if_active", "p99"),
    "forced sales of eligible funds averted in windows of stress": ("window_sales_averted", "mean"),
    "the same, share of all that could be averted": ("window_sales_averted_share", "ratio"),
    "technology saved from sale, at windows' end": ("technology_saved_window_end", "mean"),
    "purchases that eligible funds forgo over two years": ("purchases_forgone", "mean"),
    "days of pressure averted in windows": ("window_pressure_days_averted", "mean"),
    "relief over two years (averted less postponed)": ("relief", "mean"),
    "probability that relief is negative": ("relief_negative", "prob"),
    "failures averted, share of assets": ("failures_averted", "mean"),
    "false activations, share of all": ("false_activations", "ratio"),
    "need that the cap of a fund cuts, share of it": ("cut_fund_cap_share", "ratio"),
    "what the pool costs a year": ("cost_a_year", "mean"),
    "days from the breach to cash": ("breach_to_cash", "mean"),
    "days from the trough to cash": ("trough_to_cash", "mean"),
}
MARGIN = {
    "what sales took off the index at the worst, arm `none`": ("none", "worst_dislocation_csi300", "mean"),
    "off technology": ("none", "worst_dislocation_technology", "mean"),
    "fire-sale cost of all funds, arm `none`": ("none", "fire_sale_cost", "mean"),
    "forced sales in windows, all funds": ("none", "forced_sales_in_window", "mean"),
    "averted in windows, eligible funds": ("fund", "window_sales_averted", "mean"),
    "fire-sale cost that the facility averts": ("fund", "fire_sale_cost_averted", "mean"),
}
"""Arm, metric, statistic."""
REBUYS = {
    "forced sales of eligible funds averted over the run": ("eligible_sales_averted", "mean"),
    "purchases that they forgo": ("purchases_forgone", "mean"),
    "technology saved from sale, at windows' end": ("technology_saved_window_end", "mean"),
    "the same, at the horizon": ("technology_saved", "mean"),
}
DAYS = (60, 120, 252, 504, 756)


def main(shop: Workshop) -> str:
    """The figures of the example: base market, replayed crash, range over models."""
    base, crash, models = shop.run(""), shop.run(CRASH), shop.run(MODELS)
    rows = [(label, str(base.found(*key)), str(crash.found(*key)), models.models(*key)) for label, key in LINES.items()]
    return table(("", "base", "`crash-2015`", "base, range over five models"), rows)


def crash_models(shop: Workshop) -> str:
    """The range over models where the returns of the window are given."""
    run = shop.run(f"{CRASH} {MODELS}")
    labels = ("cash injected, mean", "forced sales of eligible funds averted in windows of stress",
              "the same, share of all that could be averted")
    return table(("`crash-2015`", "five models in turn", "range"),
                 [(label, str(run.found(*LINES[label])), run.models(*LINES[label])) for label in labels])


def horizons(shop: Workshop, market: str) -> str:
    """Averted in windows and relief, by horizon and state of ordinary flows."""
    flows = {"shipped": "", "no ordinary flows": _flows(shop, "base_per_day_frac"),
             "no inflow": _flows(shop, "base_inflow_per_day_frac")}
    heads = tuple(head for flow in flows for head in (flow, "relief"))
    return table(("horizon", *heads), [(f"{days} days", *_cells(shop, market, days, list(flows.values())))
                                       for days in DAYS])


def _cells(shop: Workshop, market: str, days: int, flows: list[str]) -> tuple[str, ...]:
    runs = [shop.run(" ".join(filter(None, (market, f"--set run.days={days}", flow)))) for flow in flows]
    return tuple(cell for run in runs for cell in (
        f"{run.found('window_sales_averted', 'mean')}, {run.found('window_sales_averted_share', 'ratio').value}",
        str(run.found("relief", "mean"))))


def _flows(shop: Workshop, key: str) -> str:
    """Options that set a rate of all classes of investors to 0."""
    config = backstop.load_config(shop.path("configs/ashare.toml"))
    return " ".join(f"--set funds.{fund.name}.investors.{held.name}.{key}=0"
                    for fund in config.funds for held in fund.investors)


def rebuys(shop: Workshop) -> str:
    """The crash with managers who buy back what pressure took, and with managers who do not."""
    config = backstop.load_config(shop.path("configs/ashare.toml"))
    without = " ".join(f"--set funds.{fund.name}.evaluation.rebuys=false" for fund in config.funds)
    runs = [shop.run(options) for options in (CRASH, f"{CRASH} {without}")]
    rows = [(label, *(str(run.found(*key)) for run in runs)) for label, key in REBUYS.items()]
    return table(("`crash-2015`", "managers buy back (shipped)", "none does"), rows)


def margin(shop: Workshop) -> str:
    """The crash with margin finance and without it."""
    runs = [f"{CRASH} --paths 1000", f"{CRASH} --set scenario.others=[] --paths 1000"]
    found = {arm: [shop.run(options, arm) for options in runs] for arm in ("none", "fund")}
    rows = [(label, *(str(run.found(*key)) for run in found[arm])) for label, (arm, *key) in MARGIN.items()]
    return table(("", "with", "without"), rows)
