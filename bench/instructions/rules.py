"""Instructions of an arm's day by rule: where each rule's code lies, and how often what lies there was run."""

import bisect
import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from backstop.kernels.machine.cache import compiled_folder
from backstop.kernels.machine.entries import file_name, loaded_works
from backstop.kernels.machine.objects import from_bytes

_LINE = re.compile(r"(?P<place>0x[0-9a-f]+|[+-]\d+|\*) \S+ (?P<count>\d+)")


class Place(NamedTuple):
    """Addresses of a rule's code."""

    start: int
    end: int
    rule: str


def places() -> Iterator[Place]:
    """Of all rules that this process has loaded from the folder of compiled code."""
    folder = compiled_folder()
    for work in loaded_works():
        found = from_bytes((folder / file_name(work)).read_bytes()) if folder else None
        if found is not None:
            symbols = _symbols(found.code)
            base = work.rule.codes[work.signature].address - symbols[found.symbol][0]
            name = f"{work.rule.__module__.removeprefix('backstop.kernels.')}.{work.rule.__name__}"
            yield Place(base, base + max(start + size for start, size in symbols.values()), name)


def _symbols(code: bytes) -> dict[str, tuple[int, int]]:
    """Start and size of the functions of an object file."""
    with tempfile.NamedTemporaryFile(suffix=".o") as file:
        file.write(code)
        file.flush()
        listed = subprocess.run(["nm", "-S", file.name], capture_output=True, text=True, check=True).stdout
    rows = [row for row in map(str.split, listed.splitlines()) if len(row) == 4 and row[2] in "tTwW"]
    return {name: (int(start, 16), int(size, 16)) for start, size, _, name in rows}


def keep(file: Path) -> None:
    """Write `places`."""
    file.write_text(json.dumps(list(places())), encoding="utf-8")


def by_rule(counted: Iterable[str], file: Path) -> Counter[str]:
    """Instructions by rule, of the lines of a file that callgrind wrote with addresses; "" is what is no rule's."""
    known = sorted(Place(*place) for place in json.loads(file.read_text(encoding="utf-8")))
    found: Counter[str] = Counter()
    for address, count in _run(counted):
        at = bisect.bisect_right([place.start for place in known], address) - 1
        found[known[at].rule if at >= 0 and address < known[at].end else ""] += count
    return found


def _run(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Addresses and how often each was run: relative to the line before, and not what a call took in all."""
    address, is_call = 0, False
    for line in lines:
        if found := _LINE.match(line):
            place = found["place"]
            if place.startswith("0x"):
                address = int(place, 16)
            elif place != "*":
                address += int(place)
            if not is_call:
                yield address, int(found["count"])
        is_call = line.startswith("calls=")
