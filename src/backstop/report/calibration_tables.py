"""A calibration as tables: candidates, estimates with their errors, what the fit leaves unexplained, backtests."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from backstop.market.backtests import Backtest
from backstop.market.calibration_report import CalibrationReport, SeriesReport
from backstop.market.data import Gap
from backstop.market.dependence_fit import DependenceFit
from backstop.market.diagnostics import HypothesisTest
from backstop.market.fitted import Calibration
from backstop.report.model_checks import print_checks
from backstop.report.terminal import console, print_warning

CORRELATIONS_A_LINE = 12
"""As many as stand side by side in a narrow window, of assets with short names. [ours]"""
DOUBTFUL = 0.05
"""p-values below it are marked: the usual size of a test."""


def print_calibration(report: CalibrationReport, written: Path | None) -> None:
    """Series by series, then how they hang together, and where the market was written."""
    for line in report.findings:
        print_warning(line)
    for one in report.series:
        _print_series(one, report.criterion)
    for series in report.refused:
        print_warning(f"{series.name} is left out, no model fits it:")
        for line in series.refusals:
            print_warning(line)
    for gap in report.gaps:
        if gap.n_missing:
            print_warning(_gap(gap))
    if report.dependence is not None:
        _print_dependence(report.dependence)
    if written is not None:
        console().print(Text(f"{written}: run it with `backstop run CONFIG --market {written}`"))


def _print_series(report: SeriesReport, criterion: str) -> None:
    out, fit = console(), report.chosen
    out.print(Text.assemble((fit.name, "bold"), f": {fit.returns.source}; {fit.n_sample:,} returns, {fit.first_day} to "
                                                f"{fit.last_day}"))
    print_checks(report.checks)
    out.print(_candidates(report, criterion), _estimates(fit), _tests(report.tests), _backtests(report.backtests))
    for line in (*report.refusals, *fit.warnings):
        print_warning(line)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=None, header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _candidates(report: SeriesReport, criterion: str) -> Table:
    table = _table(f"Candidates, chosen by {criterion}", "", "log-likelihood", "AIC", "BIC", "")
    for candidate in report.candidates:
        fit = candidate.calibration
        numbers = [f"{value:.2f}" for value in (fit.log_likelihood, fit.aic, fit.bic)] if fit else ["refused", "", ""]
        table.add_row(Text(candidate.spec.title), *numbers, "chosen" if fit is report.chosen else "")
    return table


def _estimates(fit: Calibration) -> Table:
    table = _table(f"Estimates of {fit.spec.title}", "", "estimate", "s.e.")
    for name, value, error in zip(fit.spec.parameter_names, fit.estimates, fit.standard_errors, strict=True):
        table.add_row(Text(name), f"{value:.5g}", f"{error:.2g}")
    level = fit.long_run_volatility_ann
    table.add_row("persistence", f"{fit.persistence:.4f}")
    table.add_row("half-life of a shock, days", f"{fit.half_life_days:.1f}")
    table.add_row("long-run volatility, a year", "none" if level is None else f"{level:.1%}")
    table.add_row("volatility of the sample, a year", f"{fit.sample_volatility_ann:.1%}")
    return table


def _tests(tests: Sequence[HypothesisTest]) -> Table:
    table = _table("What the fit leaves (a small p-value: there is more)", "", "statistic", "p-value")
    for test in tests:
        table.add_row(Text(f"{test.name}: {test.null}"), f"{test.statistic:.2f}", _p(test.p_value))
    return table


def _backtests(backtests: Sequence[Backtest]) -> Table:
    """One row a level; tests by the names that they bear in all of them."""
    names = [test.name for test in backtests[0].tests]
    days = f"{backtests[0].n_days:,} days {backtests[0].days}"
    table = _table(f"Backtests of value at risk and shortfall, {days}; p-values", "level", "hits", "expected", *names)
    for one in backtests:
        expected = f"{one.level * one.n_days:.0f}"
        table.add_row(f"{one.level:.1%}", str(one.n_hits), expected, *(_p(test.p_value) for test in one.tests))
    return table


def _p(value: float) -> str:
    return f"{value:.3f}{' *' if value < DOUBTFUL else '  '}"


def _gap(gap: Gap) -> str:
    some = ", ".join(str(day) for day in gap.first_missing)
    more = ", ..." if gap.n_missing > len(gap.first_missing) else ""
    return f"{gap.name}: no price on {gap.n_missing} days that another series has ({some}{more})"


def _print_dependence(fit: DependenceFit) -> None:
    out = console()
    parameters = "".join(f", {name} {value:.4g} ({fit.standard_errors[name]:.2g})"
                         for name, value in fit.parameters.items())
    head = (f": {fit.dependence} on {fit.n_days:,} days in common, log-likelihood {fit.log_likelihood:.2f} beyond "
            f"independence{parameters}")
    out.print(Text.assemble(("dependence", "bold"), head))
    for first in range(0, len(fit.names), CORRELATIONS_A_LINE):
        some = slice(first, first + CORRELATIONS_A_LINE)
        table = _table("Correlation", "", *fit.names[some])
        for name, row in zip(fit.names, fit.correlation, strict=True):
            table.add_row(Text(name), *(f"{value:.3f}" for value in row[some]))
        out.print(table)
