"""Commands that show whether results can be trusted."""

from typing import Annotated

import typer

from backstop.cli.app import EXIT_FOUND, command
from backstop.cli.options import Json, Quiet


@command
def validate(
    only: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="cases, or beginnings of their names; "
                                                     "all of them without any")] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run the known answers: expected, got, tolerance."""
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json
    from backstop.report.validation_table import json_rows, print_validation
    from backstop.validation.known import run_validation

    with progress(quiet) as on_progress:
        results = run_validation(only, on_progress)
    if json:
        print_json(json_rows(results))
    else:
        print_validation(results)
    if any(result.verdict == "fail" for result in results):
        raise typer.Exit(EXIT_FOUND)
