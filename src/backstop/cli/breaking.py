"""The command that asks what breaks a facility."""

import shlex
from typing import Annotated

import typer

from backstop.cli.app import command
from backstop.cli.engines import Engines
from backstop.cli.options import ArmName, Json, Kept, Quiet, RunOrConfig
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled


@command
def reverse(
    source: RunOrConfig,
    *,
    failure: Annotated[list[str] | None, typer.Option(
        "--failure", metavar="NAME", help="dry, failed, relief_negative (without it, all three), or METRIC<NUMBER, "
        "METRIC>NUMBER; repeatable")] = None,
    arm: ArmName = None,
    out: Kept = None,
    settings: Settings,
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """What breaks a facility: the likeliest, typical and smallest shocks; where failure is dense.

    Example: backstop reverse configs/ashare.toml --paths 1000
    """
    from backstop.answers.reverse.failures import parse_failures
    from backstop.answers.reverse.reverse import reverse as reversed_by
    from backstop.answers.reverse.table import write_reverse
    from backstop.config.text.sweeps import design_of
    from backstop.report.progress import progress
    from backstop.report.reverse import print_reverse
    from backstop.report.terminal import print_json

    asked = parse_failures(failure or ())
    found = assembled(source, settings.overrides)
    chosen = design_of(found.config, arm).name
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        answer = reversed_by(found.request, chosen, asked, workers, on_progress)
    if out is not None:
        write_reverse(answer, out)
    if json:
        print_json(answer.as_json())
    else:
        sets = "".join(f" --set {shlex.quote(setting)}" for setting in settings.overrides)
        print_reverse(answer, f"backstop trace {shlex.quote(str(source))}{sets}")
