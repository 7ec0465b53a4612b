"""200 funds, 10 assets, 504 days, four arms: how long 10,000 paths take, and in how much memory.

The process that is measured is ``python -m bench.workloads.large PATHS THREADS ASSETS FUNDS ARMS DAYS``.
"""

import os
import sys
from collections.abc import Iterator
from typing import Final

from bench.children import run_child
from bench.engine_runs import engine_run, n_fund_days
from bench.figures import OURS, Figure
from bench.options import Options
from bench.report import count
from bench.studies import Size, study_terms

SIZE: Final = Size(assets=10, funds=200, arms=3, days=504)
"""Arm ``none`` stands beside the three."""
SMALL: Final = Size(assets=2, funds=4, arms=3, days=20)
ROOT: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def figures(options: Options) -> Iterator[Figure]:
    """A quarter of the paths and all of them, in processes of their own: time must grow with paths, memory must not."""
    n_paths, threads = options.paths or options.size(10_000, 64), max(options.threads)
    for n in (max(n_paths // 4, 1), n_paths):
        size = SMALL if options.quick else SIZE
        numbers = [str(number) for number in (n, threads, *size)]
        child = run_child(["-m", "bench.workloads.large", *numbers], {"PYTHONPATH": _path()})
        case = f"{size.funds} funds, {size.assets} assets, {size.days} days, {size.arms + 1} arms, {n:,} paths"
        case = f"{case}, {count(threads, 'thread')}"
        fund_days = n_fund_days(study_terms(size), n)
        yield Figure("large", case, OURS, "s", (child.seconds,))
        yield Figure("large", case, OURS, "s of CPU", (child.cpu_seconds,))
        yield Figure("large", case, OURS, "ns of CPU a (path, day, fund, arm)", (1e9 * child.cpu_seconds / fund_days,))
        yield Figure("large", case, OURS, "MB at the peak", (child.peak_mb,))


def _path() -> str:
    return os.pathsep.join([ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])


def main() -> None:
    """The run, its tables dropped as they come."""
    n_paths, threads, *size = map(int, sys.argv[1:])
    engine_run(study_terms(Size(*size)), n_paths, threads)()


if __name__ == "__main__":
    main()
