"""What is counted: ``python -m bench.instructions.work COUNTER [PLACES]`` runs under callgrind.

Each work runs once to warm up. Where rules lie is written to PLACES.
"""

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path

from backstop.runs.tiles import FEWEST_LANES
from bench.engine_runs import ArmRun, seam_of
from bench.instructions import rules
from bench.market_runs import MarketTile, lanes_of
from bench.markets import YEAR, market_terms
from bench.studies import Size, study_terms

LANES = FEWEST_LANES
"""Of a tile of an arm, on any machine."""
ARM, MARKET = "arm", "market"
UNITS = {ARM: LANES * Size().days * Size().funds, MARKET: lanes_of(YEAR, 1) * YEAR}
"""(path, day, fund) and (path, day)."""


def works() -> dict[str, Callable[[], None]]:
    """An arm with a facility on a seam that is there already, and a tile of one GARCH(1,1) asset with Student's t."""
    terms = study_terms(Size())
    tile = MarketTile(market_terms("garch", "student-t", 1, YEAR))
    return {ARM: ArmRun(terms.arms[-1], seam_of(terms, LANES)), MARKET: lambda: tile.fill(0)}


def main() -> None:
    """Count each."""
    counter = ctypes.CDLL(sys.argv[1])
    for name, work in works().items():
        work()
        counter.start_counting()
        work()
        counter.stop_counting()
        counter.write_counts(name.encode())
    if sys.argv[2:]:
        rules.keep(Path(sys.argv[2]))


if __name__ == "__main__":
    main()
