"""The command that asks which assumptions matter."""

from typing import Annotated

import typer

from backstop.cli.app import resumable
from backstop.cli.engines import Engines
from backstop.cli.groups import Without
from backstop.cli.options import ArmName, ConfigFile, Json, Kept, Quiet
from backstop.cli.settings import Settings


@resumable
def sensitivity(
    config: ConfigFile,
    *,
    headline: Annotated[str, typer.Option("--headline", metavar="METRIC", help="figure that is watched")] =
    "window_sales_averted_share",
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="vary numbers with this tag: ours (what "
                                                  "is meant without it), cited or fitted; repeatable")] = None,
    arm: ArmName = None,
    out: Kept = None,
    settings: Annotated[Settings, Without("design")],
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Which assumptions matter: every number tagged [ours] moved low and high, and which turn the conclusion.

    Example: backstop sensitivity configs/ashare.toml --paths 1000
    """
    from backstop.answers.sensitivity.sensitivity import Asked
    from backstop.answers.sensitivity.sensitivity import sensitivity as study
    from backstop.answers.sensitivity.table import as_json, write_sensitivity
    from backstop.config.text.toml_files import read_config
    from backstop.report.progress import progress
    from backstop.report.sensitivity import print_sensitivity
    from backstop.report.terminal import print_json

    asked = Asked(read_config(config), tuple(settings.overrides), arm, headline, tuple(tag or ["ours"]))
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        answer = study(asked, out, workers, on_progress)
    if out is not None:
        write_sensitivity(answer, out)
    if json:
        print_json(as_json(answer))
    else:
        print_sensitivity(answer)
