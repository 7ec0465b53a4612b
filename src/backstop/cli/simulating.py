"""The command that writes market paths."""

from pathlib import Path
from typing import Annotated

import typer

from backstop.cli.app import command
from backstop.cli.options import ConfigFile, Json, Market, Paths, Quiet, Seed, Set, Threads
from backstop.cli.sources import assembled, overrides_of, threads_of


@command
def simulate(
    config: ConfigFile,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="parquet file to write")],
    paths: Paths = None,
    seed: Seed = None,
    threads: Threads = None,
    sets: Set = None,
    market: Market = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write market paths alone, for other tools."""
    from backstop.report.progress import progress
    from backstop.report.terminal import print_drawn, print_json, print_paths
    from backstop.run.files import PARQUET, check_replaceable
    from backstop.run.request import as_json
    from backstop.run.simulate import simulate_paths

    check_replaceable(out, PARQUET)
    request = assembled(config, overrides_of(paths, seed, sets, market)).request
    with progress(quiet) as on_progress:
        written = simulate_paths(request, out, threads_of(threads), on_progress)
    if json:
        print_json({"file": str(out), **written._asdict(), "drawn_parameters": as_json(request.drawn)})
        return
    print_paths(written, out)
    if request.drawn is not None:
        print_drawn(request.drawn)
