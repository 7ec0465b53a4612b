"""Which assets may feed their own variance, and what reaches the terms."""

import pytest

from ashare import EXPLICIT_TEXT
from backstop.config.channels import without
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.errors import ConfigError

FEEDS = "market.assets.csi300.trading.impact.feeds_variance=true"
EGARCH = "{ model = 'egarch', omega = -0.1, alpha = [0.1], gamma = [-0.1], beta = [0.98] }"
GJR = "market.assets.csi300.volatility={ model = 'gjr', omega = 1e-6, alpha = [0.03], gamma = [0.1], beta = [0.9] }"


def resolved(*settings):
    return resolve(parse_config(EXPLICIT_TEXT, "c.toml", settings), MarketInputs())


def test_the_recursion_and_the_scenario_reach_the_terms():
    terms = resolved(FEEDS, GJR)
    found = terms.arms[0].prices.feedback
    assert found.is_fed.tolist()[0] == 1
    assert (found.power[0], found.up[0], found.down[0], found.beta[0]) == pytest.approx((2.0, 0.03, 0.13, 0.9))
    assert found.factor.tolist() == terms.market.factor.asset.tolist()
    assert found.drift.shape == (terms.n_days, 3)


def test_without_it_and_without_impact_there_is_nothing_in_the_terms():
    assert resolved().arms[0].prices.feedback.is_fed.size == 0
    assert without(resolved(FEEDS, GJR).arms[0], ["impact"]).prices.feedback.is_fed.size == 0


@pytest.mark.parametrize(("settings", "why"), [
    ((FEEDS, GJR.replace("[0.9]", "[0.5, 0.4]")), "is no recursion of one lag"),
    ((FEEDS, f"market.assets.csi300.volatility={EGARCH}"), "egarch is no recursion"),
    ((FEEDS, GJR, "market.volatility_multiplier=0.0"), "days without volatility"),
    ((FEEDS, 'market.assets.csi300.volatility={ model = "constant", long_run_volatility_ann_frac = 0.2 }'),
     "answers to no return"),
    ((FEEDS.replace("csi300", "technology"),), "follows csi300"),
])
def test_what_cannot_be_gone_through_again_is_refused_by_name(settings, why):
    with pytest.raises(ConfigError, match=why):
        resolved(*settings)
