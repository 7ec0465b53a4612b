"""The command that says how large a pool must be."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backstop.cli.app import EXIT_USAGE, command, fail
from backstop.cli.options import ArmName, Json, LooksSpend, Quiet, RunOrConfig, TargetError
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled


@command
def size(
    source: RunOrConfig,
    *,
    target: Annotated[float, typer.Option("--target", help="chance of running dry that is borne")] = 0.01,
    years: Annotated[int | None, typer.Option("--years", min=1, max=100, help="years to run, instead of the config's "
                                              "days; premiums, yields, calls and refills as it has them")] = None,
    crisis: Annotated[Literal["key", "window"], typer.Option(
        "--crisis", help="what a crisis is: a system key on, or a window of stress in arm none")] = "key",
    arm: ArmName = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="folder for size.json and "
                                             "size.parquet, the curves")] = None,
    target_error: TargetError = None,
    spending: LooksSpend = "equal",
    settings: Settings,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """How large a pool must be: its chance of running dry, given a crisis and over all paths.

    Example: backstop size configs/ashare.toml --target 0.01 --set scenario.preset=crash-2015
    """
    from backstop.answers.looks import parse_goal
    from backstop.answers.sizing.question import Question
    from backstop.answers.sizing.size import size as sized
    from backstop.answers.sizing.table import write_size
    from backstop.config.text.sweeps import design_of
    from backstop.report.progress import progress
    from backstop.report.size import print_size
    from backstop.report.terminal import print_json, print_precision

    if not 0.0 < target < 1.0:
        fail(f"--target {target:g}: is no chance; write a number between 0 and 1, such as 0.01", EXIT_USAGE)
    if source.is_dir() and years is not None:
        fail(f"{source}: a run has the days it has; name its config with --years", EXIT_USAGE)
    longer = [] if years is None else [f"run.days={252 * years}"]
    found = assembled(source, [*settings.overrides, *longer])
    chosen = design_of(found.config, arm).name
    goal = None if target_error is None else parse_goal(target_error)
    question = Question(target, crisis, goal, spending)
    with progress(quiet) as on_progress:
        answer = sized(found.request, chosen, question, settings.n_threads, on_progress)
    if answer.precision is not None:
        print_precision(answer.precision)
    if out is not None:
        write_size(answer, out)
    if json:
        print_json(answer.as_json())
    else:
        print_size(answer)
