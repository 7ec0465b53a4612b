"""What commands print on standard output: tables for people, JSON for programs."""

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import FEW
from backstop.answers.planning import ClusterPlan, Plan
from backstop.answers.summary import Row
from backstop.answers.written import FORM
from backstop.config.describe import Row as TermRow
from backstop.config.study import NO_FACILITY, WITHOUT
from backstop.errors import visible
from backstop.report.amounts import amount, duration, size
from backstop.report.answer import OF_REAL_USE, Answered, answer, same_arms, turn
from backstop.report.fitting import Screen
from backstop.report.inert import inert_terms
from backstop.report.screen.screen import first_screen
from backstop.report.screen.told import Told
from backstop.runs.request import RunRequest
from backstop.runs.simulate import PathsWritten
from backstop.runs.verify import Verification
from backstop.terms import PATHS_PER_MODEL

if TYPE_CHECKING:
    from backstop.answers.looks import Precision
    from backstop.market.parameter_groups import DrawnParameters

WIDTH = 118
MANY_REJECTED = 0.25
"""Share of rejected draws above which it is said what that means. [ours]"""


_HEADS = {"interval": "95 % interval", "models": "over models"}


def console() -> Console:
    """Standard output; where it is no terminal, as wide as COLUMNS says, else wide enough for the tables."""
    return Screen(file=sys.stdout, width=None if sys.stdout.isatty() else _columns() or WIDTH, highlight=False)


def _columns() -> int | None:
    """What COLUMNS says, if that is a width."""
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


def print_json(content: Mapping[str, Any]) -> None:
    """The only thing on standard output, with the number of its form."""
    print(json.dumps({"form": FORM, **content}, indent=1, allow_nan=False))


def print_warning(line: str) -> None:
    """One line on standard error."""
    print(f"backstop: {visible(line)}", file=sys.stderr)


def print_lines(lines: Callable[[int], Sequence[str]]) -> None:
    """Lines made for a width, the first in bold."""
    out = console()
    for number, line in enumerate(lines(out.width)):
        out.print(Text(line), style="bold" if number == 0 else "", soft_wrap=True)


def print_first_screen(told: Told) -> None:
    """The answer of a run on one screen."""
    print_lines(lambda width: first_screen(told, width))


def print_run(rows: Sequence[Row], request: RunRequest, folder: str, name: str) -> None:
    """The answer of a run, arm by arm, what it rests on, and where the rest is."""
    out, names = console(), request.terms.names
    out.print(Text(f"{name}: scenario {request.scenario}; {request.n_paths:,} paths of {request.terms.n_days} days, "
                   f"seed {request.seed}, amounts in {request.currency}"), style="bold")
    for setting in request.overrides:
        out.print(Text(f"set: {setting}"), soft_wrap=True)
    if request.dates:
        out.print(Text(f"day 1 is {request.dates[0]}, day {len(request.dates)} is {request.dates[-1]}: days of real "
                       "prices"))
    shown = [arm for arm in names.arms[1:] if not arm.startswith(WITHOUT)]
    for arm in shown or (NO_FACILITY,):
        _print_arm(answer(rows, arm, names.layers, request.n_paths), _title(request, arm))
        if said := turn(rows, arm, request.terms.n_days):
            out.print(Text(said), style="bold")
        if said := inert_terms(rows, arm, request.terms.arms[names.arms.index(arm)]):
            out.print(Text(said))
    for arm, other in same_arms(rows, shown):
        out.print(Text(f"{arm} comes to the same as {other} in every figure: the terms in which they differ never bind "
                       "here"))
    if request.terms.mixture.models:
        out.print(Text.assemble(("models", "bold"), f": {', '.join(request.terms.mixture.models)}, groups of "
                                f"{PATHS_PER_MODEL} paths in turn; intervals are of sampling alone, over models stands "
                                "what no number of paths takes away"), soft_wrap=True)
    if request.drawn is not None:
        print_drawn(request.drawn)
        out.print(Text(f"  {_what_draws_tell(request.drawn.n_groups)}"), soft_wrap=True)
    if any(terms.triggers.entry_root.size for terms in request.terms.arms):
        out.print(Text(OF_REAL_USE), style="dim")
    print_fits(request)
    out.print(Text(f"All figures, with quantiles and funds: {folder}/summary.parquet"), soft_wrap=True)


