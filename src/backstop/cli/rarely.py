"""The command that asks how likely a rare event is."""

from typing import Annotated

import typer

from backstop.cli.app import command
from backstop.cli.groups import Without
from backstop.cli.options import ArmName, ConfigFile, Json, Kept, Quiet
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled

EventName = Annotated[str, typer.Option(
    "--event", metavar="NAME", help="dry, failed, relief_negative, METRIC<NUMBER or METRIC>NUMBER")]


@command
def rare(
    config: ConfigFile,
    *,
    event: EventName = "dry",
    arm: ArmName = None,
    out: Kept = None,
    settings: Annotated[Settings, Without("models")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """How likely what hardly ever happens is: paths split, or with one worse day; methods must agree.

    Example: backstop rare configs/ashare.toml --event dry --paths 2000
    """
    from backstop.answers.rare.rare import rare as asked
    from backstop.answers.rare.splitting import Event
    from backstop.answers.reverse.failures import parse_failures
    from backstop.answers.written import write_answer
    from backstop.config.text.sweeps import design_of
    from backstop.report.progress import progress
    from backstop.report.rare import print_rare
    from backstop.report.terminal import print_json

    (what,) = parse_failures([event], "--event")
    found = assembled(config, settings.overrides)
    chosen = design_of(found.config, arm).name
    with progress(quiet) as on_progress:
        answer = asked(found.request, found.config, Event(chosen, what), settings.n_threads, on_progress)
    if out is not None:
        write_answer(out, "rare", answer.as_json(), {})
    if json:
        print_json(answer.as_json())
    else:
        print_rare(answer)
