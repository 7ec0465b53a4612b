"""The command that writes market paths."""

from typing import Annotated

from backstop.cli.app import command
from backstop.cli.groups import Without
from backstop.cli.options import ConfigFile, Json, ParquetFile, Quiet
from backstop.cli.settings import Settings
from backstop.cli.sources import assembled


@command
def simulate(
    config: ConfigFile,
    out: ParquetFile,
    *,
    settings: Annotated[Settings, Without("design")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write market paths alone, for other tools.

    Example: backstop simulate configs/ashare.toml --paths 100 -o paths.parquet
    """
    from backstop.report.progress import progress
    from backstop.report.terminal import print_drawn, print_json, print_paths
    from backstop.runs.files import PARQUET, check_replaceable
    from backstop.runs.request import as_json
    from backstop.runs.simulate import simulate_paths

    check_replaceable(out, PARQUET)
    request = assembled(config, settings.overrides).request
    with progress(quiet) as on_progress:
        written = simulate_paths(request, out, settings.n_threads, on_progress)
    if json:
        print_json({"file": str(out), **written._asdict(), "drawn_parameters": as_json(request.drawn)})
        return
    print_paths(written, out)
    if request.drawn is not None:
        print_drawn(request.drawn)