def _title(request: RunRequest, arm: str) -> str:
    """What an arm is, and what it is compared with."""
    terms = request.terms
    number = terms.names.arms.index(arm)
    without = terms.counterfactual_names()[arm]
    if arm == NO_FACILITY:
        return "no facility, and no arm to compare"
    if without == arm:
        return f"{arm}, a reform: against {NO_FACILITY} on the same shocks"
    pool = terms.arms[number].pool.layer_size.sum() * terms.quantum
    alone = "" if without == NO_FACILITY else f", {arm} without its facilities,"
    return f"{arm} against {without}{alone} on the same shocks, with a pool of {amount(pool)}"


def _print_arm(lines: Sequence[Answered], title: str) -> None:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    told = (name for name in ("parameters", "models") if any(getattr(line, name) for line in lines))
    columns = ["estimate", "interval", *told]
    for name in ("", *columns):
        table.add_column(_HEADS.get(name, name), justify="right" if name else "left")
    told_lines = [line for line in lines if not line.is_nothing]
    for question, group in groupby(told_lines, key=lambda line: line.question):
        table.add_row(Text(question, style="bold"))
        for line in group:
            cells = (getattr(line, name) for name in columns)
            table.add_row(Text(f"  {line.label}{' *' if line.note else ''}"), *cells)
    out = console()
    out.print()
    out.print(table)
    out.print()
    for said in _hanging(lines):
        out.print(Text(said), style="bold")
    if nothing := [line.label for line in lines if line.is_nothing]:
        out.print(Text(f"0 on every path: {'; '.join(nothing)}"))
    for note, labels in _by_note(lines).items():
        said = "all lines" if len(labels) == len(lines) else "; ".join(labels)
        out.print(Text(f"* {note}: {said}"), style="dim")


def _hanging(lines: Sequence[Answered]) -> Iterator[str]:
    """Lines that hang on the market model, those of which it changes the sign first."""
    signs, ranges = ([line.label for line in lines if line.hangs_on_model == kind] for kind in ("sign", "range"))
    if signs:
        yield f"the sign hangs on the market model: {'; '.join(signs)}"
    if ranges:
        several = [line for line in lines if line.models]
        said = "all lines" if len(ranges) == len(several) else "; ".join(ranges)
        yield f"hang on the market model (it moves them by more than sampling explains): {said}"


def _by_note(lines: Sequence[Answered]) -> dict[str, list[str]]:
    """Lines that rest on little, by how little."""
    found: dict[str, list[str]] = {}
    for line in lines:
        for note in filter(None, line.note.split("; ")):
            found.setdefault(note, []).append(line.label)
    return found


def print_drawn(drawn: "DrawnParameters") -> None:
    """How often parameters were drawn, and what was rejected."""
    rejected = ", ".join(f"{asset} {share:.1%}" for asset, share in drawn.rejected_frac.items())
    fixed = f"; the same on all paths: {', '.join(drawn.fixed)}" if drawn.fixed else ""
    console().print(Text.assemble(("parameters", "bold"), (
        f": {drawn.n_groups:,} draws from the law of the estimates, one for {drawn.paths_per_group} paths; rejected as "
        f"inadmissible: {rejected}{fixed}")), soft_wrap=True)
    for asset, share in drawn.rejected_frac.items():
        if share > MANY_REJECTED:
            print_warning(f"{asset}: {share:.0%} of the draws of its parameters are inadmissible: the fit is near a "
                          "border, where the law of its estimates is not normal; a simpler model says more")


def _what_draws_tell(n_groups: int) -> str:
    """How well a standard deviation over so many draws is known: to ``1 / sqrt(2 (G - 1))`` of itself if normal."""
    if n_groups < 2:
        return "a single draw says nothing of what parameters change; write more paths"
    error = 1.0 / math.sqrt(2.0 * (n_groups - 1))
    few = "; that is few: more paths make more draws" if n_groups < FEW else ""
    return (f"intervals hold both uncertainties; column parameters is what no number of paths takes away, known to "
            f"about {error:.0%} of itself{few}")


def print_precision(found: "Precision") -> None:
    """How well a figure came to be known, and what looking for it cost, on standard error."""
    *_, last = found.looks
    error = "unknown" if last.error is None else f"{last.error:.1%}"
    verdict = "stopped" if found.is_met else "not reached"
    print_warning(f"{found.goal.metric} to {found.goal.error:.1%}: {verdict} at look {len(found.looks)} after "
                  f"{last.n_paths:,} of {found.most_paths:,} paths, at {error}; looks cost {found.factor:.2f} times "
                  "the paths of a number known before")


