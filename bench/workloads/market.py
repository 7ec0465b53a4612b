"""The market kernel alone: every volatility model with every law, assets that move together, how time grows."""

from collections.abc import Callable, Iterator
from typing import Any

from backstop.terms import MarketTerms
from bench.figures import OURS, Figure
from bench.market_runs import MarketRun
from bench.markets import LAWS, MODELS, YEAR, market_terms
from bench.options import Options
from bench.report import count
from bench.scaling import exponent_figure
from bench.timing import alternate, nanoseconds

UNIT = "ns an asset-day"
N_ASSETS = (1, 8, 32)
DEPENDENCES: dict[str, tuple[str, dict[str, Any]]] = {
    "gaussian": ("normal", {"copula": "gaussian", "correlation": 0.4}),
    "student-t": ("student-t", {"copula": "student-t", "nu": 6.0, "correlation": 0.4}),
    "student-t copula of skew-t": ("skew-t", {"copula": "student-t", "nu": 6.0, "correlation": 0.4}),
    "gaussian, DCC": ("normal", {"copula": "gaussian", "correlation": 0.4, "dynamics": {"a": 0.03, "b": 0.95}}),
}
"""Law of the shocks, and how they move together."""


def figures(options: Options) -> Iterator[Figure]:
    """Time an asset-day by model, law, assets and threads; then exponents in paths, days and assets."""
    for threads in options.threads:
        for n_assets in N_ASSETS[: options.size(3, 2)]:
            yield from by_model(options, n_assets, threads)
            yield from by_dependence(options, n_assets, threads)
    yield from exponents(options)


def by_model(options: Options, n_assets: int, threads: int) -> Iterator[Figure]:
    """Assets that are drawn apart."""
    for model in MODELS:
        for law in LAWS:
            yield _figure(options, f"{model}, {law}", market_terms(model, law, n_assets, YEAR), threads)


def by_dependence(options: Options, n_assets: int, threads: int) -> Iterator[Figure]:
    """GARCH(1,1) assets that are drawn together."""
    for name, (law, dependence) in DEPENDENCES.items() if n_assets > 1 else ():
        yield _figure(options, f"garch, {law}, {name}", market_terms("garch", law, n_assets, YEAR, dependence), threads)


def _figure(options: Options, name: str, terms: MarketTerms, threads: int) -> Figure:
    n_assets = len(terms.innovation.draw)
    run = MarketRun(terms, max(options.size(20_000, 300) // n_assets, 100), threads)
    samples = alternate({OURS: nanoseconds(run, run.n_steps, threads)}, options.reps)[OURS]
    return Figure("market", f"{name}, {count(n_assets, 'asset')}, {count(threads, 'thread')}", OURS, UNIT, samples)


def exponents(options: Options) -> Iterator[Figure]:
    """GARCH(1,1), Student-t, one thread; paths in whole tiles."""
    axes: dict[str, tuple[list[int], Callable[[int], MarketRun]]] = {
        "paths": ([2112, 6336, 19008, 57024], lambda n: _run(n, YEAR, 1)),
        "days": ([63, 126, 252, 504, 1008], lambda n: _run(2640, n, 1)),
        "assets": ([1, 2, 4, 8, 16, 32], lambda n: _run(1056, YEAR, n)),
    }
    for axis, (sizes, work) in axes.items():
        taken = sizes[: options.size(len(sizes), 2)]
        case = f"time grows with {axis}, {taken[0]} to {taken[-1]}"
        yield exponent_figure("market", case, {n: nanoseconds(work(n), 1) for n in taken}, options.reps)


def _run(n_paths: int, n_days: int, n_assets: int) -> MarketRun:
    return MarketRun(market_terms("garch", "student-t", n_assets, n_days), n_paths, 1)
