"""Blocks of a run, made apart and brought together: what `run --blocks` and `merge` do before there is an answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from backstop.cli.engines import refuse_for_local
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import Blocks, Engine, Scheduler
from backstop.cli.places import Url, bring, folder_for, said
from backstop.cli.sources import say_findings

if TYPE_CHECKING:
    from backstop.cli.settings import Settings
    from backstop.runs.assemble import Assembled
    from backstop.runs.shards import Shard


class Maker(NamedTuple):
    """What makes blocks of a run by themselves; see the options of `run`."""

    blocks: Blocks = None
    engine: Engine = "local"
    scheduler: Scheduler = None

    def is_for(self, out: Path | Url) -> bool:
        """Whether it makes the run, or a part of it; else one command makes the whole in a folder."""
        return self.blocks is not None or self.engine != "local" or isinstance(out, Url)

    def refuse(self, out: Path | Url | None, others: Mapping[str, bool]) -> None:
        """Refuse options that do not go together; `others` are for a run that one command makes in a folder."""
        refuse_for_local(self.engine, {"--scheduler": self.scheduler})
        if self.blocks is not None and self.engine != "local":
            fail("--blocks: are made by the threads of this command; leave out --engine", EXIT_USAGE)
        allowed = () if self.blocks is not None else ("--full", "--dry-run")
        given = ", ".join(name for name, is_given in others.items() if is_given and name not in allowed)
        if given and self.blocks is not None:
            fail(f"--blocks: makes some blocks of a run and nothing else; leave out {given}", EXIT_USAGE)
        if given and self.is_for(out or Path()):
            where = out if isinstance(out, Url) else f"--engine {self.engine}"
            fail(f"{where}: such a run is made block by block; leave out {given}, or make it in a folder by "
                 "--engine local", EXIT_USAGE)

    def make(self, found: "Assembled", config: Path, settings: "Settings", out: Path | Url, quiet: bool
             ) -> "Shard | None":
        """Make the blocks; what came of those of ``--blocks``."""
        from backstop.report.progress import progress
        from backstop.runs.on_dask import run_on_dask
        from backstop.runs.shards import Command, make_shard, storage_of

        command = Command(str(config.resolve()), found.request.config_folder, found.request.overrides)
        with progress(quiet) as on_progress:
            if self.engine == "local":
                return make_shard(found.request, command, storage_of(str(out)), self.blocks or ALL_BLOCKS,
                                  settings.n_threads, on_progress=on_progress)
            where = str(out) if isinstance(out, Url) else str(out.resolve())
            run_on_dask(found.request, command, where, self.scheduler, settings.n_threads, on_progress=on_progress)
            return None


ALL_BLOCKS = "0:1000000000"
"""More than any run has."""


def say_made(made: "Shard | None", out: Path | Url, json: bool) -> None:
    """Where blocks of ``--blocks`` are, and what puts the run together."""
    from backstop.report.terminal import print_json

    if made is None:
        return
    if json:
        print_json({"run": str(out), **made._asdict()})
    else:
        n_kept = made.last - made.first - made.n_made
        print(f"{out}: blocks {made.first}:{made.last} of {made.n_blocks}, {made.n_made} made"
              f"{f', {n_kept} were there' if n_kept else ''}; once all are there, `backstop merge {out}` makes it a "
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
