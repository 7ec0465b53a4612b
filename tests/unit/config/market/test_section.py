"""[market]: what is accepted, what is refused, where and with what remedy."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from backstop.config.market.section import AssetConfig, MarketConfig
from markets import GARCH, asset

ROOT = Path(__file__).parents[4]


def market(*assets, **changes):
    return MarketConfig.model_validate({"index": "a", "assets": assets or (asset(),)} | changes)


def refusals(make, *args, **kwargs):
    """Place and message of each refusal."""
    with pytest.raises(ValidationError) as caught:
        make(*args, **kwargs)
    return {".".join(map(str, error["loc"])): error["msg"] for error in caught.value.errors()}


def asset_refusals(**changes):
    return refusals(AssetConfig.model_validate, asset("a", **changes))


@pytest.mark.parametrize("name", ["ashare", "us"])
def test_the_examples_are_markets(name):
    table = tomllib.loads((ROOT / "configs" / f"{name}.toml").read_text())["market"]
    assert MarketConfig.model_validate(table).index == table["index"]


def test_a_fit_takes_the_place_of_explicit_numbers_never_stands_beside_them():
    fit = {"prices": "builtin:csi300"}
    assert AssetConfig.model_validate({"name": "a", "calibrate": fit}).calibrate.model == "gjr"
    assert set(asset_refusals(calibrate=fit)) == {"volatility", "innovation"}
    assert set(refusals(AssetConfig.model_validate, {"name": "a"})) == {"volatility", "innovation"}


def test_an_asset_whose_paths_are_given_needs_no_risk_of_its_own():
    given = market({"name": "a"}, asset("b"), paths="paths.parquet")
    assert given.assets[0].volatility.long_run_volatility_ann_frac == 0.0
    assert given.assets[1].volatility.model == "garch"
    half = {"name": "a", "innovation": {"distribution": "normal"}}
    assert set(refusals(market, half, asset("b"), paths="paths.parquet")) == {"assets.0.volatility"}
    assert set(refusals(market, asset("b"), {"name": "a"})) == {"assets.1.volatility", "assets.1.innovation"}


def test_fixed_points_are_those_of_several_rounds():
    assert set(refusals(market, fixed_points="both")) == {"fixed_points"}
    assert market(rounds=5, fixed_points="both").fixed_points == "both"


def test_a_fits_drift_a_day_becomes_one_a_year():
    assert AssetConfig.model_validate(asset("a", drift_per_day=0.001)).drift_ann_frac == pytest.approx(0.252)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"alpha": ()}, "volatility.alpha"),
        ({"alpha": (-0.1,)}, "volatility.alpha.0"),
        ({"gamma": (0.1,)}, "volatility.gamma"),
        ({"beta": (0.96,)}, "volatility"),
        ({"model": "gjr", "gamma": (-0.09,)}, "volatility.gamma.0"),
        ({"model": "constant"}, "volatility.alpha"),
        ({"model": "ewma", "omega": None}, "volatility.start"),
        ({"model": "ewma"}, "volatility.omega"),
        ({"omega": None}, "volatility.omega"),
        ({"long_run_volatility_ann_frac": 0.2}, "volatility.omega"),
        ({"start": "last"}, "volatility.start"),
        ({"start": "last", "last_variance": (1e-4,)}, "volatility.last_residual"),
        ({"harch_lags": (1, 5)}, "volatility.harch_lags"),
        ({"model": "aparch", "gamma": (1.0,)}, "volatility.gamma.0"),
        ({"omega": float("inf")}, "volatility.omega"),
        ({"model": "egarch", "power": 1.0}, "volatility.power"),
    ],
)
def test_what_a_volatility_model_cannot_be_is_refused_at_its_place(changes, place):
    assert place in asset_refusals(volatility=GARCH | changes)


def test_ewma_weights_add_up_to_one():
    weights = {"model": "ewma", "long_run_volatility_ann_frac": 0.2, "alpha": (0.06,)}
    assert "add up" in asset_refusals(volatility=weights | {"beta": (0.93,)})["volatility"]
    AssetConfig.model_validate(asset("a", weights | {"beta": (0.94,)}))


def test_persistence_weighs_the_asymmetry_by_the_laws_lower_half():
    gjr = GARCH | {"model": "gjr", "gamma": (0.03,)}
    AssetConfig.model_validate(asset("a", gjr))
    skewed = {"distribution": "skew-t", "nu": 4.0, "skew": -0.6}
    assert "not stationary" in asset_refusals(volatility=gjr, innovation=skewed)["volatility"]


@pytest.mark.parametrize(
    ("innovation", "place"),
    [
        ({"distribution": "student-t"}, "innovation.nu"),
        ({"distribution": "student-t", "nu": 2.0}, "innovation.nu"),
        ({"distribution": "normal", "nu": 5.0}, "innovation.nu"),
        ({"distribution": "skew-t", "nu": 5.0}, "innovation.skew"),
        ({"distribution": "filtered-historical"}, "innovation.block_days"),
        ({"distribution": "cauchy"}, "innovation.distribution"),
    ],
)
def test_a_law_has_the_shape_it_needs_and_no_other(innovation, place):
    assert place in asset_refusals(innovation=innovation)


def test_a_factor_stands_before_the_asset_that_follows_it():
    follower = asset("b", factor={"asset": "a", "beta": 1.2})
    assert market(asset("a"), follower).assets[1].factor_name == "a"
    assert set(refusals(market, follower, asset("a"), index="b")) == {"assets.0.factor.asset"}


def test_names_are_known_and_taken_once():
    assert set(refusals(market, asset("a"), asset("a"), index="b")) == {"index", "assets.1.name"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"correlation": ((1.0, 0.5),)}, "correlation"),
        ({"correlation": ((1.0, 0.5), (0.4, 1.0))}, "correlation"),
        ({"assets": ("a", "a")}, "assets"),
        ({"assets": ("a", "c")}, "assets.1"),
        ({"copula": "student-t"}, "nu"),
        ({"nu": 5.0}, "nu"),
        ({"dynamics": {"a": 0.2, "b": 0.85}}, "dynamics"),
        ({"dynamics": {"a": 0.02, "b": 0.9, "opening": ((1.0,),)}}, "dynamics.opening"),
        ({"dynamics": {"a": 0.02, "b": 0.9, "opening": ((1.0, 2.0), (2.0, 1.0))}}, "dynamics.opening"),
    ],
)
def test_a_dependence_that_is_none_is_refused(changes, place):
    given = {"assets": ("a", "b"), "correlation": 0.5} | changes
    assert f"dependence.{place}" in refusals(market, asset("a"), asset("b"), dependence=given)


def test_an_indefinite_correlation_is_refused():
    matrix = ((1.0, 0.9, -0.9), (0.9, 1.0, 0.9), (-0.9, 0.9, 1.0))
    given = {"assets": ("a", "b", "c"), "correlation": matrix}
    found = refusals(market, asset("a"), asset("b"), asset("c"), dependence=given)
    assert "not positive definite" in found["dependence.correlation"]


def test_shocks_of_an_asset_and_of_one_it_follows_cannot_be_joined():
    follower = asset("b", factor={"asset": "a", "beta": 1.0})
    given = {"assets": ("a", "b"), "correlation": 0.5}
    assert set(refusals(market, asset("a"), follower, dependence=given)) == {"dependence.assets.1"}


def test_assets_that_draw_residuals_are_joined_already():
    drawn = asset("b", innovation={"distribution": "filtered-historical", "block_days": 1})
    given = {"assets": ("a", "b"), "correlation": 0.5}
    assert set(refusals(market, asset("a"), drawn, dependence=given)) == {"dependence.assets.1"}


def test_a_fitted_ewma_starts_from_the_data_or_has_a_level_to_start_from():
    fit = {"prices": "a.csv", "model": "ewma"}
    assert set(asset_refusals(calibrate=fit, volatility=None, innovation=None)) == {"calibrate.start"}
    for said in ({"start": "last"}, {"long_run": "sample"}, {"long_run": 0.2, "start": 4.0}):
        assert AssetConfig.model_validate({"name": "a", "calibrate": fit | said}).calibrate.model == "ewma"


def test_a_window_of_the_data_ends_after_it_begins():
    fit = {"prices": "a.csv", "first": "2020-01-01", "last": "2019-01-01"}
    assert set(asset_refusals(calibrate=fit, volatility=None, innovation=None)) == {"calibrate.last"}


def test_days_of_residuals_come_in_blocks_of_one_length():
    def refused(*blocks):
        laws = [{"prices": "a.csv", "distribution": "filtered-historical", "block_days": days} for days in blocks]
        tree = {"index": "a", "assets": [{"name": n, "calibrate": law} for n, law in zip("abc", laws, strict=False)]}
        return refusals(MarketConfig.model_validate, tree)

    assert set(refused(5, 3, 5)) == {"assets.1.calibrate.block_days"}
    assert MarketConfig.model_validate({"index": "a", "assets": [
        {"name": n, "calibrate": {"prices": "a.csv", "distribution": "filtered-historical", "block_days": 5}}
        for n in "ab"]})
