"""Whether a run directory is what its manifest says: hashes, accounts, and paths made anew from the manifest alone."""

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from backstop.errors import BackstopError, RunIncomplete
from backstop.kernels.machine.fingerprint import kernel_hash
from backstop.runs.assemble import assemble_again
from backstop.runs.directory import ALWAYS, COMMAND, MANIFEST, MODELS, TABLES, RunDirectory
from backstop.runs.files import hash_of, read_bounded
from backstop.runs.journal import read_note, to_json
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import IDENTITY, RunRequest, identity_of, in_short
from backstop.runs.store import told_of
from backstop.runs.tiles import layout_of
from backstop.runs.trace import differences, trace_path


class Verification(NamedTuple):
    """What was looked at, and a line for everything that is wrong."""

    findings: list[str]
    n_files: int
    n_rows: int
    """Rows of the table of paths whose accounts were read."""
    replayed: list[int]
    """Numbers of the paths made anew."""
    uncovered: list[str]
    """What lies in the folder and was not looked at."""


Remake: TypeAlias = Callable[[RunDirectory, RunRequest], Mapping[str, "bytes | memoryview"]]
"""Files that follow from the blocks of a run, made from them anew, by name."""


def verify(folder: Path, remake: Remake, n_replays: int = 3, on_progress: OnProgress = quiet) -> Verification:
    """Check the run in `folder`; which paths are replayed is chance.

    Raises
    ------
    RunIncomplete
        There is no complete run.
    """
    directory = RunDirectory(folder)
    manifest = directory.read_manifest(are_files_read=False)
    hashes = dict(_hashes(directory, manifest))
    paths = sorted(random.sample(range(manifest["paths"]), min(n_replays, manifest["paths"])))
    meter = Meter("verifying", len(hashes) + 1 + len(paths), on_progress)
    findings = [*_wrong_list(directory, manifest), *_changed_files(hashes, meter),
                *_strange_files(directory, hashes, manifest)]
    n_rows = 0
    if not findings:
        n_rows, findings = _accounts(directory, manifest)
        meter.add(1)
    if not findings:
        findings = [*_journal(directory, manifest), *_replays(directory, manifest, paths, meter, remake)]
    return Verification(findings, len(hashes), n_rows, paths if n_rows else [], _uncovered(directory, hashes))


def _hashes(directory: RunDirectory, manifest: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every file of the run with the hash that the manifest has of it."""
    for name, digest in manifest["files"].items():
        yield directory.folder / name, digest
    for block in manifest["blocks"]:
        for table in TABLES:
            yield directory.part(table, block["block"]), block["hashes"][table]
        yield directory.counts(block["block"]), block["hashes"]["counts"]


def _changed_files(hashes: dict[Path, str], meter: Meter) -> Iterator[str]:
    for path, digest in hashes.items():
        found = hash_of(path)
        meter.add(1)
        if found != digest:
            yield f"{path}: {'is not what was written' if found else 'is missing'}; run it anew"


def _wrong_list(directory: RunDirectory, manifest: dict[str, Any]) -> Iterator[str]:
    """Files that every run has and the manifest says nothing of, and those that no run writes."""
    listed = set(manifest["files"])
    for name in sorted(set(ALWAYS) - listed):
        yield f"{directory.manifest}: files says nothing of {name}; run it anew"
    for name in sorted(listed - {*ALWAYS, MODELS}):
        yield f"{directory.manifest}: files names {name}, which no run writes; run it anew"


def _strange_files(directory: RunDirectory, hashes: dict[Path, str], manifest: dict[str, Any]) -> Iterator[str]:
    """Files among those of the run that are none of its own: readers would take some of them for the run's."""
    known = {*hashes, directory.request, directory.lock, directory.folder / COMMAND}
    known |= {directory.note(block["block"]) for block in manifest["blocks"]}
    for room in (*TABLES, directory.journal.name):
        for path in sorted((directory.folder / room).iterdir()):
            if path not in known:
                yield f"{path}: is no part of this run; remove it"


def _uncovered(directory: RunDirectory, hashes: dict[Path, str]) -> list[str]:
    """Files in the folder of the run that nothing is known of, and what of the manifest is not."""
    rooms = {directory.folder / room for room in (*TABLES, directory.journal.name)}
    others = {path.name for path in directory.folder.iterdir() if path not in {*hashes, *rooms, directory.manifest}}
    command = {COMMAND} if (directory.folder / COMMAND).exists() else set()
    return [*sorted(others | command), f"{MANIFEST}: timings, versions, config_folder"]


def _journal(directory: RunDirectory, manifest: dict[str, Any]) -> Iterator[str]:
    """Notes that do not say what the manifest says."""
    identity = {key: manifest[key] for key in IDENTITY}
    if _content(directory.request) != to_json(identity):
        yield f"{directory.request}: is not what the manifest says; run it anew"
    # a run that stops when a figure is known well enough was begun for more paths
    short = {key: value for key, value in in_short(identity).items() if key != "paths"}
    for block in manifest["blocks"]:
        content = _content(directory.note(block["block"]))
        note = read_note(content)
        is_same = note is not None and (
            note.as_listed() == block and content == to_json(note._asdict(), indent=None)
            and isinstance(note.run, dict) and {key: note.run.get(key) for key in short} == short)
        if not is_same:
            yield f"{directory.note(block['block'])}: is not what the manifest says; run it anew"


def _content(path: Path) -> bytes:
    try:
        return read_bounded(path)
    except (OSError, RunIncomplete):
        return b""


def _accounts(directory: RunDirectory, manifest: dict[str, Any]) -> tuple[int, list[str]]:
    """Rows read, and those whose accounts do not close."""
    try:
        parts = Parts(directory)
        created = parts.path_column("money_created")
    except BackstopError as error:
        return 0, [str(error)]
    findings = [f"arm {parts.arms[arm]}, path {path}: accounts are {created[arm, path]} apart; trace it, report a bug"
                for arm, path in np.argwhere(created != 0.0)[:10]]
    if parts.n_paths != manifest["paths"]:
        findings.append(f"{directory.folder}: holds {parts.n_paths} paths of {manifest['paths']}; run it anew")
    return created.size, findings


def _replays(directory: RunDirectory, manifest: dict[str, Any], paths: list[int], meter: Meter, remake: Remake
             ) -> Iterator[str]:
    """What does not come out as it was written, made anew from the manifest and the config it was made from."""
    then = "" if manifest["kernels"] == kernel_hash() else "; it was made by other kernels than these"
    try:
        request = assemble_again(directory.folder).request
        identity = identity_of(request, layout_of(request.terms))
        yield from (f"{directory.manifest}: {key} is not that of config.toml; run it anew"
                    for key in ("seed", "paths", "currency", "config_hash") if manifest[key] != identity[key])
        yield from (f"{directory.manifest}: {key} is not that of config.toml; run it anew"
                    for key, value in told_of(request).items() if manifest[key] != value)
        for name, content in remake(directory, request).items():
            if manifest["files"].get(name) != hashlib.sha256(content).hexdigest():
                yield f"{directory.folder / name}: is not what the paths of the run come to{then}; run it anew"
        for path in paths:
            other = differences(trace_path(request.terms, request.seed, path, request.market), directory)
            meter.add(1)
            if other:
                yield f"path {path}: its replay differs in {', '.join(other)}{then}"
    except BackstopError as error:
        yield str(error)
