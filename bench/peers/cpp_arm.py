"""The C++ peer of the arm: the model of the engine for the rules of one study, compiled for its sizes."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backstop.kernels.state import Seam
from backstop.outcomes import (
    DAILY_METRICS,
    FUND_OUTCOMES,
    N_BINS,
    NULL_WITHOUT_WINDOW,
    PATH_OUTCOMES,
    FundTally,
    PathTally,
)
from backstop.terms import NEVER, ArmTerms, Floats, Integers
from bench.agreement import Agreement, agreement
from bench.engine_runs import ArmRun
from bench.peers.arm_terms import numbers, refuse_other_rules

SOURCE = Path(__file__).parent / "arm" / "main.cpp"
FLAGS = ("-std=c++17", "-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math",
         "-ffinite-math-only", "-fno-signed-zeros")
"""No reassociation: sums are those of the model."""
TILE = 16

FUND_ROWS = (
    "nav_end", "nav_per_share_end", "max_drawdown", "days_under_pressure", "score_min", "redemption_requested",
    "redemption_paid", "redemption_unpaid", "gross_sales", "forced_sales", "sales_ordinary",
    "sales_stressed", "sales_pressure", "sales_facilities", "subscribed", "slippage", "fire_sale_cost", "injected",
    "injected_to_leavers", "injected_below_floor", "repaid", "interest_paid", "drawn_peak", "drawn_end",
    "sales_postponed", "coverage_min", "shortfall_days", "distress_days", "shortfall_peak", "defaulted", "failed",
)
"""As the program writes them, fund by fund, before the shares left; then those of paths."""
PATH_ROWS = (
    "pool_peak_use", "pool_min_available", "first_dry_day", "n_injections", "injected", "repaid", "interest_paid",
    "resale_gain", "stock_cost_end", "loss", "loss_taxpayer", "surplus_end", "outstanding_end", "marked_loss_end",
    "unmet_claims", "injected_to_failed", "days_active", "first_active_day", "n_activations", "first_breach_day",
    "first_cash_day", "trough_day", "worst_dislocation", "system_losses", "gross_sales", "forced_sales",
    "sales_ordinary", "sales_stressed", "sales_pressure", "sales_facilities", "fire_sale_cost", "sales_postponed",
    "money_created",
)
ASSET_ROWS = ("worst_dislocation_by_asset", "market_end_by_asset", "market_trough_by_asset")

_UNKNOWN = NULL_WITHOUT_WINDOW | {"technology_kept"}
"""What there is none of: one arm alone has no window, and the peer no technology."""


class Outcomes(NamedTuple):
    """What a run of the peer leaves."""

    path_tally: PathTally
    fund_tally: FundTally
    shares: Floats
    """(F, P), left at the horizon."""
    daily: Integers
    """(T, M, N_BINS) counts."""


def is_possible() -> bool:
    """Whether there is a compiler; a line says so where there is none."""
    if shutil.which("g++") is None:
        print("funds: no g++ here, the C++ peer is left out", file=sys.stderr)
        return False
    return True


def whole_tiles(n_paths: int) -> int:
    """`n_paths`, less what would leave a tile half empty."""
    return max(n_paths - n_paths % TILE, TILE)


class CppArm:
    """One arm on a seam, from the opening to the horizon, on one thread; called, it says the ns a (path, day, fund)."""

    def __init__(self, terms: ArmTerms, seam: Seam, folder: Path | None = None, tile: int = TILE,
                 march: str = "native") -> None:
        refuse_other_rules(terms)
        self.terms, self._folder = terms, folder or Path(tempfile.mkdtemp(prefix="bench-"))
        self.n_days, self.n_assets, self.n_paths = seam.log_return.shape
        self._compile(tile, march)
        (self._folder / "terms").write_bytes(numbers(terms, self.n_days, self.n_paths).tobytes())
        (self._folder / "seam").write_bytes(_in_tiles(seam, tile).tobytes())

    def __call__(self) -> float:
        """One run by the program's clock, after one to warm up."""
        done = subprocess.run(self.command(1), capture_output=True, text=True, check=True)
        return float(json.loads(done.stdout)["ns_per_path_day_fund"])

    def command(self, reps: int) -> list[str]:
        """One run to warm up and `reps` more."""
        files = [str(part) for name in ("terms", "seam", "outcomes") for part in (f"--{name}", self._folder / name)]
        return [str(self._folder / "arm"), *files, "--reps", str(reps)]

    def outcomes(self) -> Outcomes:
        """Of the last run."""
        raw, n_funds, n_own = (self._folder / "outcomes").read_bytes(), len(self.terms.funds.count), len(FUND_ROWS) + 1
        n_rows = n_own * n_funds + len(PATH_ROWS) + len(self.terms.pool.layer_size) + len(ASSET_ROWS) * self.n_assets
        rows = np.frombuffer(raw, count=n_rows * self.n_paths).reshape(n_rows, self.n_paths)
        by_fund = rows[: n_own * n_funds].reshape(n_funds, n_own, self.n_paths).swapaxes(0, 1)
        daily = np.frombuffer(raw, np.uint32, offset=rows.nbytes).reshape(self.n_days, len(DAILY_METRICS), N_BINS)
        of_paths = self._of_paths(rows[n_own * n_funds :])
        return Outcomes(of_paths, _of_funds(by_fund), by_fund[-1], daily.astype(np.int64))

    def _compile(self, tile: int, march: str) -> None:
        sizes = {"TILE": tile, "ASSETS": self.n_assets, "FUNDS": len(self.terms.funds.count),
                 "LAYERS": len(self.terms.pool.layer_size)}
        macros = [f"-D{name}={size}" for name, size in sizes.items()]
        program = ["-o", str(self._folder / "arm")]
        subprocess.run(["g++", *FLAGS, f"-march={march}", *macros, str(SOURCE), *program], check=True)

    def _of_paths(self, rows: Floats) -> PathTally:
        """Outcomes of rules that the peer does not know are those of rules that nobody uses."""
        found: dict[str, Floats] = {name: row[None] for name, row in zip(PATH_ROWS, rows, strict=False)}
        layers, *by_asset = np.split(rows[len(PATH_ROWS) :],
                                     len(self.terms.pool.layer_size) + self.n_assets * np.arange(len(ASSET_ROWS)))
        found |= {"loss_by_layer": layers, **dict(zip(ASSET_ROWS, by_asset, strict=True))}
        found["called_by_layer"] = np.broadcast_to(self.terms.pool.paid_in[:, None], layers.shape)
        found |= dict.fromkeys(_UNKNOWN, np.full((1, self.n_paths), NEVER))
        sizes = {"": 1, "layer": len(layers), "asset": self.n_assets}
        unused = (np.zeros((sizes[outcome.axis], self.n_paths)) for outcome in PATH_OUTCOMES)
        return PathTally(*(found.get(name, zero) for name, zero in zip(PathTally._fields, unused, strict=True)))


