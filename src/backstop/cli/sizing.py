"""The command that says how large a pool must be."""

from typing import Annotated, Literal

import typer

from backstop.cli.app import command
from backstop.cli.engines import Engines
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import ArmName, Json, Kept, LooksSpend, Quiet, RunOrConfig, TargetError
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled

Target = Annotated[float, typer.Option("--target", help="chance of running dry that is borne")]
Years = Annotated[int | None, typer.Option(
    "--years", min=1, max=100, help="years to run, instead of the config's days; premiums, yields, calls and refills "
    "as it has them")]
Crisis = Annotated[Literal["key", "window"], typer.Option(
    "--crisis", help="what a crisis is: a system key on, or a window of stress in arm none")]


@command
def size(
    source: RunOrConfig,
    *,
    target: Target = 0.01,
    years: Years = None,
    crisis: Crisis = "key",
    arm: ArmName = None,
    out: Kept = None,
    target_error: TargetError = None,
    spending: LooksSpend = "equal",
    settings: Settings,
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """How large a pool must be: its chance of running dry, given a crisis and over all paths.

    Example: backstop size configs/ashare.toml --target 0.01 --set scenario.preset=crash-2015
    """
    from backstop.answers.looks import parse_goal
    from backstop.answers.sizing.question import Question, days_of
    from backstop.answers.sizing.size import size as sized
    from backstop.answers.sizing.table import write_size
    from backstop.config.text.sweeps import design_of
    from backstop.report.progress import progress
    from backstop.report.size import print_size
    from backstop.report.terminal import print_json, print_precision

    if source.is_dir() and years is not None:
        fail(f"{source}: a run has the days it has; name its config with --years", EXIT_USAGE)
    goal = None if target_error is None else parse_goal(target_error)
    question = Question.checked(target, crisis, goal, spending)
    found = assembled(source, [*settings.overrides, *days_of(years)])
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        answer = sized(found.request, design_of(found.config, arm).name, question, workers, on_progress)
    if answer.precision is not None:
        print_precision(answer.precision)
    if out is not None:
        write_size(answer, out)
    if json:
        print_json(answer.as_json())
    else:
        print_size(answer)
