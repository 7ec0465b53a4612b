"""Where the files of a run lie: each is written whole or not at all, and read whole."""

import os
from pathlib import Path
from typing import Protocol

from backstop.runs.files import environment_failures, read_bounded, whole_file


class Storage(Protocol):
    """Files by name; names have ``/`` between folder and file."""

    where: str
    """As users write it."""

    def read(self, name: str) -> bytes | None:
        """A file; None where there is none."""

    def write(self, name: str, content: bytes | memoryview) -> None:
        """Put a file there, in place of one that is there."""

    def create(self, name: str, content: bytes | memoryview) -> bool:
        """Put a file there unless one is there; whether it was put."""

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""

    def names(self, folder: str) -> list[str]:
        """Names of the files in `folder`, in alphabetical order."""


class Folder:
    """A folder of this machine; see `Storage`.

    Raises
    ------
    EnvironmentFailure
        From all that it does: disk full, no permission.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.where = path, str(path)

    def read(self, name: str) -> bytes | None:
        """See `Storage.read`."""
        with environment_failures(self.path / name):
            try:
                return read_bounded(self.path / name)
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes | memoryview) -> None:
        """See `Storage.write`."""
        with whole_file(self.path / name) as file:
            file.write(content)

    def create(self, name: str, content: bytes | memoryview) -> bool:
        """See `Storage.create`."""
        path = self.path / name
        if path.exists():
            return False
        self.write(name, content)
        return True

    def remove(self, name: str) -> None:
        """See `Storage.remove`."""
        with environment_failures(self.path / name):
            (self.path / name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """See `Storage.names`."""
        with environment_failures(self.path / folder):
            try:
                return sorted(f"{folder}/{name}" for name in os.listdir(self.path / folder))
            except FileNotFoundError:
                return []
