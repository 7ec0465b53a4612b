"""Brings together blocks of a run that were made apart: every one is verified, and what is missing is said."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backstop.errors import DirectoryRefused, RunIncomplete
from backstop.runs import journal
from backstop.runs.assemble import Assembled, assemble
from backstop.runs.directory import CONFIG, MANIFEST, RUN, open_directory
from backstop.runs.journal import BlockRecord, files_of, is_as_written, read_note, write_note
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import RunRequest, identity_of, in_short, versions
from backstop.runs.shards import read_command
from backstop.runs.side_by_side import side_by_side
from backstop.runs.storage import Folder, Storage
from backstop.runs.tiles import Block, Layout, blocks_of, layout_of

MOST_LINES = 10
"""Of what is missing."""


class _Found(NamedTuple):
    """A block that lies somewhere."""

    storage: Storage
    record: BlockRecord


def assemble_shards(storage: Storage) -> Assembled:
    """The run whose blocks are in `storage`, from the config that lies there.

    Raises
    ------
    RunIncomplete, DirectoryRefused
        There are no blocks, or all of a complete run.
    ConfigError, DataError, CalibrationError
        What the config needs is not on this machine.
    """
    refuse_complete(storage)
    command, text = read_command(storage), storage.read(CONFIG) or b""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / CONFIG
        file.write_bytes(text)
        return assemble(file, command.overrides, Path(command.config_folder))


def gather(sources: Sequence[Storage], request: RunRequest, folder: Path, layout: Layout | None = None,
           on_progress: OnProgress = quiet) -> None:
    """Verify the blocks of `request` in `sources`, and bring those that are elsewhere into `folder`.

    Raises
    ------
    RunIncomplete
        A line for all that is missing, damaged, or made of something else, with the command that makes it.
    DirectoryRefused
        A source, or `folder`, holds a complete run or another one.
    EnvironmentFailure
        What cannot be read or written.
    """
    layout = layout or layout_of(request.terms)
    identity, blocks = identity_of(request, layout), blocks_of(request.n_paths, layout)
    for storage in sources:
        _refuse_other(storage, identity)
    found = [_Found(storage, record) for storage in sources for record in _records(storage)]
    lines = [*_foreign(found, identity), *_contradictions(found)]
    if lines:
        raise RunIncomplete("\n".join(lines))
    with open_directory(folder, identity, overwrite=False) as directory:
        journal.begin(directory, identity)
        bad = _brought(blocks, found, Folder(folder), on_progress)
    if bad:
        raise RunIncomplete("\n".join(_commands(sources[0], bad)))


def _refuse_other(storage: Storage, identity: Mapping[str, Any]) -> None:
    """Refuse what holds no blocks of this very run."""
    refuse_complete(storage)
    read_command(storage)
    theirs = json.loads(storage.read(RUN) or b"{}")
    other = {key: (theirs.get(key), value) for key, value in identity.items() if theirs.get(key) != value}
    if other:
        raise RunIncomplete(f"{storage.where}: holds blocks of another run: {_said(other)}")


def refuse_complete(storage: Storage) -> None:
    """There is nothing to merge where a run is complete.

    Raises
    ------
    DirectoryRefused
        It is.
    """
    if storage.read(MANIFEST) is not None:
        raise DirectoryRefused(f"{storage.where}: is a complete run already; `backstop show {storage.where}` shows it")


def _said(other: Mapping[str, tuple[Any, Any]]) -> str:
    """What differs, theirs before ours; long values by name alone."""
    words = {key: tuple(json.dumps(value) if not isinstance(value, str) else value for value in pair)
             for key, pair in other.items()}
    return ", ".join(f"{key} {theirs}, not {ours}" if max(len(theirs), len(ours)) <= 40 else f"another {key}"
                     for key, (theirs, ours) in words.items())


def _records(storage: Storage) -> list[BlockRecord]:
    """All notes of blocks, in the order of the blocks."""
    names = [name for name in storage.names("journal") if name.endswith(".json") and "/block-" in name]
    notes = map(read_note, side_by_side(storage.read, names))
    return [record for record in notes if record is not None]


def _foreign(found: Sequence[_Found], identity: Mapping[str, Any]) -> Iterator[str]:
    """A line for each way in which blocks were made of something else than this run, or by something else.

    Which CPU brings them together is all the same: they are held to the first one's.
    """
    if not found:
        return
    expected = {**in_short(identity), **versions(), "cpu": found[0].record.versions["cpu"]}
    blocks_by_fault: dict[tuple[str, str], list[int]] = {}
    for storage, record in found:
        theirs = {**record.run, **record.versions}
        other = {key: (theirs.get(key), value) for key, value in expected.items() if theirs.get(key) != value}
        if other:
            blocks_by_fault.setdefault((storage.where, _said(other)), []).append(record.block)
    for (where, fault), blocks in blocks_by_fault.items():
        yield (f"{where}: blocks {ranges_text(blocks)} were made by something else: {fault}; make all blocks with the "
               "same versions on the same kind of CPU, or under one NUMBA_CPU_NAME")


def _contradictions(found: Sequence[_Found]) -> Iterator[str]:
    """Blocks that were made twice and are not the same bytes."""
    first: dict[int, _Found] = {}
    for one in found:
        other = first.setdefault(one.record.block, one)
        if other.record.hashes != one.record.hashes:
            yield (f"block {one.record.block} has other bytes in {one.storage.where} than in {other.storage.where}, "
                   "though made of the same; report a bug")


def _brought(blocks: Sequence[Block], found: Sequence[_Found], target: Folder, on_progress: OnProgress) -> list[int]:
    """Bring every block to `target`; the numbers of those that are nowhere, or nowhere whole."""
    meter = Meter("merging", len(blocks), on_progress)
    places: dict[int, list[_Found]] = {}
    for one in found:
        # a note of other paths is no note of the block
        if 0 <= one.record.block < len(blocks) and tuple(blocks[one.record.block]) == one.record[:3]:
            places.setdefault(one.record.block, []).append(one)

    def bring(block: Block) -> bool:
        return any(_bring(one, target) for one in places.get(block.number, ()))

    bad = []
    for block, is_there in zip(blocks, side_by_side(bring, blocks), strict=True):
        meter.add(1)
        if not is_there:
            bad.append(block.number)
    return bad


def _bring(one: _Found, target: Folder) -> bool:
    """Whether the files of a block are as its note says; they are in `target` then."""
    is_elsewhere = not (isinstance(one.storage, Folder) and one.storage.path.resolve() == target.path.resolve())
    for name, digest in files_of(one.record).items():
        content = one.storage.read(name)
        if content is None or not is_as_written(content, digest):
            return False
        if is_elsewhere:
            target.write(name, content)
    if is_elsewhere:
        write_note(target, one.record)
    return True


def _commands(storage: Storage, bad: Iterable[int]) -> Iterator[str]:
    """For each run of blocks that is missing, what makes it."""
    command, ranges = read_command(storage), ranges_of(bad)
    for first, last in ranges[:MOST_LINES]:
        yield (f"blocks {first}:{last} are missing or damaged; make them with: "
               f"{command.for_blocks(first, last, storage.where)}")
    if len(ranges) > MOST_LINES:
        yield f"and {len(ranges) - MOST_LINES} more such ranges of blocks"


def ranges_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Rising numbers as ranges, their ends left out."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] == number:
            ranges[-1] = (ranges[-1][0], number + 1)
        else:
            ranges.append((number, number + 1))
    return ranges


def ranges_text(numbers: Iterable[int]) -> str:
    """Numbers as ``--blocks`` takes them."""
    return ", ".join(f"{first}:{last}" for first, last in ranges_of(numbers))
