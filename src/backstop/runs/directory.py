"""A run directory: what lies where, whether it may be written to and by whom, and how it is cleared."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backstop.errors import DirectoryRefused, RunIncomplete
from backstop.runs.files import TEMPORARY, environment_failures
from backstop.runs.lock import sole_writer

TABLES = ("paths", "funds")
MARK = "backstop"
"""The key that every manifest and journal of ours has."""
_OURS = ("manifest.json", "config.toml", "resolved.json", "fits.json", "daily.parquet", "summary.parquet",
         "models.parquet", "summary.json", "decomposition.json", "report.html", "paths/part-*.parquet",
         "funds/part-*.parquet", "journal/block-*.json", "journal/block-*.counts", "journal/run.json")


class RunDirectory:
    """Names of the files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / "manifest.json"
        self.config = folder / "config.toml"
        self.resolved = folder / "resolved.json"
        self.fits = folder / "fits.json"
        self.daily = folder / "daily.parquet"
        self.summary = folder / "summary.parquet"
        self.models = folder / "models.parquet"
        """Each market model's paths alone, where a run has several."""
        self.summary_json = folder / "summary.json"
        self.decomposition = folder / "decomposition.json"
        self.journal = folder / "journal"
        self.request = self.journal / "run.json"
        self.lock = self.journal / "lock"

    def part(self, table: str, block: int) -> Path:
        """The part of `table` (``paths`` or ``funds``) that a block is written to."""
        return self.folder / table / f"part-{block:06}.parquet"

    def counts(self, block: int) -> Path:
        """The counts of a block, behind the daily bands."""
        return self.journal / f"block-{block:06}.counts"

    def note(self, block: int) -> Path:
        """The journal's note of a finished block."""
        return self.journal / f"block-{block:06}.json"

    def parts(self, table: str) -> list[Path]:
        """All parts of `table`, in the order of their paths."""
        return sorted((self.folder / table).glob("part-*.parquet"))

    def read_manifest(self) -> dict[str, Any]:
        """The manifest of a complete run.

        Raises
        ------
        RunIncomplete
            There is none, or it is none of ours.
        """
        manifest = _marked(self.manifest)
        if manifest is None:
            raise RunIncomplete(f"{self.folder}: not a complete run, it has no manifest of backstop; "
                                "repeat the command that made it to finish it")
        return manifest


@contextmanager
def open_directory(folder: Path, identity: dict[str, Any], overwrite: bool) -> Iterator[RunDirectory]:
    """Make the folder, or find it ready to be resumed, or cleared for `overwrite`; nothing else writes to it meanwhile.

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
    with sole_writer(folder, directory.lock):
        with environment_failures(folder):
            _settle(directory, identity, overwrite)
        yield directory


def _refuse_strange(directory: RunDirectory) -> None:
    """Refuse what is no folder, and one that holds something else than a run."""
    folder = directory.folder
    if folder.exists() and not folder.is_dir():
        raise DirectoryRefused(f"{folder}: is a file; name a folder with --out")
    if all(_marked(path) is None for path in (directory.request, directory.manifest)) and not _is_bare(directory):
        raise DirectoryRefused(f"{folder}: holds files that are no backstop run; name a new or empty folder with --out")


def _is_bare(directory: RunDirectory) -> bool:
    """Whether it holds at most what a run makes before it notes which run it is."""
    made = {directory.folder / name for name in (*TABLES, directory.journal.name)}
    made |= {directory.lock, directory.request.with_name(directory.request.name + TEMPORARY)}
    return all(path in made for path in directory.folder.rglob("*"))


def _settle(directory: RunDirectory, identity: dict[str, Any], overwrite: bool) -> None:
    """Decide about the run that it may hold, and make it ready for this one."""
    folder, unfinished = directory.folder, _marked(directory.request)
    if overwrite:
        _remove(folder, _OURS)
    elif _marked(directory.manifest) is not None:
        raise DirectoryRefused(f"{folder}: holds a complete run; name another folder with --out, or add --overwrite")
    elif unfinished is not None and unfinished != identity:
        differing = ", ".join(key for key in identity if unfinished.get(key) != identity[key])
        raise DirectoryRefused(f"{folder}: holds an unfinished run that differs in {differing}; name another folder "
                               "with --out, or add --overwrite")
    for name in TABLES:
        (folder / name).mkdir(exist_ok=True)
    _remove(folder, tuple(pattern + TEMPORARY for pattern in _OURS))


def _marked(path: Path) -> dict[str, Any] | None:
    """A JSON object of ours, or None."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and MARK in content else None


def _remove(folder: Path, patterns: tuple[str, ...]) -> None:
    """Remove files that bear names of ours, and nothing else: the manifest first, what says whose they are last."""
    for pattern in patterns:
        for path in folder.glob(pattern):
            # a table's folder that is a link leads elsewhere
            if path.parent.resolve().is_relative_to(folder.resolve()):
                path.unlink()
