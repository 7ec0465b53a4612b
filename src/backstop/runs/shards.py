"""Shards: blocks of a run made apart, by as many commands on as many machines as one likes."""

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from backstop.errors import ConfigError, RunIncomplete
from backstop.runs import journal
from backstop.runs.directory import COMMAND, MANIFEST, RUN, marked, open_directory, refuse_other_run
from backstop.runs.engine import compile_kernels, run_blocks
from backstop.runs.journal import to_json
from backstop.runs.object_store import ObjectStore
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest, identity_of
from backstop.runs.storage import Folder, Storage
from backstop.runs.store import head_of, store_block
from backstop.runs.tiles import Block, Layout, blocks_of, layout_of

TASK_SECONDS = 45.0
"""What a task of a cluster should take: long beside what it costs to hand it out, short beside what a death loses."""


class Command(NamedTuple):
    """How a run was asked for: what is needed to ask for more blocks of it."""

    config: str
    """Path of the config file."""
    config_folder: str
    overrides: tuple[str, ...]

    def for_blocks(self, first: int, last: int, where: str) -> str:
        """The command that makes blocks `first` up to `last`, that one left out."""
        sets = [word for setting in self.overrides for word in ("--set", setting)]
        return shlex.join(["backstop", "run", self.config, *sets, "--blocks", f"{first}:{last}", "-o", where])


class Shard(NamedTuple):
    """What a command made of a run."""

    first: int
    last: int
    """The block after its last one."""
    n_made: int
    """Others of its blocks were there before."""
    n_blocks: int
    """Of the run."""


def storage_of(place: str) -> Storage:
    """The folder that `place` names, or the place of an object store if it is a URL.

    Raises
    ------
    EnvironmentFailure
        There is no such store.
    """
    if place.startswith("file://"):
        return Folder(Path(unquote(place.removeprefix("file://"))))
    return ObjectStore(place) if is_url(place) else Folder(Path(place))


def is_url(place: str) -> bool:
    """Whether it names no folder of this machine."""
    return "://" in place


def parse_blocks(text: str, n_blocks: int) -> tuple[int, int]:
    """``A:B``, blocks A up to B, B left out; a B beyond the last block means all that are left.

    Raises
    ------
    ConfigError
        It is not of that form, or has no block of the run.
    """
    first, colon, last = text.partition(":")
    if not (colon and first.isdecimal() and last.isdecimal() and int(first) < min(int(last), n_blocks)):
        raise ConfigError([f"--blocks {text}: write A:B for blocks A up to B, B left out; the run has blocks 0 to "
                           f"{n_blocks - 1}, so all of them are 0:{n_blocks}"])
    return int(first), min(int(last), n_blocks)


def make_shard(request: RunRequest, command: Command, storage: Storage, blocks: str, threads: int,
               layout: Layout | None = None, on_progress: OnProgress = quiet) -> Shard:
    """Make the `blocks` ``A:B`` of a run and leave them in `storage`, each with its note; others may work beside it.

    Raises
    ------
    ConfigError
        No such blocks.
    DirectoryRefused
        There is another run, a complete one, or somebody who writes alone.
    EnvironmentFailure, AccountingError, NotFinite
        See `backstop.runs.store.simulated_run`.
    """
    layout = layout or layout_of(request.terms)
    whole = blocks_of(request.n_paths, layout)
    first, last = parse_blocks(blocks, len(whole))
    with opened_shards(request, command, storage, layout):
        missing = missing_of(storage, whole[first:last])
        if missing:
            compile_kernels(request.terms, request.market, on_progress)
            make_blocks(request, storage, missing, threads, layout, on_progress)
    return Shard(first, last, len(missing), len(whole))


@contextmanager
def opened_shards(request: RunRequest, command: Command, storage: Storage, layout: Layout) -> Iterator[None]:
    """A place for blocks of this run and no other, which says what it is for.

    Raises
    ------
    DirectoryRefused, EnvironmentFailure
        See `make_shard`.
    """
    identity = identity_of(request, layout)
    with _beside_others(storage, identity):
        for name, content in {**head_of(request, identity), COMMAND: _as_json(command)}.items():
            storage.create(name, content)
        yield


def missing_of(storage: Storage, blocks: Sequence[Block]) -> list[Block]:
    """Those of `blocks` that are not there yet, or not as they were written."""
    return [block for block in blocks if journal.finished(storage, block) is None]


def make_blocks(request: RunRequest, storage: Storage, missing: Sequence[Block], threads: int, layout: Layout,
                on_progress: OnProgress = quiet) -> None:
    """Make blocks with kernels that are compiled, and put them there one by one.

    Raises
    ------
    EnvironmentFailure, AccountingError, NotFinite
        See `backstop.runs.store.simulated_run`.
    """
    identity = identity_of(request, layout)
    # closed at once, so that an exception here stops the threads
    with closing(run_blocks(request.terms, request.seed, missing, threads, layout, request.market,
                            on_progress)) as blocks:
        for tables in blocks:
            store_block(storage, request, identity, tables)
            # a block must not stay in memory while the next one is waited for
            del tables


@contextmanager
def _beside_others(storage: Storage, identity: dict[str, Any]) -> Iterator[None]:
    """A place for blocks of this run and no other."""
    if isinstance(storage, Folder):
        with open_directory(storage.path, identity, overwrite=False, is_shared=True):
            yield
    else:
        manifest, unfinished = (marked(storage.read(name)) for name in (MANIFEST, RUN))
        refuse_other_run(storage.where, manifest, unfinished, identity)
        yield


def _as_json(command: Command) -> bytes:
    return to_json(command._asdict())


def read_command(storage: Storage) -> Command:
    """How the run was asked for whose blocks are in `storage`.

    Raises
    ------
    RunIncomplete
        There are none.
    """
    try:
        found = json.loads(storage.read(COMMAND) or b"")
        return Command(found["config"], found["config_folder"], tuple(found["overrides"]))
    except (ValueError, TypeError, KeyError):
        raise RunIncomplete(f"{storage.where}: holds no blocks that were made apart; make some with `backstop run "
                            f"CONFIG --blocks A:B -o {storage.where}`") from None