def _of_funds(rows: Floats) -> FundTally:
    """From (rows, F, P)."""
    found = dict(zip(FUND_ROWS, rows, strict=False))
    found |= dict.fromkeys(_UNKNOWN, np.full(rows.shape[1:], NEVER))
    return FundTally(*(found.get(outcome.name, np.zeros(rows.shape[1:])) for outcome in FUND_OUTCOMES))


def _in_tiles(seam: Seam, tile: int) -> Floats:
    """(tiles, T, 2, J, tile), the last path repeated to fill the last tile."""
    both = np.stack(seam, axis=1)
    n_tiles = -(-both.shape[-1] // tile)
    filled = np.pad(both, [(0, 0)] * 3 + [(0, n_tiles * tile - both.shape[-1])], mode="edge")
    return np.ascontiguousarray(np.moveaxis(filled.reshape(*filled.shape[:3], n_tiles, tile), 3, 0))


def agreement_on(terms: ArmTerms, seam: Seam, folder: Path | None = None, tile: int = TILE) -> Agreement:
    """Kernels and C++ on the same market, outcome by outcome."""
    ours, peer = ArmRun(terms, seam), CppArm(terms, seam, folder, tile)
    ours()
    peer()
    found = peer.outcomes()
    tallies = ours.state.path_tally, ours.state.fund_tally
    return agreement(terms, tallies, (found.path_tally, found.fund_tally), found.shares)
