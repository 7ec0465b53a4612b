"""A calm market keeps its funds: what is asked back in any market is what comes in, and sells nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.terms import Floats
from backstop.validation.case import Case, Figure, within
from backstop.validation.worlds import asset, constant, fund, run_paths, terms_of

if TYPE_CHECKING:
    import pyarrow as pa

TWO_YEARS = 504
NAV = 1034e6
"""Of 2**-10 asked back a day at ten days' notice, 1/1034 falls due each day: whole numbers."""
PATHS = 64


def patient(rate: float, notice_days: int) -> dict[str, Any]:
    """A class that asks at one rate whatever happens."""
    return {"name": "all", "share_frac": 1.0, "notice_days": notice_days, "base_per_day_frac": rate, "horizon_days": 20,
            "tolerance_frac": 0.0, "bear_slope_per_day": 0.0, "daily_cap_frac": 0.05}


def calm(variance: float, n_paths: int) -> "pa.Table":
    """Two years of a fund of nine parts of an asset and one of cash, by path."""
    holder = fund({"a": 0.9}, nav=NAV, cash_buffer_frac=0.05, investors=[patient(2.0**-10, 10)])
    trading = {"adv": 1e9, "impact": {"law": "linear", "kappa": 1.0, "half_life_days": 5.0, "permanent_frac": 0.1}}
    terms = terms_of([asset("a", constant(variance), trading=trading)], TWO_YEARS, holder=holder)
    return run_paths(terms, n_paths)[1]


def _column(table: "pa.Table", name: str) -> Floats:
    return np.asarray(table[name].to_numpy())


def queue_in_steady_state() -> Iterator[Figure]:
    """``r / (1 + n r)`` of the shares fall due on each day of the notice."""
    holder = fund({}, investors=[patient(0.001, 10)])
    terms = terms_of([asset("a", constant(1e-4))], 1, holder=holder)
    found = terms.arms[0].investors.queue_open[0, 0]
    yield within("share falling due a day, ten days of notice, 0.001", 0.000990099, found, 5e-10)


def calm_market() -> Iterator[Figure]:
    """Flows, sales and shares over two years; shares are NAV over NAV per share."""
    still = calm(0.0, 1)
    for name, expected in (("subscribed", TWO_YEARS * 1e6), ("redemption_paid", TWO_YEARS * 1e6), ("gross_sales", 0.0),
                           ("nav_end", NAV)):
        yield within(f"no volatility: {name}", expected, _column(still, name)[0], 0.0)
    moving = calm(0.02**2, PATHS)
    shares = _column(moving, "nav_end") / _column(moving, "nav_per_share_end")
    yield within("30 % a year: shares at the end over those at the opening, furthest from 1", 1.0,
                 float((shares / NAV)[np.argmax(np.abs(shares / NAV - 1.0))]), 1e-3)
    # what is due and what comes in are whole quanta each: a quantum a day may be lacking
    yield within("30 % a year: sales", 0.0, float(_column(moving, "gross_sales").max()), TWO_YEARS)


CASES = (
    Case("queue-opens-steady", "a queue opens as asking at the base rate for ever leaves it", "hand",
         "s = r (S - n s)", queue_in_steady_state),
    Case("calm-market", "without losses to answer to, funds keep their shares and nobody sells", "closed form",
         "base inflow r (S - queued) against a queue in its steady state", calm_market),
)
