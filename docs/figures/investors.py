"""What the investors of july-2015 do in months that they were fitted to, and in others: docs/investors.md."""

from typing import NamedTuple

import numpy as np
import polars as pl

import backstop
from backstop.market.data import load_prices
from docs.figures.pages import table
from docs.figures.workshop import Workshop

PRICES, FUND, PRESET = "builtin:csi300", "active-equity", "july-2015"


class Period(NamedTuple):
    """Days from the opening on, of which the change of units from the close of `after` to that of `last` is read."""

    name: str
    first: str
    after: str
    last: str
    published: str


PERIODS = (
    Period("July 2015, fitted", "2015-06-15", "2015-06-30", "2015-07-31",
           "-21.3 % (stock -17.9 %, hybrid -23.4 %) [M]"),
    Period("August 2015", "2015-06-15", "2015-07-31", "2015-08-31", "-10.8 % [M]"),
    Period("third quarter of 2010, a rally", "2010-06-01", "2010-06-30", "2010-09-30",
           "stock -3.7 %, hybrid -3.0 % [M]"),
    Period("third quarter of 2011", "2011-06-01", "2011-06-30", "2011-09-30", "stock +0.2 %, hybrid -0.7 % [M]"),
    Period("third quarter of 2012", "2012-06-01", "2012-06-29", "2012-09-28", "stock -0.9 %, hybrid -1.6 % [M]"),
)


def months(shop: Workshop) -> str:
    """Units of active equity, simulated on the index's real path and published."""
    series = load_prices(PRICES)
    dates, closes = series.dates.astype("datetime64[D]"), series.prices
    rows = []
    for period in PERIODS:
        ends = [int(np.searchsorted(dates, np.datetime64(day))) for day in (period.after, period.last)]
        opening = int(np.searchsorted(dates, np.datetime64(period.first))) - 1
        before, after = (_units(shop, period, end - opening) for end in ends)
        rows.append((period.name, f"{closes[ends[1]] / closes[ends[0]] - 1.0:+.1%}".replace("%", " %"),
                     f"{after / before - 1.0:+.1%}".replace("%", " %"), period.published))
    return table(("period", "CSI 300", "units, simulated", "units, published"), rows)


def _units(shop: Workshop, period: Period, days: int) -> float:
    """Units at the close of day `days`, the funds as they are, mean over paths."""
    pin = f'[{{asset="csi300", prices="{PRICES}", first="{period.first}", last="{period.last}"}}]'
    classes = " ".join(f"--set funds.{FUND}.investors.{name}.preset={PRESET}" for name in ("institutions",))
    name = f"units-{period.first}-{period.last}-{days}"
    shop.said(f"backstop run configs/ashare.toml --paths 400 --set run.days={days} --set 'scenario.pins={pin}' "
              f"{classes} -o runs/{name} --overwrite --quiet")
    funds = backstop.open_run(shop.path(f"runs/{name}")).funds
    found = funds.filter(pl.col("arm") == "none", pl.col("fund") == FUND).select(pl.col("shares_end").mean())
    return float(found.collect().item())
