"""`backstop calibrate`: candidates fitted to one or several price series, chosen, tested, and written down.

Each series is fitted on all of its own trading days; what it lacks of the days that the others have is reported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backstop.config.market.section import Oddity
from backstop.errors import CalibrationError
from backstop.market.backtests import Backtest, backtests
from backstop.market.calibration import (
    DEFAULT_CANDIDATES,
    Candidate,
    Criterion,
    best,
    try_candidates,
)
from backstop.market.checked_candidates import CheckRequest, check_candidates
from backstop.market.data import Gap, PriceSeries, join, load_prices
from backstop.market.dependence_fit import Dependence, DependenceFit
from backstop.market.diagnostics import HypothesisTest, residual_tests
from backstop.market.examination import examine_all, examine_together
from backstop.market.fitted import Calibration
from backstop.market.model_check import ModelCheck
from backstop.market.specification import CalibrationSpec
from backstop.market.stored_dependence import stored_dependence

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST_NAME = 40
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}")


@dataclass(frozen=True)
class SeriesReport:
    """One series: every candidate with its fit or the line that refused it, the chosen fit and its tests."""

    candidates: tuple[Candidate, ...]
    chosen: Calibration
    tests: tuple[HypothesisTest, ...]
    backtests: tuple[Backtest, ...]
    checks: tuple[ModelCheck, ...] = ()
    """Of all candidates, where they were asked for."""

    @property
    def refusals(self) -> tuple[str, ...]:
        """One line for each candidate that was refused."""
        return tuple(candidate.refusal for candidate in self.candidates if candidate.calibration is None)


@dataclass(frozen=True)
class RefusedSeries:
    """A series that no candidate fits, and why: its volatility may be integrated, or its prices stale."""

    name: str
    refusals: tuple[str, ...]
    """One line for each candidate."""


@dataclass(frozen=True)
class CalibrationReport:
    """All series, the days that each lacks, and how they hang together where that was asked for."""

    criterion: Criterion
    series: tuple[SeriesReport, ...]
    refused: tuple[RefusedSeries, ...]
    """Series without a fit; they are in no market."""
    gaps: tuple[Gap, ...]
    dependence: DependenceFit | None
    findings: tuple[str, ...] = ()
    """What is to be said of the prices, a line each."""

    def summary(self) -> dict[str, Any]:
        """The report as plain numbers and text."""
        return {
            "criterion": self.criterion,
            "series": [_summary_of(one) for one in self.series],
            "refused": {one.name: list(one.refusals) for one in self.refused},
            "gaps": {gap.name: {"n_missing": gap.n_missing, "first_missing": [str(day) for day in gap.first_missing]}
                     for gap in self.gaps},
            "dependence": None if self.dependence is None else self.dependence.summary(),
            "findings": list(self.findings),
        }


def calibrate_report(references: Sequence[str], base: Path | None = None,
                     specs: Sequence[CalibrationSpec] = DEFAULT_CANDIDATES, criterion: Criterion = "bic",
                     dependence: Dependence | None = None, use_cache: bool = True,
                     accepted: Sequence[Oddity] = (), check: CheckRequest | None = None) -> CalibrationReport:
    """Fit candidates to every series and choose one for each; a series that none fits is left out, unless all are.

    Parameters
    ----------
    references
        Prices by reference, as `load_prices` takes them; the series are named after files or columns, or as
        ``name=reference`` says.
    base
        Folder that relative paths start from.
    specs
        Candidates; with one, it is what is fitted.
    criterion
        What chooses among them.
    dependence
        How the residuals of two or more series are joined; None leaves them apart.
    use_cache
        Take earlier fits from disk.
    accepted
        What of the prices is meant, though they would be refused for it (`examination`).
    check
        Hold every candidate against the history; None leaves that out.

    Raises
    ------
    DataError, CalibrationError
        Prices that cannot be used, no series that a candidate fits, a dependence that does not hold.
    """
    series = [_named(reference, base or Path()) for reference in references]
    if not series:
        raise CalibrationError("no prices to calibrate on; name a CSV or parquet file, or builtin:csi300")
    gaps = join(series).gaps if len(series) > 1 else ()
    findings = examine_all((one, accepted, slice(None)) for one in series)
    findings += examine_together(series)
    tried = [(one, try_candidates(specs, one, use_cache)) for one in series]
    refused = tuple(RefusedSeries(one.name, tuple(candidate.refusal for candidate in candidates))
                    for one, candidates in tried if not _has_fit(candidates))
    reports = tuple(_report_on(one, candidates, criterion, use_cache, check)
                    for one, candidates in tried if _has_fit(candidates) or len(refused) == len(series))
    joint = _joint(reports, dependence, use_cache) if dependence else None
    return CalibrationReport(criterion, reports, refused, gaps, joint, tuple(findings))


def _has_fit(candidates: Sequence[Candidate]) -> bool:
    return any(candidate.calibration is not None for candidate in candidates)


def _joint(reports: Sequence[SeriesReport], dependence: Dependence, use_cache: bool) -> DependenceFit:
    return stored_dependence([report.chosen for report in reports], dependence, use_cache)


def _named(reference: str, base: Path) -> PriceSeries:
    """The series under a name that an asset may have."""
    name, equals, rest = reference.partition("=")
    if equals and _NAME.fullmatch(name) and not (base / reference).exists():
        return replace(load_prices(rest, base), name=name)
    series = load_prices(reference, base)
    name = _NOT_IN_NAMES.sub("-", series.name).strip("-")
    name = name if name[:1].isalpha() else f"asset-{name}"
    return replace(series, name=name[:LONGEST_NAME])


def _report_on(series: PriceSeries, candidates: tuple[Candidate, ...], criterion: Criterion,
               use_cache: bool, check: CheckRequest | None) -> SeriesReport:
    """The best of the candidates; where none fits, the error that says so."""
    chosen = best(candidates, criterion)
    checks = check_candidates(candidates, series, check, use_cache) if check else ()
    return SeriesReport(candidates, chosen, residual_tests(chosen), backtests(chosen), checks)


def _summary_of(report: SeriesReport) -> dict[str, Any]:
    fitted = [candidate.calibration for candidate in report.candidates if candidate.calibration is not None]
    return {
        "chosen": report.chosen.summary(),
        "candidates": [{"model": fit.spec.title, "log_likelihood": fit.log_likelihood, "aic": fit.aic,
                        "bic": fit.bic} for fit in fitted],
        "refusals": list(report.refusals),
        "tests": [vars(test) for test in report.tests],
        "checks": [one.summary() for one in report.checks],
        "backtests": [vars(one) | {"tests": [vars(test) for test in one.tests]} for one in report.backtests],
    }
