"""Commands about configs: write one, check one, describe all."""

import functools
from pathlib import Path
from typing import Annotated

import typer

from backstop.cli.app import command
from backstop.cli.groups import Without
from backstop.cli.options import ConfigFile, Json, Overwrite
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled


@command
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder to write into; made if need be")],
    example: Annotated[str, typer.Option("--example", help="which example")] = "ashare",
    overwrite: Overwrite = False,
) -> None:
    """Write a commented config to start from.

    Example: backstop init study --example us
    """
    from backstop.config.text.examples import example as text_of
    from backstop.errors import DirectoryRefused
    from backstop.runs.files import environment_failures, write_whole

    text, path = text_of(example), folder / f"{example}.toml"
    if path.exists() and not overwrite:
        raise DirectoryRefused(f"{path}: is there already; name another folder, or add --overwrite")
    with environment_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
    print(path)


@command
def check(
    config: ConfigFile,
    *,
    settings: Annotated[Settings, Without("threads")],
    terms: Annotated[bool, typer.Option("--terms", help="all resolved terms with their units, instead of a screen")] =
    False,
    json: Json = False,
) -> None:
    """Validate a config and say what it holds; --terms: every resolved term.

    Example: backstop check study/us.toml --set run.days=252
    """
    from backstop.config.describe import describe
    from backstop.report.check_screen import check_screen
    from backstop.report.terminal import print_fits, print_json, print_lines, print_terms

    found = assembled(config, settings.overrides)
    rows = describe(found.config, found.request.terms)
    if json:
        print_json({"terms": [row._asdict() for row in rows], "fits": found.request.all_fits,
                    "findings": list(found.findings)})
        return
    if terms:
        print_fits(found.request)
        print_terms(rows)
    else:
        print_lines(functools.partial(check_screen, found))


@command
def schema() -> None:
    """Print the JSON Schema of configs.

    Example: backstop schema > schema.json
    """
    from json import dumps

    from backstop.config.schema import Config

    print(dumps(Config.model_json_schema(), indent=1))
