"""The commands that run many designs: all of them judged, or the best looked for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from backstop.cli.app import resumable
from backstop.cli.engines import Engines
from backstop.cli.groups import Without
from backstop.cli.options import ArmName, ConfigFile, DryRun, Json, Kept, Quiet
from backstop.cli.settings import Settings

if TYPE_CHECKING:
    from backstop.answers.sweeping.sweep import Answer, Question
    from backstop.runs.workers import Workers

Vary = Annotated[list[str], typer.Option(
    "--vary", metavar="KEY=A,B,C|KEY=LOW:HIGH[:N]", help="a key, and what it takes; repeatable; `arm` and `design` by "
    "name too")]
DesignKind = Annotated[Literal["grid", "lhs", "sobol", "indices"], typer.Option(
    "--design", help="all values with all, a Latin hypercube, points of Sobol', or what indices need")]
Number = Annotated[int, typer.Option("--n", min=2, help="designs of lhs and sobol, points of indices")]
Objective = Annotated[list[str] | None, typer.Option(
    "--objective", metavar="METRIC[=max|min]", help="what designs are judged by; repeatable; without it, technology "
    "kept at windows' ends, and what the pool costs a year")]
Keep = Annotated[list[str] | None, typer.Option(
    "--keep", metavar="METRIC<NUMBER", help="a limit to keep, in every market model; repeatable")]
Zone = Annotated[list[str] | None, typer.Option(
    "--zone", metavar="METRIC=NUMBER", help="differences of an objective below it count as none; repeatable")]
Per = Annotated[str | None, typer.Option(
    "--per", metavar="METRIC/METRIC", help="rank by so much of one metric for each unit of another")]
Halving = Annotated[bool, typer.Option(
    "--halving", help="few paths first, then twice as many for those that may be on the frontier")]


DEFAULT_BEST = "technology_saved_window_end/cost_a_year"
Best = Annotated[str, typer.Option(
    "--best", metavar="METRIC[/METRIC][=max|min]", help="what is to be best: a metric, or so much of one for each unit "
    "of another")]
SearchKind = Annotated[Literal["grid", "lhs", "sobol"], typer.Option(
    "--design", help="all values with all, a Latin hypercube, or points of Sobol'")]


@resumable
def sweep(
    config: ConfigFile,
    *,
    vary: Vary,
    design_kind: DesignKind = "grid",
    n: Number = 64,
    objective: Objective = None,
    keep: Keep = None,
    zone: Zone = None,
    per: Per = None,
    halving: Halving = False,
    arm: ArmName = None,
    out: Kept = None,
    settings: Annotated[Settings, Without("design")],
    engines: Engines,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run many designs on the same shocks: which ones nothing beats, and how surely; which keys matter.

    Example: backstop sweep configs/ashare.toml --vary pool.layers.central.size=1e9:90e9:4 --keep 'dry<0.01'
    """
    from backstop.answers.sweeping.asking import Designs, Wanted, question_of
    from backstop.config.text.toml_files import read_config
    from backstop.report.sweep import print_sweep

    wanted = Wanted(objective or (), keep or (), zone or (), per, halving)
    question = question_of(read_config(config), settings.overrides, arm, Designs(vary, design_kind, n), wanted)
    if dry_run:
        _plan(question, settings.n_threads, quiet=quiet, json=json)
        return
    with engines.workers(settings.n_threads) as workers:
        answer = _answered(question, out, workers, quiet=quiet, json=json)
    if not json:
        print_sweep(answer)


@resumable
def optimise(
    config: ConfigFile,
    *,
    vary: Vary,
    best: Best = DEFAULT_BEST,
    keep: Keep = None,
    design_kind: SearchKind = "sobol",
    n: Number = 64,
    zone: Zone = None,
    arm: ArmName = None,
    out: Kept = None,
    settings: Annotated[Settings, Without("design")],
    engines: Engines,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """The best terms within limits: all designs that may be best, how likely each is, which limit binds.

    Example: backstop optimise configs/ashare.toml --vary pool.layers.central.size=1e9:90e9 --keep 'dry<0.01'
    """
    from backstop.answers.sweeping.asking import Designs, best_of_all, question_of
    from backstop.config.text.toml_files import read_config
    from backstop.report.optimise import print_optimum

    question = question_of(read_config(config), settings.overrides, arm, Designs(vary, design_kind, n),
                           best_of_all(best, keep or (), zone or ()))
    if dry_run:
        _plan(question, settings.n_threads, quiet=quiet, json=json)
        return
    with engines.workers(settings.n_threads) as workers:
        answer = _answered(question, out, workers, quiet=quiet, json=json)
    if not json:
        print_optimum(answer)


def _plan(question: "Question", threads: int, *, quiet: bool, json: bool) -> None:
    """Tell what the answer would take."""
    from backstop.answers.sweeping.planning import plan_sweep
    from backstop.report.progress import progress
    from backstop.report.sweep import print_sweep_plan
    from backstop.report.terminal import print_json

    with progress(quiet) as on_progress:
        plan = plan_sweep(question, threads, on_progress)
    if json:
        print_json(plan._asdict())
    else:
        print_sweep_plan(plan)


def _answered(question: "Question", out: Path | None, workers: "Workers", *, quiet: bool, json: bool) -> "Answer":
    """The answer, written and as JSON where that is asked."""
    from backstop.answers.sweeping.sweep import sweep as swept
    from backstop.answers.sweeping.table import as_json, write_sweep
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json

    with progress(quiet) as on_progress:
        answer = swept(question, out, workers, on_progress)
    if out is not None:
        write_sweep(answer, out)
    if json:
        print_json(as_json(answer))
    return answer
