"""Which paths contain the funds' own sales, and what cannot stand beside them."""

import numpy as np
import pytest

from ashare import config_with
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.errors import ConfigError

WINDOW = 'scenario.pins=[{ asset = "csi300", prices = "builtin:csi300", first = "2015-06-15", last = "2015-08-26" }]'
LISTED = 'scenario.pins=[{ asset = "csi300", log_returns = [-0.01, -0.02] }]'
CONTAINED, FREE = "scenario.contains_impact=true", "scenario.contains_impact=false"


def replay(*settings):
    inputs = MarketInputs(pinned={"csi300": np.array([-0.05, 0.02, -0.01] + 57 * [0.0])})
    return resolve(config_with(*settings), inputs).arms[1].prices.replay


def test_windows_of_real_prices_contain_impact_unless_told_otherwise():
    found = replay(WINDOW)
    assert found.days.tolist() == [60, 0, 0]
    np.testing.assert_allclose(found.log_close[:3, 0], [-0.05, -0.03, -0.04], rtol=1e-15)
    assert replay(WINDOW, "run.days=30").log_close.shape == (30, 3)
    assert len(replay(WINDOW, FREE).days) == 0


def test_listed_returns_do_if_told():
    assert len(replay(LISTED).days) == 0
    assert replay(LISTED, CONTAINED).days.tolist() == [2, 0, 0]


FEEDS = "market.assets.csi300.trading.impact.feeds_variance=true"

FLOOR = ('market.assets.csi300.trading.impact={ law = "cont_schaanning", c = 0.02, tau_days = 20, floor_frac = 0.5, '
         'volatility_ann_frac = 0.3, half_life_days = 1, permanent_frac = 0.0 }')


@pytest.mark.parametrize(("settings", "why"), [
    ((WINDOW, FLOOR), "true of csi300's window, and its law cont_schaanning"),
    ((CONTAINED,), "scenario.contains_impact: no asset's path is given"),
    ((WINDOW, "market.rounds=3"), "scenario.contains_impact: is true of real windows, and market.rounds = 3"),
    ((WINDOW, FEEDS), r"market\.assets\.csi300\.trading\.impact\.feeds_variance would count impact twice"),
    ((LISTED, CONTAINED, "market.rounds=3"), r"market\.rounds = 3"),
])
def test_what_reads_the_price_without_the_days_sales_is_refused_by_name(settings, why):
    with pytest.raises(ConfigError, match=why):
        config_with(*settings)


FLOORED = (FLOOR, *(f"funds.{name}.evaluation.rebuys=false"
                    for name in ("insurers", "pensions", "technology-funds", "active-equity")))


@pytest.mark.parametrize("settings", [("market.rounds=3",), (FEEDS,), FLOORED])
def test_it_stands_beside_windows_that_contain_none(settings):
    assert config_with(WINDOW, FREE, *settings).scenario.contains_impact is False
