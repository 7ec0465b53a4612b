"""A run directory: what lies where, whether it may be written to and by whom, and how it is cleared."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backstop.errors import DirectoryRefused, RunIncomplete, RunIsThere
from backstop.runs.files import TEMPORARY, check_size, environment_failures, hash_of, read_bounded
from backstop.runs.lock import one_of_writers, sole_writer
from backstop.runs.manifest import contradictions, faults_of, has_all_paths, is_draw

TABLES = ("paths", "funds")
MANIFEST, CONFIG, RUN, COMMAND = "manifest.json", "config.toml", "journal/run.json", "journal/command.json"
"""What a complete run is; as the user wrote it; which run it is; how it was asked for, where blocks are made apart."""
MARK = "backstop"
"""The key that every manifest and journal of ours has."""
ALWAYS = (CONFIG, "resolved.json", "fits.json", "daily.parquet", "summary.parquet", "summary.json")
"""Files that every manifest has hashes of."""
_NAME_A_RUN = "name the folder of a run, as `backstop run` told it"
_TEXTS = (CONFIG, "resolved.json", "fits.json", "summary.json")
MODELS = "models.parquet"
"""One that it has a hash of where a run has several models."""
_OURS = (MANIFEST, CONFIG, "resolved.json", "fits.json", "daily.parquet", "summary.parquet",
         MODELS, "summary.json", "decomposition.json", "report.html", "paths/part-*.parquet",
         "funds/part-*.parquet", "journal/block-*.json", "journal/block-*.counts", COMMAND, RUN)


def part_name(table: str, block: int) -> str:
    """The part of `table` (``paths`` or ``funds``) that a block is written to, in its run directory."""
    return f"{table}/part-{block:06}.parquet"


def counts_name(block: int) -> str:
    """The counts of a block, behind the daily bands."""
    return f"journal/block-{block:06}.counts"


def note_name(block: int) -> str:
    """The journal's note of a finished block."""
    return f"journal/block-{block:06}.json"


class RunDirectory:
    """Names of the files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / MANIFEST
        self.config = folder / CONFIG
        self.resolved = folder / "resolved.json"
        self.fits = folder / "fits.json"
        self.daily = folder / "daily.parquet"
        self.summary = folder / "summary.parquet"
        self.models = folder / MODELS
        """Each market model's paths alone, where a run has several."""
        self.summary_json = folder / "summary.json"
        self.decomposition = folder / "decomposition.json"
        self.journal = folder / "journal"
        self.request = folder / RUN
        self.lock = self.journal / "lock"

    def part(self, table: str, block: int) -> Path:
        """See `part_name`."""
        return self.folder / part_name(table, block)

    def counts(self, block: int) -> Path:
        """See `counts_name`."""
        return self.folder / counts_name(block)

    def note(self, block: int) -> Path:
        """See `note_name`."""
        return self.folder / note_name(block)

    def parts(self, table: str) -> list[Path]:
        """All parts of `table`, in the order of their paths."""
        return sorted((self.folder / table).glob("part-*.parquet"))

    def read_request(self) -> dict[str, Any]:
        """Which run it is, finished or not.

        Raises
        ------
        RunIncomplete
            Nothing says so.
        """
        request = _marked(self.request)
        if request is None or not is_draw(request.get("drawn_parameters")):
            raise RunIncomplete(f"{self.request}: does not say which run this is; run it anew")
        return request

    def find_manifest(self) -> dict[str, Any] | None:
        """A manifest of ours, or None."""
        return _marked(self.manifest)

    def read_manifest(self, *, are_files_read: bool = True) -> dict[str, Any]:
        """The manifest of a complete run, whose texts are those that it was written with where `are_files_read`.

        Raises
        ------
        RunIncomplete
            There is none, or it is not as we write it; a text was changed, a part is gone, or a link stands in the
            place of a file.
        """
        if not self.folder.is_dir():
            what = "is a file" if self.folder.exists() else "there is no such folder"
            raise RunIncomplete(f"{self.folder}: {what}; {_NAME_A_RUN}")
        for link in links_in(self.folder):
            raise RunIncomplete(f"{link}: is a link, and a run lies in its own folder; put the file itself there")
        manifest = self.find_manifest()
        if manifest is None:
            remedy = "repeat the command that made it to finish it" if self.request.exists() else _NAME_A_RUN
            raise RunIncomplete(f"{self.folder}: not a complete run, it has no manifest of backstop; {remedy}")
        for key in faults_of(manifest):
            raise RunIncomplete(f"{self.manifest}: {key} is not as this version writes it; run it anew")
        if not has_all_paths(manifest):
            raise RunIncomplete(f"{self.manifest}: its blocks are not its paths, one after another; run it anew")
        if are_files_read:
            self._check_texts(manifest)
        return manifest

    def _check_texts(self, manifest: dict[str, Any]) -> None:
        for name in _TEXTS:
            if (self.folder / name).exists():
                check_size(self.folder / name, (self.folder / name).stat().st_size)
            if hash_of(self.folder / name) != manifest["files"].get(name):
                raise RunIncomplete(f"{self.folder / name}: is not what was written; run it anew")
        for path in (self.part(table, block["block"]) for table in TABLES for block in manifest["blocks"]):
            if not path.is_file():
                raise RunIncomplete(f"{path}: is missing; run it anew")
        for key in contradictions(manifest, read_bounded(self.resolved)):
            raise RunIncomplete(f"{self.manifest}: {key} is not what {self.resolved.name} says; run it anew")


