"""Counts that are kept, for later ones to be compared with: what a change makes slower shows before any clock does."""

import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from bench.instructions.callgrind import Counts

FILE: Final = Path(__file__).parent / "kept.json"
MOST_GROWTH: Final = 0.02
"""Share by which instructions, loads or stores may grow before a check fails."""
CHECKED: Final = ("instructions", "loads", "stores")
COMPILERS: Final = ("numba", "llvmlite")


class Kept(NamedTuple):
    """The engine's counts at some time."""

    versions: dict[str, str]
    """Of what compiled the kernels: another may well count otherwise."""
    counts: dict[str, Counts]


def versions() -> dict[str, str]:
    """Of what compiles kernels here."""
    return {package: importlib.metadata.version(package) for package in COMPILERS}


def read(file: Path = FILE) -> Kept:
    """What `write` wrote."""
    told = json.loads(file.read_text(encoding="utf-8"))
    return Kept(told["versions"], {work: Counts(**counts) for work, counts in told["counts"].items()})


def write(counts: Mapping[str, Counts], file: Path = FILE) -> None:
    """Keep `counts`, to a tenth."""
    rounded = {work: {name: round(n, 1) for name, n in found._asdict().items()} for work, found in counts.items()}
    file.write_text(json.dumps({"versions": versions(), "counts": rounded}, indent=1) + "\n", encoding="utf-8")


def grown(now: Mapping[str, Counts], before: Mapping[str, Counts]) -> Iterator[str]:
    """What is counted more often than it was, beyond `MOST_GROWTH`, a line each."""
    for work, counts in now.items():
        for name in CHECKED:
            is_now, was = getattr(counts, name), getattr(before[work], name)
            if is_now > was * (1.0 + MOST_GROWTH):
                yield f"{work}: {name}: {is_now:.1f} a unit, {was:.1f} before, {is_now / was - 1.0:+.1%}"
