"""What a wheel for a platform carries: compiled kernels for its CPUs, and the fits of the shipped configs.

    python -m backstop.runs.ship && pip wheel --no-deps --wheel-dir dist .

It is put into the package's own folder, where a wheel is built from (`hatch_build.py`), and found by the names that the
cache uses: code that other sources, compilers or CPUs ask for is compiled as ever.
"""

import shutil
import sys
from collections.abc import Sequence

from backstop.config.text.examples import FOLDER
from backstop.kernels.machine.cache import SHIPPED, cache_root, compiled_folder_name
from backstop.kernels.machine.entries import Work, compile_into
from backstop.kernels.machine.target import LEVELS, Target
from backstop.kernels.step import works
from backstop.runs.assemble import Assembled, assemble


def ship(levels: Sequence[Target] = tuple(LEVELS)) -> None:
    """Fill `SHIPPED` anew.

    Raises
    ------
    EnvironmentFailure
        See `crew.compile_jobs`.
    """
    shutil.rmtree(SHIPPED, ignore_errors=True)
    # a fit that is made once more leaves its file in the cache, where it is taken from
    assembled = [assemble(path) for path in sorted(FOLDER.glob("*.toml"))]
    root = cache_root()
    if root is not None and (root / "fits").is_dir():
        shutil.copytree(root / "fits", SHIPPED / "fits")
    folder = SHIPPED / compiled_folder_name()
    folder.mkdir(parents=True)
    for level in levels:
        compile_into(works_of_all(assembled), folder, level, _tell)


def works_of_all(assembled: Sequence[Assembled]) -> list[Work]:
    """What runs of these call."""
    requests = [one.request for one in assembled]
    needed = [work for request in requests
              for work in (*works(request.terms.arms[-1]), *request.market.works(request.terms.market))]
    return list(dict.fromkeys(needed))


def _tell(done: int, total: int) -> None:
    print(f"\rcompiled {done} of {total} parts", end="" if done < total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    ship()
