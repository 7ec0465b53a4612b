"""Daily bands of each arm from the counts that tiles add up: quantiles and mean of every daily metric."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from backstop.outcomes import DAILY_METRICS, N_BINS, DailyMetric
from backstop.runs.schema import DATE, dates_of, described
from backstop.terms import Floats, Integers

if TYPE_CHECKING:
    import pyarrow as pa

LEVELS = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


def band(counts: Integers, metric: DailyMetric) -> dict[str, Floats]:
    """Quantiles and mean of one metric by day, at most a bin off.

    Values are taken as spread evenly within a bin; those of the first and the last bin as its outer end, where
    the metrics that are shares have their many zeros and ones.

    Parameters
    ----------
    counts : (T, N_BINS) int64
        Paths by day and bin.

    Returns
    -------
    dict of (T,) float64
    """
    width = (metric.highest - metric.lowest) / N_BINS
    totals, below = counts.sum(axis=1), np.cumsum(counts, axis=1)
    positions = {name: _position(counts, below, level * totals) for name, level in LEVELS.items()}
    # twice the middles are whole numbers, so that the sum is exact in any order
    doubled = 2 * np.arange(N_BINS) + 1
    doubled[0], doubled[-1] = 0, 2 * N_BINS
    positions["mean"] = (counts * doubled).sum(axis=1) / (2 * totals)
    return {name: metric.lowest + width * position for name, position in positions.items()}


def _position(counts: Integers, below: Integers, wanted: Floats) -> Floats:
    """Place of the `wanted`-th observation of each day, in bins from the lowest."""
    days = np.arange(len(counts))
    bins = (below < wanted[:, None]).sum(axis=1)
    inside = counts[days, bins]
    position = bins + (wanted - (below[days, bins] - inside)) / inside
    return np.where(bins == 0, 0.0, np.where(bins == N_BINS - 1, float(N_BINS), position))


def daily_table(counts: Integers, arms: tuple[str, ...], dates: Sequence[str] = ()) -> "pa.Table":
    """Bands by arm, day (from 1) and metric.

    Parameters
    ----------
    counts : (A, T, M, N_BINS) int64
    dates
        ISO, of the first days of the run, where they are known.
    """
    import pyarrow as pa

    n_days, schema = counts.shape[1], _daily_schema()
    of_days = dates_of(dates, n_days)
    tables = []
    for arm, of_arm in zip(arms, counts, strict=True):
        for number, metric in enumerate(DAILY_METRICS):
            keys = {"arm": [arm] * n_days, "day": np.arange(1, n_days + 1, dtype=np.int32),
                    "date": of_days,
                    "metric": [metric.name] * n_days, "unit": [metric.unit] * n_days}
            tables.append(pa.table({**keys, **band(of_arm[:, number], metric)}, schema=schema))
    return pa.concat_tables(tables).combine_chunks()


def _daily_schema() -> "pa.Schema":
    import pyarrow as pa

    meanings = "; ".join(f"{metric.name}: {metric.meaning}" for metric in DAILY_METRICS)
    of_metric = "of the metric"
    return pa.schema([
        described("arm", pa.string(), "", "name of the arm"),
        described("day", pa.int32(), "day", "day of the run, from 1, at its close"),
        described("date", pa.date32(), "", DATE),
        described("metric", pa.string(), "", meanings),
        described("unit", pa.string(), "", "unit of the metric"),
        *(described(name, pa.float64(), of_metric, f"{level:.0%} of paths are at or below")
          for name, level in LEVELS.items()),
        described("mean", pa.float64(), of_metric, "mean over paths"),
    ])
