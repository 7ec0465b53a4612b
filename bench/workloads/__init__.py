"""Workloads by name: what ``--only`` takes."""

from collections.abc import Callable, Iterator

from bench.figures import Figure
from bench.options import Options
from bench.workloads import funds, garch, instructions, large, market, run

Workload = Callable[[Options], Iterator[Figure]]

WORKLOADS: dict[str, Workload] = {
    "garch": garch.figures,
    "market": market.figures,
    "run": run.figures,
    "funds": funds.figures,
    "instructions": instructions.figures,
    "large": large.figures,
}
