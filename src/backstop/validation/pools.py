"""What holds of any pool, path by path: sizing from one unlimited run, no pool as no facility, closed accounts.

One run of a market in free fall shows all of it: its arms differ in the pool alone.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.outcomes import FUND_OUTCOMES
from backstop.terms import Floats, RunTerms
from backstop.validation.case import Case, Figure, within
from backstop.validation.worlds import run_paths

if TYPE_CHECKING:
    import pyarrow as pa

WORLD = Path(__file__).with_name("free_fall.toml")
N_PATHS = 2_000
NONE, EMPTY, UNLIMITED = "none", "empty", "unlimited"
SIZES = {"small": 2e9, "middle": 6e9, "large": 1.4e10}
"""Pools by arm, currency."""
MARKET_COLUMNS = ("market_trough_index", "market_trough_bond", "worst_dislocation", "forced_sales")
SHARED_AMOUNTS = ("injected", "repaid", "interest_paid", "forced_sales", "sales_postponed")
"""What a pool counts once and its funds count each."""


class Outcomes(NamedTuple):
    """Columns of the run by name; null is NaN."""

    terms: RunTerms
    paths: dict[str, Floats]
    """(A, P) each."""
    funds: dict[str, Floats]
    """(A, F, P) each."""

    def of_paths(self, column: str, arm: str) -> Floats:
        """(P,) one column of one arm."""
        return np.asarray(self.paths[column][self.terms.names.arms.index(arm)])


def world() -> RunTerms:
    """The run: arms ``none``, ``empty``, ``unlimited``, and one for each of `SIZES`."""
    arms = [(EMPTY, 0.0), (UNLIMITED, 1e13), *SIZES.items()]
    text = WORLD.read_text(encoding="utf-8") + "".join(_arm_table(name, size) for name, size in arms)
    return resolve(parse_config(text, WORLD.name), MarketInputs())


def _arm_table(name: str, size: float) -> str:
    first, last = 0.25 * size, 0.75 * size
    return (f'\n[[arms]]\nname = "{name}"\nfacilities = ["backstop"]\n'
            f'overrides = {{ "pool.layers.first.size" = {first!r}, "pool.layers.last.size" = {last!r} }}\n')


@cache
def outcomes() -> Outcomes:
    """The run's outcomes; one run serves all cases."""
    terms = world()
    n_arms, n_funds = len(terms.names.arms), len(terms.names.funds)
    paths, funds = run_paths(terms, N_PATHS)
    numbers = [name for name in paths.column_names if name not in ("arm", "path")]
    return Outcomes(
        terms, {name: _numbers(paths.column(name)).reshape(n_arms, N_PATHS) for name in numbers},
        {o.name: _numbers(funds.column(o.name)).reshape(n_arms, n_funds, N_PATHS) for o in FUND_OUTCOMES})


def _numbers(column: "pa.ChunkedArray") -> Floats:
    import pyarrow as pa

    return np.asarray(column.cast(pa.float64()).fill_null(np.nan).to_numpy())


def sizing() -> Iterator[Figure]:
    """Paths that run dry with a pool of S, against those whose unlimited pool lent more than S."""
    found = outcomes()
    peak_use = found.of_paths("pool_peak_use", UNLIMITED)
    for name, size in SIZES.items():
        is_dry = ~np.isnan(found.of_paths("first_dry_day", name))
        yield within(f"P(dry) with {size:.2g}", float(np.mean(peak_use > size)), float(np.mean(is_dry)), 0.0)
        yield within(f"paths that differ with {size:.2g}", 0.0, float(np.sum(is_dry != (peak_use > size))), 0.0)


def no_pool() -> Iterator[Figure]:
    """Values that are not the same bits in the arm with an empty pool and in the arm without a facility."""
    found = outcomes()
    none, empty = (found.terms.names.arms.index(arm) for arm in (NONE, EMPTY))
    for label, columns in (("funds", found.funds), ("market", {name: found.paths[name] for name in MARKET_COLUMNS})):
        differ = sum(np.sum(_bits(values[none]) != _bits(values[empty])) for values in columns.values())
        yield within(f"values that differ, {label}", 0.0, float(differ), 0.0)


def _bits(values: Floats) -> npt.NDArray[np.int64]:
    return np.ascontiguousarray(values).view(np.int64)


def accounts() -> Iterator[Figure]:
    """The largest imbalance of any day, path and account by arm, and sums over funds against the pool's."""
    found = outcomes()
    for arm in found.terms.names.arms:
        yield within(f"money created, arm {arm}", 0.0, float(found.of_paths("money_created", arm).max()), 0.0)
    counts = found.terms.arms[0].funds.count
    for name in SHARED_AMOUNTS:
        over_funds = np.einsum("f,afp->ap", counts, found.funds[name])
        yield within(f"{name}: pool less funds", 0.0, float(np.abs(found.paths[name] - over_funds).max()), 0.0)


CASES = (
    Case("pool-sizing", "an unlimited pool's peak use tells who runs dry with any smaller one", "identity",
         "docs/model.md, step 7", sizing),
    Case("no-pool", "a facility without money changes nothing", "identity", "docs/model.md, step 7", no_pool),
    Case("accounts", "no money is created or lost, to the last unit", "identity", "docs/model.md, step 11", accounts),
)
