"""Whether fewer paths would do: ``python -m bench.controls`` measures what controls and antithetic paths are worth.

A control is a number of a path whose expectation is known: what it explains of a figure, by regression, an estimate may
leave out of its error. An antithetic path has the shocks of another with their signs turned; where the two differ in
opposite directions, their mean varies less than that of two paths drawn apart.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstop.kernels.machine.frames import aligned
from backstop.kernels.state import Seam
from backstop.runs.assemble import assemble
from backstop.terms import Floats, Integers, RunTerms
from bench.engine_runs import ArmRun, seam_of

CONFIG = Path(__file__).parents[1] / "configs" / "ashare.toml"
TILE = 500
PATHS = 4_000


class Gain(NamedTuple):
    """Of the mean of one figure."""

    figure: str
    squares: float
    """Share of variance that sums of returns and of squared shocks, by risky asset, explain."""
    more: float
    """So with the sums of falling shocks, and of the returns of the first half, as well."""
    antithetic: float
    """Correlation of a path's figure and its antithetic path's: above 0, the pair is worth less than two paths."""


def gains(n_paths: int = PATHS) -> Iterator[Gain]:
    """Each figure of the example, over whole tiles of paths."""
    terms = assemble(CONFIG).request.terms
    tiles = [_tile(terms, first) for first in range(0, n_paths, TILE)]
    squares, more = (np.concatenate([tile[key] for tile in tiles], axis=1) for key in ("squares", "more"))
    for name in tiles[0]["own"]:
        own, turned = (np.concatenate([tile[key][name] for tile in tiles]) for key in ("own", "turned"))
        if own.std() > 0.0:
            yield Gain(name, explained(own, squares), explained(own, more), float(np.corrcoef(own, turned)[0, 1]))


def explained(values: Floats, controls: Floats) -> float:
    """Share of the variance of `values` (P,) that a regression on `controls` (C, P) explains."""
    centred, columns = values - values.mean(), controls - controls.mean(axis=1, keepdims=True)
    weights = np.linalg.lstsq(columns.T, centred, rcond=None)[0]
    return float(1.0 - np.var(centred - weights @ columns) / np.var(centred))


def _tile(terms: RunTerms, first_path: int) -> dict[str, Any]:
    seam = seam_of(terms, TILE, first_path)
    risky = np.flatnonzero(terms.arms[0].prices.is_risky)
    squares, more = _controls(seam, risky)
    turned = aligned(seam.log_return.shape)
    turned[:] = 2.0 * terms.market.overlay.drift[:, :, None] - seam.log_return
    return {"own": _figures(terms, seam), "turned": _figures(terms, Seam(turned, seam.volatility)),
            "squares": squares, "more": more}


def _controls(seam: Seam, risky: Integers) -> tuple[Floats, Floats]:
    """(C, P) sums over days."""
    returns, n_days = seam.log_return[:, risky], len(seam.log_return)
    shocks = returns / seam.volatility[:, risky]
    squares = np.concatenate([returns.sum(axis=0), (shocks**2).sum(axis=0)])
    halves = np.concatenate([np.minimum(shocks, 0.0).sum(axis=0), returns[: n_days // 2].sum(axis=0)])
    return squares, np.concatenate([squares, halves])


def _figures(terms: RunTerms, seam: Seam) -> dict[str, Floats]:
    """(P,) figures of arm none and of the last arm."""
    none, last = (_arm(terms, number, seam) for number in (0, -1))
    return {"forced sales without a facility": none["forced"], "relief": none["forced"] - last["forced"],
            "fire-sale cost without a facility": none["cost"], "fire-sale cost saved": none["cost"] - last["cost"],
            "injected": last["injected"], "peak use of the pool": last["peak"], "a key is ever on": last["active"]}


def _arm(terms: RunTerms, number: int, seam: Seam) -> dict[str, Floats]:
    run, count = ArmRun(terms.arms[number], seam), terms.arms[number].funds.count
    run()
    funds, paths = run.state.fund_tally, run.state.path_tally
    return {"forced": count @ funds.forced_sales, "cost": count @ funds.fire_sale_cost,
            "injected": paths.injected[0].copy(), "peak": paths.pool_peak_use[0].copy(),
            "active": (paths.first_active_day[0] > 0.0).astype(np.float64)}


def table(found: Iterator[Gain]) -> str:
    """As Markdown."""
    rows = [f"| {gain.figure} | {gain.squares:.0%} | {gain.more:.0%} | {gain.antithetic:+.2f} |" for gain in found]
    head = "| mean of | sums of returns and of squared shocks explain | with falling shocks and half-way returns | "
    return "\n".join([f"{head}correlation with the antithetic path |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    print(table(gains()))
