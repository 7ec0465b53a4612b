"""Instructions, loads, stores and misses of the first cache, beside C++ of the same work."""

import sys
from collections.abc import Iterator

from bench.figures import Figure, compared
from bench.instructions.callgrind import Counts, lacking
from bench.instructions.counted import counted
from bench.instructions.work import ARM, MARKET
from bench.options import Options

UNITS = {ARM: "a (path, day, fund)", MARKET: "a (path, day)"}


def figures(options: Options) -> Iterator[Figure]:
    """Each count of each work; sizes are always those that are kept."""
    if missing := lacking():
        print(f"instructions: left out, for want of {missing}", file=sys.stderr)
        return
    for work, of_contenders in counted().items():
        for number, name in enumerate(Counts._fields):
            samples = {who: (counts[number],) for who, counts in of_contenders.items()}
            yield from compared("instructions", f"{work}, {name}", f"{name} {UNITS[work]}", samples)
