"""A complete run elsewhere: brought to a folder of this machine, or put there from one."""

from pathlib import Path
from typing import Any

from backstop.errors import DirectoryRefused, RunIncomplete
from backstop.runs.directory import MANIFEST, RUN, TABLES, counts_name, marked, note_name, open_directory, part_name
from backstop.runs.journal import is_as_written
from backstop.runs.manifest import faults_of, has_all_paths
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.side_by_side import side_by_side
from backstop.runs.storage import Folder, Storage


def files_of_run(manifest: dict[str, Any]) -> dict[str, str]:
    """By name of each file that a manifest vouches for, its hash."""
    hashes = dict(manifest["files"])
    for block in manifest["blocks"]:
        hashes |= {part_name(table, block["block"]): block["hashes"][table] for table in TABLES}
        hashes[counts_name(block["block"])] = block["hashes"]["counts"]
    return hashes


def bring_run(storage: Storage, folder: Path, on_progress: OnProgress = quiet) -> None:
    """Copy the complete run in `storage` to the new `folder`, each file held to its hash.

    Raises
    ------
    RunIncomplete
        There is none, or a file is not as it was written.
    DirectoryRefused
        `folder` holds something.
    EnvironmentFailure
        What cannot be read or written.
    """
    content, request = storage.read(MANIFEST), storage.read(RUN)
    manifest, identity = marked(content), marked(request)
    if content is None or manifest is None or request is None or identity is None:
        raise RunIncomplete(f"{storage.where}: not a complete run, it has no manifest of backstop; `backstop merge "
                            f"{storage.where}` makes it one once all blocks are there")
    if any(faults_of(manifest)) or not has_all_paths(manifest) or any("/" in name for name in manifest["files"]):
        raise RunIncomplete(f"{storage.where}/{MANIFEST}: is not as this version writes it; run it anew")
    hashes = files_of_run(manifest)
    meter = Meter("bringing", len(hashes), on_progress)
    with open_directory(folder, identity, overwrite=False):
        target = Folder(folder)

        def bring(name: str) -> bool:
            found = storage.read(name)
            if found is None or not is_as_written(found, hashes[name]):
                return False
            target.write(name, found)
            return True

        def bring_note(name: str) -> None:
            # nothing vouches for it but `verify`, which makes it anew
            target.write(name, storage.read(name) or b"")

        for name, is_whole in zip(hashes, side_by_side(bring, list(hashes)), strict=True):
            if not is_whole:
                raise RunIncomplete(f"{storage.where}/{name}: is not as it was written, or missing; look for another "
                                    "copy of the run, or make it anew")
            meter.add(1)
        list(side_by_side(bring_note, [note_name(block["block"]) for block in manifest["blocks"]]))
        target.write(RUN, request)
        target.write(MANIFEST, content)


def publish_run(folder: Path, storage: Storage) -> None:
    """Put what completes the run in `folder` beside its blocks in `storage`: the manifest last, if none is there.

    Raises
    ------
    DirectoryRefused
        Another command has completed it meanwhile.
    EnvironmentFailure
        What cannot be read or written.
    """
    local = Folder(folder)
    manifest = local.read(MANIFEST) or b""
    for name, digest in (marked(manifest) or {})["files"].items():
        content = local.read(name)
        if not is_as_written(content, digest) or content is None:
            raise RunIncomplete(f"{folder / name}: has changed; give the command again")
        storage.write(name, content)
    if not storage.create(MANIFEST, manifest):
        raise DirectoryRefused(f"{storage.where}: another command has completed this run meanwhile; `backstop show "
                               f"{storage.where}` shows it")
