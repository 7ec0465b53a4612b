"""All known answers, and how they are run."""

import time
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal, NamedTuple

from backstop.errors import BackstopError, ConfigError
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.validation import (
    arch_forecasts,
    compensation,
    designs,
    drawdown,
    drawn_parameters,
    fits,
    flows,
    garch,
    joint,
    pools,
    random_numbers,
    round_trips,
    ruin,
    scores,
)
from backstop.validation.case import Case, Figure, Kind

CASES: tuple[Case, ...] = (
    *random_numbers.CASES, *garch.CASES, *fits.CASES, *arch_forecasts.CASES, *joint.CASES, *drawn_parameters.CASES,
    *drawdown.CASES, *compensation.CASES, *scores.CASES, *flows.CASES, *round_trips.CASES, *pools.CASES, *ruin.CASES,
    *designs.CASES,
)

Verdict = Literal["pass", "fail", "skipped"]


class Result(NamedTuple):
    """One figure of a case, judged; a case that is skipped or breaks off has one result without numbers."""

    case: str
    about: str
    kind: Kind
    source: str
    label: str
    expected: float | str | None
    got: float | str | None
    tolerance: float | None
    standard_error: float | None
    """Of Monte Carlo figures; `tolerance` is four of them."""
    verdict: Verdict
    note: str
    """Why it was skipped or broke off."""
    seconds: float
    """What the whole case took."""


def run_validation(only: Sequence[str] | None = None, on_progress: OnProgress = quiet) -> list[Result]:
    """Every known answer, or those of the cases named, in order.

    Parameters
    ----------
    only
        Names of cases, or beginnings of names.
    on_progress
        Told after every case.

    Raises
    ------
    ConfigError
        No case is called so.
    """
    chosen = _chosen(only)
    meter = Meter("validating", len(chosen), on_progress)
    results: list[Result] = []
    for case in chosen:
        results += run_case(case)
        meter.add(1)
    return results


def run_case(case: Case) -> list[Result]:
    """The results of one case."""
    if case.needs and find_spec(case.needs) is None:
        return [_result(case, None, "skipped", f"needs the package {case.needs}", 0.0)]
    started, figures, reason = time.perf_counter(), list[Figure](), ""
    try:
        figures.extend(case.figures())
    except BackstopError as error:
        reason = str(error)
    seconds = time.perf_counter() - started
    results = [_result(case, figure, "pass" if figure.is_met else "fail", "", seconds) for figure in figures]
    return [*results, *([_result(case, None, "fail", reason, seconds)] if reason else [])]


def _chosen(only: Sequence[str] | None) -> list[Case]:
    for beginning in only or ():
        if not any(case.name.startswith(beginning) for case in CASES):
            raise ConfigError([f"no case {beginning!r}; write one of {', '.join(case.name for case in CASES)}"])
    return [case for case in CASES if not only or case.name.startswith(tuple(only))]


def _result(case: Case, figure: Figure | None, verdict: Verdict, note: str, seconds: float) -> Result:
    numbers = figure._asdict() if figure is not None else dict.fromkeys(Figure._fields) | {"label": ""}
    return Result(case.name, case.about, case.kind, case.source, **numbers, verdict=verdict, note=note, seconds=seconds)
