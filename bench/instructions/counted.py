"""Counts a unit of work, ours and those of C++ of the same work."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from backstop.kernels.machine.target import Target, as_environment
from bench.engine_runs import seam_of
from bench.figures import OURS
from bench.instructions.callgrind import Counts, counts_by_name, counts_of_program, lines_with_addresses
from bench.instructions.rules import by_rule
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
        found = counts_by_name(_command(Path(folder)), _environment())
        return {name: counts.over(UNITS[name]) for name, counts in found.items()}


def of_rules() -> dict[str, float]:
    """Instructions of an arm's day by rule, a unit, the most first; "" is what is no rule's."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        where = Path(folder) / "places"
        lines = lines_with_addresses([*_command(Path(folder)), str(where)], _environment(), ARM)
        return {name: count / UNITS[ARM] for name, count in by_rule(lines, where).most_common()}


def _command(folder: Path) -> list[str]:
    library, source = folder / "counter.so", Path(__file__).parent / "counter.cpp"
    subprocess.run(["g++", "-O2", "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    return [sys.executable, "-m", "bench.instructions.work", str(library)]


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
