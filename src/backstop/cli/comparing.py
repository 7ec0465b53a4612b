"""Commands that set arms, or real facilities, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.cli.app import command, resumable
from backstop.cli.engines import Engines
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.groups import Without
from backstop.cli.options import Json, Quiet, Run
from backstop.cli.settings import Settings

DEFAULT_SCENARIOS = ("crash-2015", "crash-2008")


@resumable
def designs(
    config: Annotated[Path | None, typer.Argument(metavar="[CONFIG]", help="a TOML file, whose funds and market the "
                                                  "facilities meet; without it, their names alone")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="folder for the runs and for "
                                      "designs.parquet")] = Path("runs/designs"),
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="this facility; repeatable")] = None,
    scenario: Annotated[list[str] | None, typer.Option("--scenario", metavar="NAME", help="a scenario; repeatable; "
                                                       "without it, crash-2015 and crash-2008")] = None,
    *,
    settings: Annotated[Settings, Without("design")],
    engines: Engines,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run real facilities, each in the place of a config's own, and set them side by side.

    Example: backstop designs configs/ashare.toml --only rbi-slf-mf-2020
    """
    from backstop.answers.designs import compare_designs, designs_table, fitting_designs
    from backstop.config.facility.designs import design_names
    from backstop.config.text.load import checked
    from backstop.config.text.toml_files import read_config
    from backstop.report.designs import print_designs
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json, print_warning
    from backstop.runs.files import write_whole
    from backstop.runs.store import table_bytes

    if config is None:
        if only or scenario:
            fail("backstop: --only and --scenario say what to run; name a config as well", EXIT_USAGE)
        _print_names(json)
        return
    source, overrides = read_config(config), settings.overrides
    currency = checked(source, overrides).money.currency
    chosen, misfits = fitting_designs(source, only or design_names(), overrides)
    for line in misfits:
        print_warning(line)
    with engines.workers(settings.n_threads) as workers, progress(quiet) as on_progress:
        figures = list(compare_designs(source, chosen, scenario or DEFAULT_SCENARIOS, overrides, out,
                                       workers, on_progress))
    write_whole(out / "designs.parquet", table_bytes(designs_table(figures)))
    if json:
        print_json({"figures": [figure._asdict() for figure in figures]})
    else:
        print_designs(figures, currency)


def _print_names(json: bool) -> None:
    """The facilities that can be run, each with its source."""
    from backstop.config.facility.designs import design, design_names
    from backstop.report.designs import print_design_names
    from backstop.report.terminal import print_json

    sources = {name: str(design(name)["source"]) for name in design_names()}
    print_json({"designs": sources}) if json else print_design_names(sources)


@command
def compare(
    run: Run,
    to: Annotated[str | None, typer.Option("--to", metavar="ARM", help="the arm that the others are held against; "
                                           "without it, the first")] = None,
    json: Json = False,
) -> None:
    """Set the arms of a run side by side: each against its counterfactual, and arm against arm.

    Example: backstop compare runs/ashare-1a2b3c4d --to fund
    """
    from backstop.answers.side_by_side import compare as compared
    from backstop.report.side_by_side import print_side_by_side
    from backstop.report.terminal import print_json

    found = compared(run, to)
    if json:
        print_json(found._asdict() | {name: [figure._asdict() for figure in figures]
                                      for name, figures in (("own", found.own), ("differences", found.differences))})
    else:
        print_side_by_side(found)
