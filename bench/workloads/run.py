"""The main job on ``configs/ashare.toml``: time in process, memory and start of the command in processes of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backstop.runs.assemble import assemble
from backstop.terms import RunTerms
from bench.children import Child, run_child
from bench.engine_runs import engine_run, n_fund_days
from bench.figures import OURS, Figure
from bench.options import Options
from bench.report import count
from bench.timing import alternate, nanoseconds

CONFIG = Path(__file__).parents[2] / "configs" / "ashare.toml"


def figures(options: Options) -> Iterator[Figure]:
    """Time a fund-day and an asset-day, peak memory by paths, seconds from the command to its end."""
    terms = assemble(CONFIG).request.terms
    for threads in options.threads:
        yield from engine_figures(terms, options.size(10_000, 500), threads, options.reps)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield from memory(options, Path(folder))
        yield from starts(options, Path(folder))


def engine_figures(terms: RunTerms, n_paths: int, threads: int, reps: int) -> Iterator[Figure]:
    """Market and all arms through to the tables of outcomes, nothing written."""
    work = engine_run(terms, n_paths, threads)
    samples = alternate({OURS: nanoseconds(work, n_fund_days(terms, n_paths), threads)}, reps)[OURS]
    funds_per_asset = len(terms.names.funds) * len(terms.arms) / len(terms.names.assets)
    case = f"{CONFIG.stem}, {n_paths:,} paths, {terms.n_days} days, {count(threads, 'thread')}"
    yield Figure("run", case, OURS, "ns a (path, day, fund, arm)", samples)
    yield Figure("run", case, OURS, "ns a (path, day, asset)", tuple(s * funds_per_asset for s in samples))


def command(folder: Path, n_paths: int, cache: Path) -> Child:
    """``backstop run`` on the config, written into `folder`, with compiled code and fits in `cache`."""
    arguments = ["-m", "backstop", "run", str(CONFIG), "--paths", str(n_paths), "--out", str(folder / "run")]
    return run_child([*arguments, "--overwrite", "--quiet"], {"BACKSTOP_CACHE_DIR": str(cache)})


def memory(options: Options, folder: Path) -> Iterator[Figure]:
    """Peak resident memory of the command: it must not grow with paths."""
    cache = Path(os.environ.get("BACKSTOP_CACHE_DIR", folder / "memory"))
    for n_paths in (options.size(10_000, 500), options.size(100_000, 1_000)):
        child = command(folder, n_paths, cache)
        case = f"command, {n_paths:,} paths"
        yield Figure("run", case, OURS, "MB at the peak", (child.peak_mb,))
        yield Figure("run", case, OURS, "s", (child.seconds,))


def starts(options: Options, folder: Path) -> Iterator[Figure]:
    """Seconds of the command with nothing in its cache, with all of it, and with compiled code but no fits."""
    taken: dict[str, list[Child]] = {"cold": [], "warm": [], "warm, fits anew": []}
    n_paths = options.size(4_000, 500)
    for turn in range(options.size(3, 1)):
        cache = folder / f"cache-{turn}"
        for name, children in taken.items():
            if name == "warm, fits anew":
                shutil.rmtree(cache / "backstop" / "fits")
            children.append(command(folder, n_paths, cache))
    for name, children in taken.items():
        case = f"command, {n_paths:,} paths, {name}"
        yield Figure("run", case, OURS, "s", tuple(child.seconds for child in children))
        yield Figure("run", case, OURS, "s of CPU", tuple(child.cpu_seconds for child in children))
