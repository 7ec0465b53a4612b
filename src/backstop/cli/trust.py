"""Commands that show whether results can be trusted, and where two runs part."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.cli.app import command
from backstop.cli.failing import EXIT_FOUND
from backstop.cli.options import Json, Quiet, Run
from backstop.cli.places import run_place, said

RunA = Annotated[Path, typer.Argument(metavar="RUN_A", parser=run_place, help="a run directory, or its URL")]
RunB = Annotated[Path, typer.Argument(metavar="RUN_B", parser=run_place, help="another")]


@command
def validate(
    only: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="cases, or beginnings of their names; "
                                                     "all of them without any")] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run the known answers: expected, got, tolerance.

    Example: backstop validate ruin
    """
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json, print_warning
    from backstop.report.validation_table import json_rows, print_validation
    from backstop.validation.known import run_validation

    with progress(quiet) as on_progress:
        results = run_validation(only, on_progress)
    if json:
        print_json({"answers": json_rows(results)})
    else:
        print_validation(results)
        for result in results if quiet else ():
            if result.verdict == "fail":
                print_warning(f"{result.case}: {result.label}: expected {result.expected}, got {result.got}")
    if any(result.verdict == "fail" for result in results):
        raise typer.Exit(EXIT_FOUND)


@command
def verify(
    run: Run,
    replays: Annotated[int, typer.Option("--replays", min=0, help="paths to make anew, chosen by chance")] = 3,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check a run: hashes, accounts, summaries and paths made anew.

    Example: backstop verify runs/ashare-1a2b3c4d --replays 10
    """
    from backstop.answers.stress import remade
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json, print_verification, print_warning
    from backstop.runs.verify import verify as verified

    with progress(quiet) as on_progress:
        found = verified(run, remade, replays, on_progress)
    if json:
        print_json({"run": said(run), **found._asdict()})
    else:
        print_verification(found, said(run))
        for line in found.findings if quiet else ():
            print_warning(line)
    if found.findings:
        raise typer.Exit(EXIT_FOUND)


@command
def diff(run_a: RunA, run_b: RunB, json: Json = False) -> None:
    """Compare two runs: what made them, terms, figures.

    Example: backstop diff runs/ashare-1a2b3c4d runs/ashare-5e6f7a8b
    """
    from backstop.answers.difference import difference
    from backstop.report.difference_tables import print_difference
    from backstop.report.terminal import print_json

    found = difference(run_a, run_b)
    if json:
        print_json(found.as_json())
    else:
        print_difference(found, said(run_a), said(run_b))
    if not found.is_none:
        raise typer.Exit(EXIT_FOUND)
