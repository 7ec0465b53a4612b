"""Counts a unit of work, ours and those of C++ of the same work."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from backstop.kernels.machine.target import Target, as_environment
from bench.engine_runs import seam_of
from bench.figures import OURS
from bench.instructions.callgrind import Counts, counts_by_name, counts_of_program
from bench.instructions.work import ARM, LANES, MARKET, UNITS
from bench.market_runs import SEED
from bench.markets import YEAR
from bench.peers import cpp_arm, cpp_garch
from bench.studies import Size, study_terms

CPP: Final = "C++"
LEVEL: Final = "x86-64-v3"
"""256-bit vectors, which valgrind knows."""
ROOT: Final = Path(__file__).parents[2]


def ours() -> dict[str, Counts]:
    """Of the engine, by work, a unit."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        library = Path(folder) / "counter.so"
        source = Path(__file__).parent / "counter.cpp"
        subprocess.run(["g++", "-O2", "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
        found = counts_by_name([sys.executable, "-m", "bench.instructions.work", str(library)], _environment())
        return {name: counts.over(UNITS[name]) for name, counts in found.items()}


def _environment() -> dict[str, str]:
    """Kernels as users run them, for a level of CPU."""
    paths = [str(ROOT), str(ROOT / "src"), *filter(None, sys.path)]
    return as_environment(Target(LEVEL, "")) | {"BACKSTOP_KERNELS": "objects", "PYTHONPATH": ":".join(paths)}


def of_cpp() -> dict[str, Counts]:
    """Of C++, a unit: what a second round adds to the first."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return {ARM: _of_arm(Path(folder)), MARKET: _of_market(Path(folder))}


def _of_arm(folder: Path) -> Counts:
    terms, n_paths = study_terms(Size()), cpp_arm.whole_tiles(LANES)
    program = cpp_arm.CppArm(terms.arms[-1], seam_of(terms, n_paths), folder, march=LEVEL)
    once, twice = (counts_of_program(program.command(reps)) for reps in (1, 2))
    return twice.less(once).over(n_paths * Size().days * Size().funds)


def _of_market(folder: Path) -> Counts:
    program = cpp_garch.compiled(folder, LEVEL)
    lanes = cpp_garch.LANES
    values = {"law": "student-t", "days": YEAR, "threads": 1, "seed": SEED}
    once, twice = (counts_of_program((program + " " + cpp_garch.ARGUMENTS).format(paths=n * lanes, **values).split())
                   for n in (1, 2))
    return twice.less(once).over(lanes * YEAR)


def counted() -> dict[str, dict[str, Counts]]:
    """By work and by who."""
    mine, theirs = ours(), of_cpp()
    return {work: {OURS: mine[work], CPP: theirs[work]} for work in (ARM, MARKET)}
