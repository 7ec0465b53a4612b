"""Blocks of a run, made apart and brought together: what `run --blocks` and `merge` do before there is an answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.cli.app import EXIT_USAGE, fail
from backstop.cli.sources import say_findings

if TYPE_CHECKING:
    from backstop.cli.settings import Settings
    from backstop.runs.assemble import Assembled


def refuse_beside_blocks(blocks: str | None, others: dict[str, bool]) -> None:
    """Options that are for a whole run are for `backstop merge`, or for none."""
    given = [name for name, is_given in others.items() if is_given]
    if blocks is not None and given:
        fail(f"--blocks: makes some blocks of a run and nothing else; leave out {', '.join(given)}", EXIT_USAGE)


def make_blocks(found: "Assembled", config: Path, settings: "Settings", blocks: str, place: str, quiet: bool,
                json: bool) -> None:
    """Make `blocks` and say where they are, and what puts the run together."""
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json
    from backstop.runs.shards import Command, make_shard, storage_of

    command = Command(str(config.resolve()), found.request.config_folder, found.request.overrides)
    with progress(quiet) as on_progress:
        made = make_shard(found.request, command, storage_of(place), blocks, settings.n_threads,
                          on_progress=on_progress)
    if json:
        print_json({"run": place, **made._asdict()})
        return
    n_kept = made.last - made.first - made.n_made
    print(f"{place}: blocks {made.first}:{made.last} of {made.n_blocks}, {made.n_made} made"
          f"{f', {n_kept} were there' if n_kept else ''}; once all are there, `backstop merge {place}` makes it a run")


def bring_together(places: Sequence[Path], folder: Path, quiet: bool) -> "tuple[Assembled, str]":
    """The run whose blocks lie in `places`, verified and in `folder`; and the path of its config."""
    from backstop.report.progress import progress
    from backstop.runs.merge import assemble_shards, gather
    from backstop.runs.shards import read_command, storage_of

    sources = [storage_of(str(place)) for place in places]
    found = assemble_shards(sources[0])
    say_findings(found)
    with progress(quiet) as on_progress:
        gather(sources, found.request, folder, on_progress=on_progress)
    return found, read_command(sources[0]).config
