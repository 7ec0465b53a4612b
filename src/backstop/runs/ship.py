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
    # a fit that is made once more leaves its file in the cache, where it is taken from
    assembled = [assemble(path) for path in sorted(FOLDER.glob("*.toml"))]
    root = cache_root()
    if root is not None and (root / "fits").is_dir():
        shutil.copytree(root / "fits", SHIPPED / "fits")
    folder = SHIPPED / compiled_folder_name()
    folder.mkdir(parents=True)
    for one in assembled:
        compile_kernels(one.request.terms, one.request.market)
    for level in levels:
        with Crew(level, _tell) as crew:
            crew.compile(jobs_of(loaded_works(), folder, level))


def _tell(done: int, total: int) -> None:
    print(f"\rcompiled {done} of {total} parts", end="" if done < total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    ship()
