"""[scenario]: named overlays, what may stand beside them, what they may not name."""

import pytest
from pydantic import ValidationError

from backstop.config.market.scenario import (
    INDEX,
    ScenarioConfig,
    overlay_of,
    preset_names,
    scenario_problems,
    with_others,
)
from backstop.market.data import load_prices, window
from markets import asset, market

NAMED = {"crash-2008", "crash-2015", "circuit-breakers-2016", "slide-2018", "pandemic-2020", "february-2024",
         "september-2024", "nasdaq-2000", "nasdaq-2008", "sp500-2000", "sp500-2008"}  # fmt: skip

WINDOW = {"first_day": 3, "last_day": 8, "multiplier": 2.0}


def scenario(**given):
    return ScenarioConfig.model_validate(given)


def test_the_named_scenarios_ship():
    assert set(preset_names()) == NAMED


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_named_scenario_says_its_source_and_finds_its_prices(name):
    pins = market(asset("shares"))
    overlay = overlay_of(scenario(preset=name), pins)
    assert overlay.source
    for pin in overlay.pins:
        assert pin.asset == "shares"
        returns = window(load_prices(pin.prices), pin.first, pin.last)
        assert [str(day) for day in returns.dates[[0, -1]]] == [pin.first, pin.last]


def test_crash_2015_is_the_fall_from_june_to_august():
    pin = overlay_of(scenario(preset="crash-2015"), market(asset("shares"))).pins[0]
    returns = window(load_prices(pin.prices), pin.first, pin.last).values
    assert len(returns) == 52
    assert returns.sum() == pytest.approx(-0.5671, abs=1e-4)


def test_what_stands_beside_a_preset_replaces_or_adds_to_it():
    two = market(asset("a"), asset("b"))
    pins = [{"asset": "a", "log_returns": [0.1]}]
    overlay = overlay_of(scenario(preset="crash-2015", variance_multiple=3.0, pins=pins), two)
    assert overlay.variance_multiple == 3.0
    assert [pin.log_returns for pin in overlay.pins] == [(0.1,)]
    plain = overlay_of(scenario(preset="crash-2015", shocks=[{"asset": "b", "day": 3, "return_frac": -0.1}]), two)
    assert plain.variance_multiple == 2.0
    assert [pin.asset for pin in plain.pins] == ["a"]
    assert len(plain.shocks) == 1
    assert len(overlay_of(scenario(preset="crash-2015", volatility_windows=[WINDOW]), two).volatility_windows) == 1


def test_no_preset_leaves_what_is_written():
    written = scenario(volatility_multiplier=0.5)
    assert overlay_of(written, market(asset("a"))) is written


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"preset": "crash-1929"}, "preset"),
        ({"pins": [{"asset": "a"}]}, "pins.0"),
        ({"pins": [{"asset": "a", "prices": "x.csv", "first": "2015-06-15"}]}, "pins.0"),
        ({"pins": [{"asset": "a", "prices": "x.csv", "first": "2015-06-15", "last": "2015-06-12"}]}, "pins.0.last"),
        ({"pins": [{"asset": "a", "prices": "x.csv", "log_returns": [0.1]}]}, "pins.0.prices"),
        ({"pins": [{"asset": "a", "log_returns": [0.1]}, {"asset": "a", "log_returns": [0.1]}]}, "pins.1.asset"),
        ({"correlation_stress": 1.0}, "correlation_stress"),
        ({"shocks": [{"asset": "a", "day": 0, "return_frac": 0.1}]}, "shocks.0.day"),
        ({"shocks": [{"asset": "a", "day": 1, "return_frac": -1.0}]}, "shocks.0.return_frac"),
        ({"volatility_windows": [WINDOW | {"last_day": 2}]}, "volatility_windows.0.last_day"),
        ({"volatility_windows": [WINDOW | {"first_day": 0}]}, "volatility_windows.0.first_day"),
        ({"volatility_windows": [WINDOW | {"multiplier": -1.0}]}, "volatility_windows.0.multiplier"),
    ],
)
def test_what_a_scenario_cannot_be_is_refused_at_its_place(given, place):
    with pytest.raises(ValidationError) as caught:
        scenario(**given)
    assert place in {".".join(map(str, error["loc"])) for error in caught.value.errors()}


def test_a_scenario_names_assets_that_there_are():
    laid = scenario(
        pins=[{"asset": "x", "log_returns": [0.1]}],
        shocks=[{"asset": "y", "day": 1, "return_frac": 0.1}],
        drift_ann_frac={"z": 0.1},
        jumps=[{"asset": INDEX, "per_year": 1.0, "mean_log_return": 0.0, "deviation_log_return": 0.1}],
    )
    places = {problem.place for problem in scenario_problems(laid, market(asset("a")))}
    assert places == {("drift_ann_frac", "z"), ("pins", 0, "asset"), ("shocks", 0, "asset"), ("jumps", 0, "asset")}


def test_a_pinned_follower_has_its_factor_pinned():
    two = market(asset("a"), asset("b", factor={"asset": "a", "beta": 1.0}))
    pin_b, pin_a = ({"asset": name, "log_returns": [0.1]} for name in "ba")
    assert [p.place for p in scenario_problems(scenario(pins=[pin_b]), two)] == [("pins", 0, "asset")]
    assert not scenario_problems(scenario(pins=[pin_b, pin_a]), two)


def test_margin_finance_sells_in_the_crash_of_2015_and_may_be_written_anew():
    adv = {"trading": {"adv": 1e9}}
    three = market(asset("a", **adv), asset("b", **adv), asset("bond", is_risky=False, **adv))
    found = with_others(three, overlay_of(scenario(preset="crash-2015"), three)).assets
    assert [a.trading.others and a.trading.others.stock_adv_days for a in found] == [0.55, 0.55, None]
    own = {"drawdown_frac": 0.2, "adv_frac_per_day": 0.1, "stock_adv_days": 3.0}
    of_b = scenario(preset="crash-2015", others=[own | {"asset": "b"}])
    found = with_others(three, overlay_of(of_b, three)).assets
    assert [a.trading.others and a.trading.others.drawdown_frac for a in found] == [None, 0.2, None]
    unknown = scenario(others=[own | {"asset": "x"}])
    assert [p.place for p in scenario_problems(unknown, three)] == [("others", 0, "asset")]


def test_days_of_residuals_cannot_be_drawn_given_one_assets_path():
    days = {"distribution": "filtered-historical", "block_days": 1}
    pinned = scenario(pins=[{"asset": "a", "log_returns": [0.1]}])
    both = market(asset("a", innovation=days), asset("b", innovation=days))
    assert [p.place for p in scenario_problems(pinned, both)] == [("pins", 0, "asset")]
    assert not scenario_problems(pinned, market(asset("a", innovation=days), asset("b")))


def test_correlation_stress_needs_a_correlation_to_act_on():
    """A factor or independence would take no notice of it."""
    stressed = scenario(correlation_stress=0.5)
    alone = market(asset("a"), asset("b", factor={"asset": "a", "beta": 1.0}))
    assert [p.place for p in scenario_problems(stressed, alone)] == [("correlation_stress",)]
    joint = market(asset("a"), asset("b"), dependence={"assets": ["a", "b"], "correlation": 0.0})
    assert not scenario_problems(stressed, joint)
