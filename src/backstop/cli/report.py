"""Commands that take a finished run elsewhere: as a page, as files for other programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from backstop.cli.app import command
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import Language, Run
from backstop.cli.places import refuse_to_write_beside, said

_BEGINNINGS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
"""Of files that a chart may replace."""
Ending = Literal["csv", "arrow", "xlsx", "duckdb"]


@command
def export(
    run: Run,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="PATH", help="folder to write to, for xlsx and "
                                             "duckdb a file; without it, beside the run")] = None,
    to: Annotated[Ending, typer.Option("--to", help="csv, arrow: a file a table; xlsx: a workbook; duckdb: views of "
                                       "the run where it lies")] = "csv",
) -> None:
    """Write a run's tables for other programs.

    Example: backstop export runs/ashare-1a2b3c4d --to xlsx
    """
    from backstop.report.terminal import print_warning
    from backstop.runs.exports.database import export_duckdb
    from backstop.runs.exports.folders import export_arrow, export_csv
    from backstop.runs.exports.workbook import export_xlsx, left_out

    refuse_to_write_beside(run, out)
    if to == "duckdb" and said(run) != str(run):
        fail(f"{said(run)}: --to duckdb makes views of a run where it lies; bring it to a folder first: backstop merge "
             f"{said(run)} -o DIR", EXIT_USAGE)
    makers = {"csv": export_csv, "arrow": export_arrow, "xlsx": export_xlsx, "duckdb": export_duckdb}
    joint = "-" if to in ("csv", "arrow") else "."
    for file in makers[to](run, out or run.resolve().with_name(f"{run.name}{joint}{to}")):
        print(file)
    if to == "xlsx" and (big := left_out(run)):
        print_warning(f"{', '.join(big)}: left out, too large for a workbook; --to csv, arrow or duckdb has them")


@command
def report(
    run: Run,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="HTML file; without it, report.html "
                                             "in the run; of --chart, beside it")] = None,
    language: Language = "en",
    still: Annotated[bool, typer.Option("--still", help="no scripts: charts do not answer the pointer, a third of "
                                        "the size")] = False,
    beside: Annotated[list[Path] | None, typer.Option("--with", metavar="DIR", help="tell this answer too: a folder "
                                                      "that history, reverse, sweep, optimise or sensitivity wrote "
                                                      "with -o; repeatable")] = None,
    chart: Annotated[str | None, typer.Option("--chart", metavar="NAME", help="this chart alone, as sizing; a wrong "
                                              "name lists all")] = None,
    form: Annotated[Literal["svg", "png", "pdf"], typer.Option("--format", help="of --chart")] = "svg",
) -> None:
    """Write a run as one page, to be read offline, or one chart of it.

    Example: backstop report runs/ashare-1a2b3c4d
    """
    from backstop.report.page.page import write_page
    from backstop.report.page.single import write_chart
    from backstop.runs.files import check_replaceable

    refuse_to_write_beside(run, out)
    if chart is not None:
        if out is not None:
            check_replaceable(out, _BEGINNINGS[form])
        print(write_chart(run, chart, form, out, language))
        return
    if out is not None:
        check_replaceable(out, b"<!doctype html>")
    print(write_page(run, out, language, still, beside or ()))
