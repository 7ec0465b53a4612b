"""Whether pressure and the facility meet in five real falls, and what solvency would do: docs/behaviour.md."""

from bench.behaviour import Met, meetings
from docs.figures.ashare import CRASH
from docs.figures.pages import table
from docs.figures.workshop import Workshop

HEADS = ("window", "days", "key on, days", "cohort", "days under pressure", "injected", "of it under pressure",
         "technology sold for pressure, key on")


def windows(shop: Workshop) -> str:
    """A row a window and cohort that may claim; amounts in billions."""
    return table(HEADS, [_row(met) for met in meetings(())])


def _row(met: Met) -> tuple[str, ...]:
    amounts = (f"{value:.2f}" if value else "0" for value in (met.injected, met.to_pressed, met.sold_while_on))
    return (met.window, str(met.days), f"{met.days_on:.0f}", met.cohort, f"{met.pressure_days:.1f}", *amounts)


FACTORS = ("{ csi300 = { factor_frac = 0.30, held_factor_frac = 0.27, after_years = 3, most_years = 6, age_years = 1.0 "
           "}, technology = { factor_frac = 0.40, held_factor_frac = 0.36, after_years = 2, most_years = 4, "
           "age_years = 1.0 } }")
"""Of the NFRA, 5 December 2025."""
OTHER = 0.06
OWN_CAPITAL = {own: own / (OTHER + 0.30 * 0.25 + 0.40 * 0.10) for own in (0.30, 0.35, 0.45)}
"""Shares of NAV tried, and own over required capital at the opening: holdings are 25 % csi300 and 10 % technology."""
SOLVENCY_HEADS = ("own capital, share of NAV", "ratio at the opening", "sold for solvency", "for pressure",
                  "technology kept", "the same with the facility", "cash from it")


def solvency(shop: Workshop) -> str:
    """The insurers of the example under the solvency rule, by own capital; a fund of 10bn, the crash."""
    rows = [(_share(own), _share(ratio), *_insurer(shop, own)) for own, ratio in OWN_CAPITAL.items()]
    return table(SOLVENCY_HEADS, [("as shipped", "no rule", *_insurer(shop)), *rows])


def _share(value: float) -> str:
    return f"{100.0 * value:.0f} %"


def _insurer(shop: Workshop, own: float | None = None) -> tuple[str, ...]:
    rule = "" if own is None else (" --set 'funds.insurers.solvency={ target_ratio = 1.5, own_capital_frac = "
                                   f"{own}, other_required_frac = {OTHER}, factors = {FACTORS} }}'")
    none, fund = (shop.run(f"{CRASH} --paths 1000{rule}", arm, "insurers") for arm in ("none", "fund"))
    sold = (none.found(f"sales_{cause}", "mean").value for cause in ("solvency", "pressure"))
    return (*sold, *(run.found("technology_kept", "mean").value for run in (none, fund)),
            fund.found("injected", "mean").value)
