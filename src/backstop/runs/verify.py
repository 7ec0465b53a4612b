"""Whether a run directory is what its manifest says: hashes, accounts, and paths made anew from the manifest alone."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstop.errors import BackstopError
from backstop.kernels.machine.fingerprint import kernel_hash
from backstop.runs.assemble import assemble_again
from backstop.runs.directory import TABLES, RunDirectory
from backstop.runs.files import hash_of
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import identity_of
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


def verify(folder: Path, n_replays: int = 3, on_progress: OnProgress = quiet) -> Verification:
    """Check the run in `folder`; which paths are replayed is chance.

    Raises
    ------
    RunIncomplete
        There is no complete run.
    """
    directory = RunDirectory(folder)
    manifest = directory.read_manifest()
    hashes = dict(_hashes(directory, manifest))
    paths = sorted(random.sample(range(manifest["paths"]), min(n_replays, manifest["paths"])))
    meter = Meter("verifying", len(hashes) + 1 + len(paths), on_progress)
    findings = [*_changed_files(hashes, meter), *_strange_parts(directory, hashes)]
    n_rows = 0
    if not findings:
        n_rows, wrong = _accounts(directory, manifest)
        meter.add(1)
        findings = [*wrong, *_replays(directory, manifest, paths, meter)]
    return Verification(findings, len(hashes), n_rows, paths if n_rows else [])


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


def _strange_parts(directory: RunDirectory, hashes: dict[Path, str]) -> Iterator[str]:
    """Parts that readers of the tables would take for the run's."""
    for table in TABLES:
        for path in directory.parts(table):
            if path not in hashes:
                yield f"{path}: is no part of this run; remove it"


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


def _replays(directory: RunDirectory, manifest: dict[str, Any], paths: list[int], meter: Meter) -> Iterator[str]:
    """Paths that do not come out as they were written, made anew from the manifest and the config it was made from."""
    then = "" if manifest["kernels"] == kernel_hash() else "; it was made by other kernels than these"
    try:
        request = assemble_again(directory.folder).request
        identity = identity_of(request, layout_of(request.terms))
        yield from (f"{directory.manifest}: {key} is not that of config.toml; run it anew"
                    for key in ("seed", "paths", "currency", "config_hash") if manifest[key] != identity[key])
        for path in paths:
            other = differences(trace_path(request.terms, request.seed, path, request.market), directory)
            meter.add(1)
            if other:
                yield f"path {path}: its replay differs in {', '.join(other)}{then}"
    except BackstopError as error:
        yield str(error)