def print_timings(timings: Mapping[str, float]) -> None:
    """Where the time went, on a terminal."""
    if sys.stderr.isatty():
        spent = ", ".join(f"{phase} {duration(seconds)}" for phase, seconds in timings.items())
        print(f"{duration(sum(timings.values()))}: {spent}", file=sys.stderr)


def print_fits(request: RunRequest) -> None:
    """What was estimated, with standard errors."""
    if request.dependence_fit is not None:
        _print_dependence(request.dependence_fit)
    for asset, fit in request.fits.items():
        errors, level = fit["standard_errors"], fit["long_run_volatility_ann"]
        estimates = ", ".join(f"{name} {value:.4g} ({errors[name]:.2g})" for name, value in fit["estimates"].items())
        head = (f": {fit['model']} on {fit['n_returns']} returns {fit['first_day']} to {fit['last_day']}, volatility "
                f"{'without a long-run level' if level is None else f'{level:.1%} a year'}, persistence "
                f"{fit['persistence']:.4f}\n  {estimates}")
        console().print(Text.assemble((asset, "bold"), head), soft_wrap=True)


def _print_dependence(fit: Mapping[str, Any]) -> None:
    """What was estimated of the dependence; the matrix itself is in the run."""
    pairs = [row[j] for i, row in enumerate(fit["correlation"]) for j in range(i)]
    errors = fit["standard_errors"]
    parameters = "".join(f", {name} {value:.4g} ({errors[name]:.2g})" for name, value in fit["parameters"].items())
    head = (f": {fit['dependence']} of {len(fit['series'])} assets on {fit['n_days']} days in common, correlations "
            f"{min(pairs):.3f} to {max(pairs):.3f}{parameters}")
    console().print(Text.assemble(("dependence", "bold"), head), soft_wrap=True)


def print_terms(rows: Sequence[TermRow]) -> None:
    """The resolved terms of ``backstop check``, without their meaning: a line is too short for it."""
    table = Table(box=None, pad_edge=False)
    shown = [field for field in TermRow._fields if field != "meaning"]
    for column in shown:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(getattr(row, column)) for column in shown))
    console().print(table)


def print_plan(plan: Plan) -> None:
    """The estimate of ``--dry-run``."""
    print(f"{plan.n_paths:,} paths of {plan.n_days} days, {plan.n_arms} arms, in {plan.n_blocks} blocks of tiles of "
          f"{plan.lanes} paths\n"
          f"time    about {duration(plan.seconds)}, {duration(plan.summary_seconds)} of it for the summary; measured "
          f"on {plan.sample_paths} paths in {duration(plan.sample_seconds)}\n"
          f"memory  {size(plan.memory_bytes)} at the peak\n"
          f"disk    {size(plan.disk_bytes)}")


def print_cluster_plan(plan: ClusterPlan) -> None:
    """The estimate of ``--dry-run --cores``."""
    money = "" if plan.money is None else f", {plan.money:,.2f} at that price"
    print(f"cluster {plan.n_tasks:,} tasks of {duration(plan.task_seconds)} on {plan.n_cores:,} cores as fast as this "
          f"one: {duration(3600.0 * plan.hours)}, {plan.core_hours:,.1f} core-hours{money}\n"
          f"        {plan.n_files:,} files; `backstop merge` then takes {size(plan.merge_bytes)} of memory and "
          f"{duration(3600.0 * plan.merge_hours)} or more, on one core")


def print_paths(written: PathsWritten, file: Path) -> None:
    """What ``backstop simulate`` wrote."""
    print(f"{file}: {written.n_paths:,} paths of {written.n_days:,} days of {', '.join(written.assets)}; "
          f"{written.n_rows:,} rows, {size(written.n_bytes)}")


def print_verification(found: Verification, folder: str) -> None:
    """What ``backstop verify`` found wrong, or what it looked at."""
    for line in found.findings:
        print(visible(line))
    if not found.findings:
        paths = ", ".join(map(str, found.replayed)) or "none"
        print(f"{folder}: {found.n_files} files as written, accounts closed in {found.n_rows:,} rows, bands and "
              f"summaries made anew from them, paths made anew bit for bit: {paths}")
        print(f"not covered: {visible(', '.join(found.uncovered))}")
