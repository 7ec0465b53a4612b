"""The command that asks what breaks a facility."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backstop.cli.app import command
from backstop.cli.options import ArmName, Json, Quiet, RunOrConfig
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled

if TYPE_CHECKING:
    from backstop.answers.reverse.reverse import Reversed


@command
def reverse(
    source: RunOrConfig,
    *,
    failure: Annotated[list[str] | None, typer.Option(
        "--failure", metavar="NAME", help="dry, failed, relief_negative (without it, all three), or METRIC<NUMBER, "
        "METRIC>NUMBER; repeatable")] = None,
    arm: ArmName = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="folder for reverse.json and "
                                             "reverse.parquet, the scenarios")] = None,
    settings: Settings,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """What breaks a facility: the likeliest, typical and smallest shocks; where failure is dense.

    Example: backstop reverse configs/ashare.toml --paths 1000
    """
    from backstop.answers.reverse.failures import FAILURES
    from backstop.answers.reverse.reverse import reverse as reversed_by
    from backstop.answers.sweeping.objectives import Limit, parse_limits
    from backstop.config.text.sweeps import design_of
    from backstop.report.progress import progress
    from backstop.report.reverse import print_reverse
    from backstop.report.terminal import print_json

    asked: list[str | Limit] = [one if one in FAILURES else parse_limits([one], "--failure")[0]
                                for one in failure or FAILURES]
    found = assembled(source, settings.overrides)
    chosen = design_of(found.config, arm).name
    with progress(quiet) as on_progress:
        answer = reversed_by(found.request, chosen, asked, settings.n_threads, on_progress)
    if out is not None:
        _write(answer, out)
    if json:
        print_json(answer.as_json())
    else:
        sets = "".join(f" --set {shlex.quote(setting)}" for setting in settings.overrides)
        print_reverse(answer, f"backstop trace {shlex.quote(str(source))}{sets}")


def _write(answer: "Reversed", out: Path) -> None:
    from backstop.answers.reverse.table import scenarios_table
    from backstop.runs.files import environment_failures, write_whole
    from backstop.runs.journal import to_json
    from backstop.runs.store import table_bytes

    with environment_failures(out):
        out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "reverse.json", to_json(answer.as_json()))
    write_whole(out / "reverse.parquet", table_bytes(scenarios_table(answer)))
