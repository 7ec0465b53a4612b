from datetime import date

import numpy as np
import pytest

from backstop.answers.bands import band, daily_table
from backstop.outcomes import DAILY_METRICS, N_BINS, DailyMetric

METRIC = DailyMetric("level", "frac", "a level", 0.0, 2.0)
WIDTH = 2.0 / N_BINS


def counted(values):
    """(1, N_BINS) counts of a day's values, as the kernel counts them."""
    bins = np.clip((np.asarray(values) - METRIC.lowest) / WIDTH, 0.0, N_BINS - 1.0).astype(int)
    return np.bincount(bins, minlength=N_BINS)[None, :].astype(np.int64)


def test_quantiles_and_mean_are_within_a_bin_of_the_sample_s():
    values = np.random.default_rng(1).beta(2.0, 3.0, 5000) * 2.0
    found = band(counted(values), METRIC)
    for name, level in (("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95)):
        assert abs(found[name][0] - np.quantile(values, level)) < WIDTH
    assert abs(found["mean"][0] - values.mean()) < WIDTH / 2.0


def test_ends_stand_for_themselves():
    found = band(counted([0.0] * 60 + [2.0] * 40), METRIC)
    assert (found["p05"][0], found["p50"][0], found["p75"][0]) == (0.0, 0.0, 2.0)
    assert found["mean"][0] == pytest.approx(0.8)


def test_bands_of_merged_counts_are_those_of_all_paths():
    rng = np.random.default_rng(2)
    one, two = rng.random(1000), rng.random(500) + 0.5
    merged = band(counted(one) + counted(two), METRIC)
    whole = band(counted(np.concatenate([one, two])), METRIC)
    assert all((merged[name] == whole[name]).all() for name in whole)


def test_the_table_has_a_row_an_arm_day_and_metric():
    counts = np.zeros((2, 3, len(DAILY_METRICS), N_BINS), dtype=np.int64)
    counts[..., 10] = 7
    table = daily_table(counts, ("none", "fund"))
    assert table.num_rows == 2 * 3 * len(DAILY_METRICS)
    assert table.column("day").to_pylist()[:3] == [1, 2, 3]
    assert set(table.column("metric").to_pylist()) == {metric.name for metric in DAILY_METRICS}
    assert table.schema.field("p05").metadata[b"meaning"] == b"5% of paths are at or below"


def test_days_of_real_prices_have_their_dates():
    counts = np.ones((1, 3, len(DAILY_METRICS), N_BINS), dtype=np.int64)
    table = daily_table(counts, ("none",), ("2015-06-15", "2015-06-16"))
    assert table.column("date").to_pylist()[:3] == [date(2015, 6, 15), date(2015, 6, 16), None]
    assert set(daily_table(counts, ("none",)).column("date").to_pylist()) == {None}
