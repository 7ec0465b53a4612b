"""One asset, GARCH(1,1), 252 days: ours with its seam written, beside what else one would use."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import OURS, Figure, compared
from bench.market_runs import SEED, MarketRun
from bench.markets import YEAR, market_terms
from bench.options import Options
from bench.peers import cpp_garch, external
from bench.peers.arch_garch import ArchGarch
from bench.peers.numpy_garch import NumpyGarch, TunedNumpyGarch, garch_of
from bench.report import count
from bench.timing import Sampler, alternate, nanoseconds

UNIT = "ns a path-day"
LAWS_WITH_PEERS = ("normal", "student-t")
MANY_PATHS = 400_000
"""Enough that threads which wake late, by milliseconds, do not show."""


def figures(options: Options) -> Iterator[Figure]:
    """Each law on each number of threads; peers in Python have one thread whatever is asked for."""
    with TemporaryDirectory(prefix="bench-") as folder:
        compiled = cpp_garch.command(Path(folder))
        peers = (*((("C++", compiled),) if compiled else ()), *options.peers)
        for law in LAWS_WITH_PEERS:
            for threads in options.threads:
                case = f"{law}, {YEAR} days, {count(threads, 'thread')}"
                contenders = {OURS: ours(options, law, threads), **dict(python_peers(options, law)),
                              **dict(external_peers(options, peers, law, threads))}
                yield from compared("garch", case, UNIT, alternate(contenders, options.reps))


def ours(options: Options, law: str, threads: int) -> Sampler:
    """The market kernel, as a run calls it."""
    run = MarketRun(market_terms("garch", law, 1, YEAR), options.size(MANY_PATHS, 500), threads)
    return nanoseconds(run, run.n_steps, threads)


def python_peers(options: Options, law: str) -> Iterator[tuple[str, Sampler]]:
    """Numpy over paths, plain and tuned; arch on few paths, where its arrays stay in cache, and on many."""
    model = garch_of(law)
    plain = NumpyGarch(model, options.size(50_000, 512), YEAR)
    yield "numpy", nanoseconds(plain, plain.n_paths * YEAR)
    tuned = TunedNumpyGarch(model, options.size(16_384, 512), YEAR)
    yield "numpy, tuned", nanoseconds(tuned, tuned.n_paths * YEAR)
    for n_paths in (options.size(10_000, 100), options.size(50_000, 200)):
        yield f"arch, {n_paths:,} paths", nanoseconds(ArchGarch(model, n_paths, YEAR), n_paths * YEAR)


def external_peers(options: Options, peers: tuple[tuple[str, str], ...], law: str,
                   threads: int) -> Iterator[tuple[str, Sampler]]:
    """Compiled programs, timed by themselves."""
    values = {"law": law, "dist": {"normal": "normal", "student-t": "t"}[law], "paths": options.size(MANY_PATHS, 500),
              "days": YEAR, "threads": threads, "seed": SEED}
    return external.samplers(peers, "ns_per_path_day", values)
