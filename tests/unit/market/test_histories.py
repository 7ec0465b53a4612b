"""Closes before day 1: on whose days they are."""

from types import SimpleNamespace

import numpy as np
import pytest

from backstop.market.data import PriceSeries
from backstop.market.prepare import _histories

DAYS = np.busday_offset("2010-01-04", np.arange(40))


def series(name, days):
    n = len(days)
    return PriceSeries(name, np.asarray(days, dtype="datetime64[D]"), np.arange(1.0, n + 1), "test", "", np.arange(n),
                       "line", "a.csv")


@pytest.mark.parametrize(("day", "n"), [(None, 40), (str(DAYS[20]), 10)])
def test_an_asset_has_the_days_of_the_index_where_both_go_up_to_the_same_day_and_its_own_elsewhere(day, n):
    # the asset has a close on every other day
    prices = {"index": series("index", DAYS), "asset": series("asset", DAYS[::2])}
    found = _histories(SimpleNamespace(index="index"), prices, {"index": None, "asset": day})
    assert {name: len(closes) for name, closes in found.items()} == {"index": 40, "asset": n}
    assert found["asset"][-1] == found["index"][-1] == 1.0
