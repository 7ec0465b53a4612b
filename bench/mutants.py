"""Planted defects: which of them the tests find.

    python -m bench.mutants                # all of bench/mutants.toml; names of some choose
    python -m bench.mutants --drawn FILE   # 200 by operator, fixed seed; what FILE has of an earlier call stands
    python -m bench.mutants --drawn FILE --again   # those that survived, against the tests of commands too

Each of the list is planted in a copy of the sources, and its tests run on that copy. A survivor ends it with 1.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.drawn_mutants import ROOMS, drawn
from bench.drawn_run import Verdict, run_all

SEED = 14
"""Of the draw."""
ROOT = Path(__file__).resolve().parent.parent


class Mutant(NamedTuple):
    """A text of a source file that becomes another, and the tests that must not pass."""

    name: str
    file: str
    before: str
    after: str
    tests: str
    python_kernels: bool = False
    """Whether kernels run as plain Python, for defects in them."""


def listed() -> list[Mutant]:
    """All that are written down."""
    return [Mutant(**one) for one in tomllib.loads((ROOT / "bench" / "mutants.toml").read_text())["mutant"]]


def planted(mutant: Mutant, source: str) -> str:
    """The source with the defect.

    Raises
    ------
    ValueError
        What is to be replaced stands there never, or more than once.
    """
    if source.count(mutant.before) != 1:
        raise ValueError(f"{mutant.name}: {mutant.file} has what it replaces {source.count(mutant.before)} times")
    return source.replace(mutant.before, mutant.after)


def is_found(mutant: Mutant, folder: Path) -> bool:
    """Whether a test fails with the defect in a copy of the sources in `folder`."""
    shutil.copytree(ROOT / "src", folder / "src")
    file = folder / "src" / "backstop" / mutant.file
    file.write_text(planted(mutant, file.read_text()))
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    options = ["-x", "-q", "-p", "no:cacheprovider"]
    if mutant.python_kernels:
        environment |= {"NUMBA_DISABLE_JIT": "1"}
        options += ["-W", "ignore::RuntimeWarning"]
    run = subprocess.run([sys.executable, "-m", "pytest", *options, mutant.tests], cwd=ROOT, env=environment,
                         capture_output=True, check=False)
    return run.returncode == 1


def equivalents() -> dict[str, str]:
    """Keys of drawn mutants that change nothing anyone can see, with the reason."""
    listed = tomllib.loads((ROOT / "bench" / "equivalent.toml").read_text())
    return {one["key"]: one["reason"] for one in listed["equivalent"]}


def _run_drawn(rooms: Sequence[str], out: Path, is_again: bool, seconds: float) -> int:
    """Those of some rooms, and what became of them by room; 2 where some are not yet judged."""
    mutants = [one for one in drawn(ROOT / "src" / "backstop", SEED) if one.file.split("/")[0] in rooms]
    verdicts = run_all(mutants, ROOT, out, is_again, seconds)
    print("| room | drawn | found | never end | equivalent | survive |\n|---|---|---|---|---|---|")
    left = [_row(room, {one.key: verdicts[one.key] for one in mutants
                        if one.file.startswith(f"{room}/") and one.key in verdicts}) for room in rooms]
    return 2 if len(verdicts) < len(mutants) else int(sum(left) > 0)


def _row(room: str, verdicts: dict[str, Verdict]) -> int:
    """Prints a room's row; how many survive of it."""
    counts = Counter(verdict.verdict for verdict in verdicts.values())
    same = sum(verdicts[key].verdict == "survives" for key in equivalents() if key in verdicts)
    left = counts["survives"] - same
    print(f"| `{room}/` | {len(verdicts)} | {counts['found']} | {counts['timeout']} | {same} | {left} |")
    return left


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant them one by one."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of some; all without")
    parser.add_argument("--drawn", type=Path, metavar="FILE", help="those by operator, verdicts kept in this file")
    parser.add_argument("--rooms", nargs="+", choices=list(ROOMS), default=list(ROOMS), help="of --drawn")
    parser.add_argument("--again", action="store_true", help="try survivors of --drawn again")
    parser.add_argument("--seconds", type=float, default=math.inf, metavar="N", help="of --drawn, begin none later")
    given = parser.parse_args(arguments)
    if given.drawn:
        return _run_drawn(given.rooms, given.drawn, given.again, given.seconds)
    chosen = [mutant for mutant in listed() if not given.names or mutant.name in given.names]
    survivors = 0
    for mutant in chosen:
        with tempfile.TemporaryDirectory() as folder:
            found = is_found(mutant, Path(folder))
        survivors += not found
        print(f"{'found' if found else 'SURVIVES':9} {mutant.file:32} {mutant.name}", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} found")
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
