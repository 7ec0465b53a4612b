"""Blocks of a run, made apart and brought together: what `run --blocks` and `merge` do before there is an answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.places import Url, bring, folder_for, said
from backstop.cli.sources import say_findings

if TYPE_CHECKING:
    from backstop.cli.settings import Settings
    from backstop.runs.assemble import Assembled


ALL_BLOCKS = "0:1000000000"
"""More than any run has."""


def refuse_beside_blocks(blocks: str | None, out: Path | Url | None, others: dict[str, bool]) -> None:
    """Options for a run in one folder are none of blocks made apart, which a URL holds too."""
    allowed = () if blocks is not None else ("--full", "--dry-run")
    given = [name for name, is_given in others.items() if is_given and name not in allowed]
    if given and blocks is not None:
        fail(f"--blocks: makes some blocks of a run and nothing else; leave out {', '.join(given)}", EXIT_USAGE)
    if given and isinstance(out, Url):
        fail(f"{out}: a run at a URL is made block by block; leave out {', '.join(given)}, or name a folder with --out",
             EXIT_USAGE)


def make_blocks(found: "Assembled", config: Path, settings: "Settings", blocks: str, out: Path | Url, quiet: bool,
                json: bool | None) -> None:
    """Make `blocks`, and say where they are and what puts the run together; nothing where `json` is None."""
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json
    from backstop.runs.shards import Command, make_shard, storage_of

    where = str(out)
    command = Command(str(config.resolve()), found.request.config_folder, found.request.overrides)
    with progress(quiet) as on_progress:
        made = make_shard(found.request, command, storage_of(where), blocks, settings.n_threads,
                          on_progress=on_progress)
    if json:
        print_json({"run": where, **made._asdict()})
    elif json is not None:
        n_kept = made.last - made.first - made.n_made
        print(f"{where}: blocks {made.first}:{made.last} of {made.n_blocks}, {made.n_made} made"
              f"{f', {n_kept} were there' if n_kept else ''}; once all are there, `backstop merge {where}` makes it a "
              "run")


@contextmanager
def landing(shards: Path | Url, out: Path | None) -> Iterator[Path]:
    """The folder in which a run is finished: `out`, that of its blocks, or one that stands for their URL."""
    if out is not None or not isinstance(shards, Url):
        yield out or Path(shards)
    else:
        with folder_for(shards) as folder:
            yield folder


def publish(folder: Path) -> None:
    """Put what completes a run where its blocks are, if `folder` stands for that place."""
    from backstop.runs.remote import publish_run
    from backstop.runs.shards import storage_of

    if said(folder) != str(folder):
        publish_run(folder, storage_of(said(folder)))


def bring_together(places: Sequence[Path | Url], folder: Path, quiet: bool) -> "tuple[Assembled, str]":
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


def brought_whole(place: Path | Url, out: Path | None, quiet: bool) -> bool:
    """Whether `place` is the URL of a complete run, which is in the folder `out` then."""
    if out is None or not isinstance(place, Url):
        return False
    from backstop.runs.directory import MANIFEST
    from backstop.runs.shards import storage_of

    if storage_of(place).read(MANIFEST) is None:
        return False
    bring(place, out, quiet)
    return True
