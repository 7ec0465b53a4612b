"""Real facilities in the place of the example's own: docs/facilities.md."""

from backstop.answers.designs import FIGURES
from backstop.report.amounts import interval, shown
from docs.figures.pages import table
from docs.figures.workshop import Found, Workshop

REAL = {
    "boe-cnrf-2025": "never activated", "boe-gilts-2022": "30 % of 65bn [H]",
    "boj-etf-2026": "37.2tn at book [H]", "china-proposed": "a proposal",
    "china-securities-finance-2015": "some 1.2tn bought [L]", "fed-mmlf-2020": "$53.8bn at the peak [H]",
    "fed-pdcf-2020": "$35.6bn at the peak [H]", "fed-smccf-2020": "5.6 % of 250bn [H]",
    "huijin-2025": "1.53tn held in September 2025 [M]", "india-cdmdf-2023": "never used",
    "korea-funds-2020": "stock fund unused [H]",
    "pboc-nonbank-2026": "announced", "pboc-sfisf-2024": "21 % of 500bn [H]",
    "risk-sharing-2025": "670bn of bonds [M]", "rbi-slf-mf-2020": "4 % of 50,000cr [H]",
    "shanghai-angel-2016": "gamed within days [H]",
    "taiwan-nfsf-2025": "2.5 % of 500bn [H]; 10.9 % in 2022", "thailand-bsf-2020": "unused [H]",
}
"""What the real one saw, with the confidence of facilities.md."""
HEADS = {
    "activated": "acts", "window_sales_averted_share": "averted in windows", "relief": "relief",
    "relief_negative": "P(relief < 0)", "drawdown_averted": "drawdown averted",
    "system_losses_averted": "sale losses averted", "cost_a_year": "cost a year", "pool_peak_use": "peak use",
    "utilisation_if_active": "of pool", "dry": "dry",
}
WITH_ENDS = {"relief", "window_sales_averted_share"}


def designs(shop: Workshop, scenario: str) -> str:
    """Each real facility in a replayed crash."""
    told = shop.told(f"backstop designs configs/ashare.toml --paths 4000 --scenario {scenario}")["figures"]
    found: dict[str, dict[str, str]] = {}
    for row in told:
        found.setdefault(row["design"], {})[row["metric"]] = _cell(row)
    metrics = [metric for metric, _ in FIGURES]
    rows = [(name, *(cells.get(metric, "-") for metric in metrics), REAL.get(name, ""))
            for name, cells in found.items()]
    return table(("design", *(HEADS[metric] for metric in metrics), "the real one"), rows)


def _cell(row: dict) -> str:
    value = shown(row["estimate"], row["unit"])
    ends = interval(row["lower"], row["upper"], row["unit"]) if row["metric"] in WITH_ENDS else ""
    return str(Found(value, ends))
