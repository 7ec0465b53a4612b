"""What a wheel for a platform carries: compiled kernels for its CPUs, and the fits of the shipped configs.

    python -m backstop.runs.ship && pip wheel --no-deps --wheel-dir dist .

It is put into the package's own folder, where a wheel is built from (`hatch_build.py`), and found by the names that the
cache uses: code that other sources, compilers or CPUs ask for is compiled as ever.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from backstop.config.text.examples import FOLDER
from backstop.kernels.machine.cache import SHIPPED, cache_root, compiled_folder_name
from backstop.kernels.machine.crew import Crew
from backstop.kernels.machine.entries import jobs_of, loaded_works
from backstop.kernels.machine.target import LEVELS, Target
from backstop.runs.assemble import assemble
from backstop.runs.engine import compile_kernels


def ship(levels: Sequence[Target] = tuple(LEVELS)) -> None:
    """Fill `SHIPPED` anew.

    Raises
    ------
    EnvironmentFailure
        See `crew.compile_jobs`.
    """
    shutil.rmtree(SHIPPED, ignore_errors=True)
    ship_fits(SHIPPED / "fits")
    folder = SHIPPED / compiled_folder_name()
    folder.mkdir(parents=True)
    for path in _configs():
        request = assemble(path).request
        compile_kernels(request.terms, request.market)
    for level in levels:
        with Crew(level, _Teller()) as crew:
            crew.compile(jobs_of(loaded_works(), folder, level))


def ship_fits(folder: Path) -> None:
    """Make the fits of the shipped configs, and put them and no others into a new `folder`."""
    with tempfile.TemporaryDirectory() as private, _cache_in(private):
        for path in _configs():
            assemble(path)
        root = cache_root()
        assert root is not None
        shutil.copytree(root / "fits", folder)


def _configs() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


@contextmanager
def _cache_in(folder: str) -> Iterator[None]:
    """A cache of its own: the user's may have fits that are nobody else's to see."""
    before = os.environ.get("BACKSTOP_CACHE_DIR")
    os.environ["BACKSTOP_CACHE_DIR"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["BACKSTOP_CACHE_DIR"]
        else:
            os.environ["BACKSTOP_CACHE_DIR"] = before


class _Teller:
    """Tells how many parts are compiled, when there is one more."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        if done > self._told:
            self._told = done
            print(f"\rcompiled {done} of {total} parts", end="" if done < total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    ship()
