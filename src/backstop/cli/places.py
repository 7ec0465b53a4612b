"""Places that a command is given: folders and files of this machine, or URLs of object stores."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from backstop.cli.failing import EXIT_USAGE, fail


class Url(str):
    """A place of an object store."""

    __slots__ = ()


class RunUrl(Url):
    """A finished run there; a command finds it in a folder of this machine."""

    __slots__ = ()


_URLS: dict[Path, Url] = {}
"""By folder that stands for a URL, the URL."""


def place(text: str) -> Path | Url:
    """What a command may write blocks to."""
    return _read(text, Url)


def run_place(text: str) -> Path | Url:
    """Where a finished run is."""
    return _read(text, RunUrl)


def _read(text: str, kind: type[Url]) -> Path | Url:
    if text.startswith("file://"):
        from urllib.parse import unquote

        return Path(unquote(text.removeprefix("file://")))
    return kind(text) if "://" in text else Path(text)


@contextmanager
def at_hand(options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """`options` with folders in place of the URLs of runs; the folders are gone afterwards.

    Raises
    ------
    RunIncomplete
        There is no complete run, or a file of it is not as it was written.
    EnvironmentFailure
        The store does not answer.
    """
    urls = {name: value for name, value in options.items() if isinstance(value, RunUrl)}
    if not urls:
        yield dict(options)
        return
    with ExitStack() as folders:
        brought = {name: folders.enter_context(folder_for(url)) for name, url in urls.items()}
        for name, url in urls.items():
            bring(url, brought[name], bool(options.get("quiet")))
        yield {**options, **brought}


@contextmanager
def folder_for(url: Url) -> Iterator[Path]:
    """A folder of this machine that stands for a URL, and is gone afterwards."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="backstop-") as folder:
        run = Path(folder) / (url.rstrip("/").rpartition("/")[2] or "run")
        _URLS[run] = url
        yield run


def bring(url: Url, folder: Path, is_quiet: bool) -> None:
    """The complete run at a URL, in a new folder."""
    from backstop.report.progress import progress
    from backstop.runs.remote import bring_run
    from backstop.runs.shards import storage_of

    with progress(is_quiet) as on_progress:
        bring_run(storage_of(url), folder, on_progress)


def said(folder: Path) -> str:
    """A run as the user named it."""
    return _URLS.get(folder, str(folder))


def refuse_to_write_beside(run: Path, out: Path | None) -> None:
    """What is written beside a run, or into it, has no place beside a URL."""
    if out is None and run in _URLS:
        fail(f"{_URLS[run]}: is a URL; name the file or folder to write with --out", EXIT_USAGE)
