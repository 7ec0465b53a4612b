"""The command that asks a real history: when would it have acted, what would it have paid."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backstop.cli.app import command
from backstop.cli.engines import Engines
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.groups import Without
from backstop.cli.options import ConfigFiles, Json, Kept, Quiet
from backstop.cli.settings import Settings

if TYPE_CHECKING:
    from backstop.config.text.toml_files import ConfigText


@command
def history(
    configs: ConfigFiles,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="first day that an episode may begin on, "
                                              "as 2015-01-01")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="last such day")] = None,
    designs: Annotated[list[str] | None, typer.Option("--designs", metavar="NAME", help="a real facility to set beside "
                                                      "the config's own; repeatable; all: every one that fits")] = None,
    out: Kept = None,
    *,
    settings: Annotated[Settings, Without("design")],
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Episode by episode: when it would have acted, what it would have paid.

    Example: backstop history configs/ashare.toml --from 2015-01-01
    """
    from backstop.answers.history.answer import Request
    from backstop.answers.history.answer import history as asked
    from backstop.answers.history.tables import tree_of, write_history
    from backstop.config.text.toml_files import read_config
    from backstop.report.history import print_history
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json

    sources = [read_config(config) for config in configs]
    chosen = _chosen(sources, designs or [], settings.overrides)
    span = _day(first, "--from"), _day(last, "--to")
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        found = asked(Request(sources[0], tuple(sources[1:]), tuple(settings.overrides), chosen, *span, workers),
                      on_progress)
    if out is not None:
        write_history(found, out)
    if json:
        print_json(tree_of(found))
    else:
        print_history(found)


def _day(text: str | None, option: str) -> datetime.date | None:
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        fail(f"backstop: {option}: {text!r} is no date; write it as 2015-06-15", EXIT_USAGE)


def _chosen(configs: "list[ConfigText]", names: list[str], overrides: list[str]) -> tuple[str, ...]:
    """The designs named, of all those that fit every config."""
    from backstop.answers.designs import fitting_designs
    from backstop.config.facility.designs import design_names
    from backstop.report.terminal import print_warning

    if not names:
        return ()
    chosen = list(design_names()) if "all" in names else names
    for config in configs:
        chosen, misfits = fitting_designs(config, chosen, overrides)
        for line in misfits:
            print_warning(line)
    return tuple(chosen)