@contextmanager
def open_directory(folder: Path, identity: dict[str, Any], overwrite: bool, is_shared: bool = False
                   ) -> Iterator[RunDirectory]:
    """Make the folder, or find it ready to be resumed, or cleared for `overwrite`; nothing else writes to it meanwhile.

    Where it `is_shared`, others may write blocks of the same run to it, but nothing that writes alone.

    Raises
    ------
    DirectoryRefused
        It holds a complete run, another unfinished run, or something that is no run at all; or another process is
        writing to it.
    EnvironmentFailure
        It cannot be made or read.
    """
    directory = RunDirectory(folder)
    with environment_failures(folder):
        _refuse_strange(directory)
        directory.journal.mkdir(parents=True, exist_ok=True)
    locked = one_of_writers if is_shared else sole_writer
    with locked(folder, directory.lock):
        with environment_failures(folder):
            _settle(directory, identity, overwrite)
            if not is_shared:
                _remove(folder, tuple(f"{pattern}*{TEMPORARY}" for pattern in _OURS))
        yield directory


def _refuse_strange(directory: RunDirectory) -> None:
    """Refuse what is no folder, and one that holds something else than a run."""
    folder = directory.folder
    if folder.is_symlink() and not folder.exists():
        raise DirectoryRefused(f"{folder}: is a link to {folder.readlink()}, which is not there; make it, or name "
                               "another folder with --out")
    if folder.exists() and not folder.is_dir():
        raise DirectoryRefused(f"{folder}: is a file; name a folder with --out")
    for link in links_in(folder):
        raise DirectoryRefused(f"{link}: is a link, and a run writes to its own folder alone; name another with --out")
    if all(_marked(path) is None for path in (directory.request, directory.manifest)) and not _is_bare(directory):
        raise DirectoryRefused(f"{folder}: holds files that are no backstop run; name a new or empty folder with --out")


def links_in(folder: Path) -> list[Path]:
    """Links in the place of a file or folder of a run: what is behind them is no part of it."""
    rooms = [folder / name for name in (*TABLES, "journal")]
    return [path for path in rooms if path.is_symlink()] or [
        path for pattern in _OURS for path in folder.glob(pattern) if path.is_symlink()]


def _is_bare(directory: RunDirectory) -> bool:
    """Whether it holds at most what a run makes before it notes which run it is."""
    made = {directory.folder / name for name in (*TABLES, directory.journal.name)}
    made |= {directory.lock, *directory.journal.glob(f"{directory.request.name}*{TEMPORARY}")}
    return all(path in made for path in directory.folder.rglob("*"))


def _settle(directory: RunDirectory, identity: dict[str, Any], overwrite: bool) -> None:
    """Decide about the run that it may hold, and make it ready for this one."""
    folder = directory.folder
    if overwrite:
        _remove(folder, _OURS)
    else:
        refuse_other_run(folder, _marked(directory.manifest), _marked(directory.request), identity)
    for name in TABLES:
        (folder / name).mkdir(exist_ok=True)


def refuse_other_run(where: Path | str, manifest: dict[str, Any] | None, unfinished: dict[str, Any] | None,
                     identity: dict[str, Any]) -> None:
    """Refuse to write where there is a complete run, or an `unfinished` one of another identity.

    Raises
    ------
    RunIsThere
        It is so.
    """
    if manifest is not None:
        raise RunIsThere(f"{where}: holds a complete run; name another folder with --out")
    if unfinished is not None and unfinished != identity:
        differing = ", ".join(key for key in identity if unfinished.get(key) != identity[key])
        raise RunIsThere(f"{where}: holds an unfinished run that differs in {differing}; name another folder with "
                         "--out")


def _marked(path: Path) -> dict[str, Any] | None:
    """A JSON object of ours, or None."""
    try:
        return marked(read_bounded(path))
    except OSError:
        return None


def marked(content: bytes | None) -> dict[str, Any] | None:
    """The JSON object of ours that a file holds, or None."""
    try:
        found = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and MARK in found else None


def _remove(folder: Path, patterns: tuple[str, ...]) -> None:
    """Remove files that bear names of ours, and nothing else: the manifest first, what says whose they are last."""
    for pattern in patterns:
        for path in folder.glob(pattern):
            # a table's folder that is a link leads elsewhere
            if path.parent.resolve().is_relative_to(folder.resolve()):
                path.unlink()
