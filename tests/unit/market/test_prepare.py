"""Preparing a config: what the fits leave in it, and the series that go beside it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from backstop.config.schema import Config
from backstop.errors import CalibrationError, ConfigError, DataError
from backstop.market.calibration import calibrate
from backstop.market.data import history, load_prices, window
from backstop.market.dependence_fit import DEPENDENCES, fit_dependence
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.market.specification import CalibrationSpec

ASHARE = Path(__file__).parents[3] / "configs" / "ashare.toml"
US = {"sp500": "builtin:sp500", "nasdaq": "builtin:nasdaq", "wti": "builtin:wti"}


@pytest.fixture(scope="module")
def csi300():
    return load_prices("builtin:csi300")


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


def tree_of(**calibrate_table):
    tree = tomllib.loads(ASHARE.read_text(encoding="utf-8"))
    tree["market"]["assets"][0]["calibrate"] |= {"long_run": "fitted"} | calibrate_table
    return tree


def tree_with(*assets):
    """The example with other assets of the same names: a name, and what its table holds beside."""
    tree = tree_of()
    tree["market"]["assets"] = [{"name": name} | table for name, table in assets]
    return tree


def prepared(tree, base=Path()):
    return prepare(Config.model_validate(tree), PriceReader(base))


CALM = {"volatility": {"model": "constant", "long_run_volatility_ann_frac": 0.02},
        "innovation": {"distribution": "normal"}}


def test_the_fit_stands_in_place_of_its_table(csi300):
    ready = prepared(tree_of())
    fit = calibrate(CalibrationSpec("egarch", "student-t", "zero"), csi300)
    asset = ready.config.market.assets[0]
    assert asset.calibrate is None
    assert (asset.volatility.model, asset.volatility.start) == ("egarch", "long-run")
    assert (asset.volatility.omega, *asset.volatility.alpha, *asset.volatility.gamma, *asset.volatility.beta,
            asset.innovation.nu) == tuple(fit.estimates)
    np.testing.assert_array_equal(ready.fits["csi300"].estimates, fit.estimates)
    assert list(ready.fits) == ["csi300"]
    assert asset.trading == Config.model_validate(tree_of()).market.assets[0].trading


def test_a_long_run_that_is_asked_for_stands_in_place_of_the_fitted_one(csi300):
    targeted = prepared(tree_of(long_run="sample")).config.market.assets[0].volatility
    assert targeted.omega is None
    sample = np.std(np.diff(np.log(csi300.prices)))
    assert targeted.long_run_volatility_ann_frac == pytest.approx(np.sqrt(252) * sample)
    ewma = prepared(tree_of(model="ewma", long_run=0.3)).config.market.assets[0].volatility
    assert (ewma.start, ewma.long_run_volatility_ann_frac) == ("long-run", 0.3)


def test_what_is_explicit_stays_as_it_was():
    config = Config.model_validate(tree_of())
    ready = prepare(config, PriceReader(Path()))
    assert ready.config.market.assets[1:] == config.market.assets[1:]
    assert ready.config.funds == config.funds
    assert ready.config.for_arm(ready.config.arms[0]).market == ready.config.market


def test_an_estimated_mean_becomes_the_drift_and_a_zero_mean_leaves_the_written_one():
    fitted = prepared(tree_of(mean="constant"))
    drift = fitted.fits["csi300"].estimates[0]
    assert fitted.config.market.assets[0].drift_ann_frac == pytest.approx(252 * drift)
    tree = tree_of()
    tree["market"]["assets"][0]["drift_ann_frac"] = -0.1
    assert prepared(tree).config.market.assets[0].drift_ann_frac == -0.1


def test_a_run_without_a_window_goes_on_from_the_end_of_the_data(csi300):
    ready = prepared(tree_of(start="last"))
    volatility, fit = ready.config.market.assets[0].volatility, ready.fits["csi300"]
    assert volatility.last_variance == (fit.variances[-1],)
    assert volatility.last_residual == (fit.residuals[-1],)
    closes = ready.inputs.history["csi300"]
    np.testing.assert_allclose(closes, csi300.prices / csi300.prices[-1], rtol=1e-15)
    assert closes[-1] == 1.0
    assert not closes.flags.writeable


def test_a_window_sets_day_1_the_path_and_what_came_before(csi300):
    tree = tree_of(start="last")
    tree["scenario"] = {"preset": "crash-2015"}
    ready = prepared(tree)
    fit = ready.fits["csi300"]
    before = int(np.searchsorted(fit.returns.dates, np.datetime64("2015-06-15"))) - 1
    assert str(fit.returns.dates[before]) == "2015-06-12"
    assert ready.config.market.assets[0].volatility.last_variance == (fit.variances[before],)
    assert ready.inputs.calendar[0] == "2015-06-15"
    assert ready.inputs.calendar[-1] == "2015-08-26"
    assert len(ready.inputs.calendar) == len(ready.inputs.pinned["csi300"])
    np.testing.assert_array_equal(ready.inputs.pinned["csi300"],
                                  window(csi300, "2015-06-15", "2015-08-26").values)
    known = history(csi300, "2015-06-15", 10_000).prices
    np.testing.assert_allclose(ready.inputs.history["csi300"], known / known[-1], rtol=1e-15)


def test_a_window_moves_the_state_of_assets_that_it_does_not_pin():
    technology = {"calibrate": {"prices": US["nasdaq"], "start": "last"}}
    tree = tree_with(("csi300", CALM), ("technology", technology), ("bond", CALM))
    tree["scenario"] = {"preset": "crash-2015"}
    ready = prepared(tree)
    fit = ready.fits["technology"]
    before = int(np.searchsorted(fit.returns.dates, np.datetime64("2015-06-15"))) - 1
    assert ready.config.market.assets[1].volatility.last_residual == (fit.residuals[before],)


def test_histories_stand_on_the_trading_days_of_the_index():
    tree = tree_with(("csi300", {"calibrate": {"prices": "builtin:csi300"}}),
                     ("technology", {"calibrate": {"prices": US["nasdaq"]}}), ("bond", CALM))
    tree["scenario"] = {"preset": "crash-2015"}
    closes = prepared(tree).inputs.history
    assert len(closes["technology"]) == len(closes["csi300"])
    days = load_prices("builtin:csi300").dates
    days = days[days < np.datetime64("2015-06-15")]
    nasdaq = load_prices(US["nasdaq"])
    # a Chinese trading day on which New York was closed shows the close before it
    assert np.datetime64("2015-04-03") not in nasdaq.dates
    close = dict(zip(nasdaq.dates.astype(str), nasdaq.prices, strict=True))
    at = days == np.datetime64("2015-04-03")
    assert closes["technology"][at] == close["2015-04-02"] / close["2015-06-12"]


def test_an_asset_that_follows_a_factor_is_fitted_on_what_the_factor_leaves():
    tree = tree_with(("csi300", {"calibrate": {"prices": US["sp500"]}}),
                     ("technology", {"calibrate": {"prices": US["nasdaq"]},
                                     "factor": {"asset": "csi300", "beta": 1.2}}), ("bond", CALM))
    fit = prepared(tree).fits["technology"]
    sp500, nasdaq = load_prices(US["sp500"]), load_prices(US["nasdaq"])
    assert fit.returns.values[-1] == pytest.approx(
        np.log(nasdaq.prices[-1] / nasdaq.prices[-2]) - 1.2 * np.log(sp500.prices[-1] / sp500.prices[-2]))
    assert "less 1.2 times S&P 500" in fit.returns.source


def test_a_factor_without_prices_is_refused():
    follower = {"calibrate": {"prices": US["nasdaq"]}, "factor": {"asset": "csi300", "beta": 1.2}}
    tree = tree_with(("csi300", CALM), ("technology", follower), ("bond", CALM))
    with pytest.raises(CalibrationError, match="technology: its own risk is what csi300 leaves, which has"):
        prepared(tree)


def test_bootstrapped_assets_share_their_days():
    wanted = {"distribution": "filtered-historical", "model": "garch", "block_days": 5}
    tree = tree_with(*((name, {"calibrate": wanted | {"prices": US[series]}})
                       for name, series in (("csi300", "sp500"), ("technology", "nasdaq"), ("bond", "wti"))))
    ready = prepared(tree)
    rows = ready.inputs.residual_rows
    assert {name: series.shape for name, series in rows.items()} == dict.fromkeys(
        ("csi300", "technology", "bond"), (5011,))
    assert np.abs([series.mean() for series in rows.values()]).max() < 1e-12
    assert np.corrcoef(rows["csi300"], rows["technology"])[0, 1] > 0.9
    innovation = ready.config.market.assets[0].innovation
    assert (innovation.distribution, innovation.block_days) == ("filtered-historical", 5)


def test_bootstrap_without_a_fit_is_refused():
    explicit = CALM | {"innovation": {"distribution": "filtered-historical", "block_days": 1}}
    with pytest.raises(CalibrationError, match="bond: filtered-historical draws the residuals of a fit"):
        prepared(tree_with(("csi300", CALM), ("technology", CALM), ("bond", explicit)))


def test_an_ewma_goes_on_from_the_data():
    assert prepared(tree_of(model="ewma", start="last")).config.market.assets[0].volatility.beta == (0.94,)


def test_a_fit_that_does_not_suit_the_dependence_is_refused():
    tree = tree_of(distribution="filtered-historical")
    tree["market"]["assets"][1].pop("factor")
    tree["market"]["dependence"] = {"assets": ["csi300", "technology"], "correlation": 0.6}
    with pytest.raises(ConfigError, match=r"market.dependence.assets.0: csi300 draws whole days of residuals"):
        prepared(tree)


def tree_of_two(dependence, **scenario):
    """Two calibrated assets that move together as `dependence` says, and a bond."""
    tree = tree_with(*((name, {"calibrate": {"prices": US[series]}})
                       for name, series in (("csi300", "sp500"), ("technology", "nasdaq"))), ("bond", CALM))
    tree["market"]["dependence"] = {"assets": ["technology", "csi300"]} | dependence
    return tree | {"scenario": scenario}


@pytest.mark.parametrize("model", DEPENDENCES)
def test_a_dependence_is_fitted_to_what_the_fits_leave(model):
    ready = prepared(tree_of_two({"calibrate": {"model": model, "start": "last"}}))
    fit = fit_dependence([ready.fits[name] for name in ("technology", "csi300")], model)
    joint = ready.config.market.dependence
    assert (joint.calibrate, joint.assets) == (None, ("technology", "csi300"))
    np.testing.assert_array_equal(joint.matrix, fit.correlation)
    assert joint.nu == fit.parameters.get("nu")
    if fit.next_q is None:
        assert joint.dynamics is None
        return
    assert (joint.dynamics.a, joint.dynamics.b) == (fit.parameters["a"], fit.parameters["b"])
    assert joint.dynamics.g == fit.parameters.get("g", 0.0)
    np.testing.assert_array_equal(joint.dynamics.opening, fit.next_q)


def test_a_moving_correlation_starts_from_its_long_run_unless_told():
    ready = prepared(tree_of_two({"calibrate": {"model": "dcc"}}, preset="crash-2015"))
    assert ready.config.market.dependence.dynamics.opening is None
    with pytest.raises(ConfigError, match=r"calibrate\.start: last is after the data, but day 1 is 2015-06-15; write"):
        prepared(tree_of_two({"calibrate": {"model": "dcc", "start": "last"}}, preset="crash-2015"))


@pytest.mark.parametrize(("dependence", "message"), [
    ({"calibrate": {"model": "ccc"}, "correlation": 0.5}, "the fit of `calibrate` gives it; drop one of the two"),
    ({"calibrate": {"model": "ccc"}, "copula": "gaussian"}, "the fit of `calibrate` gives it; drop one of the two"),
    ({"calibrate": {"model": "ccc"}, "assets": ["csi300", "bond"]}, "bond has no `calibrate` table, whose fit"),
    ({}, "missing; write it, or a `calibrate` table"),
])
def test_a_dependence_that_cannot_be_fitted_is_refused(dependence, message):
    with pytest.raises(ValidationError, match=message):
        prepared(tree_of_two(dependence))


def test_prices_are_found_from_the_folder_of_the_config(tmp_path, csi300):
    rows = zip(csi300.dates[-600:], csi300.prices[-600:], strict=True)
    (tmp_path / "mine.csv").write_text("date,close\n" + "\n".join(f"{day},{price}" for day, price in rows))
    assert prepared(tree_of(prices="mine.csv"), tmp_path).fits["csi300"].n_sample == 599


def csv_of(path, series, rows):
    lines = zip(series.dates[rows], series.prices[rows], strict=True)
    path.write_text("date,close\n" + "\n".join(f"{day},{price}" for day, price in lines))
    return path.name


TRADED = {"model": "constant", "distribution": "normal"}


def test_a_series_that_ends_before_day_1_has_no_past_and_it_is_said(csi300, tmp_path):
    file = csv_of(tmp_path / "old.csv", csi300, slice(None, -500))
    tree = tree_with(("csi300", {"calibrate": {"prices": "builtin:csi300", **TRADED}}),
                     ("technology", {"calibrate": {"prices": file, **TRADED}}), ("bond", CALM))
    ready = prepared(tree, tmp_path)
    assert set(ready.inputs.history) == {"csi300"}
    (said,) = ready.findings
    assert said.startswith("technology (old.csv): its prices, from 2006-01-06, end on ")
    assert "500 days of csi300 before day 1" in said


def test_a_series_that_ends_a_week_before_day_1_keeps_its_past(csi300, tmp_path):
    file = csv_of(tmp_path / "old.csv", csi300, slice(None, -5))
    tree = tree_with(("csi300", {"calibrate": {"prices": "builtin:csi300", **TRADED}}),
                     ("technology", {"calibrate": {"prices": file, **TRADED}}), ("bond", CALM))
    assert prepared(tree, tmp_path).findings == ()


def halved(csi300, folder):
    prices = csi300.prices.copy()
    prices[400:] *= 0.5
    lines = zip(csi300.dates, prices, strict=True)
    (folder / "split.csv").write_text("date,close\n" + "\n".join(f"{day},{price}" for day, price in lines))
    return {"prices": "split.csv", **TRADED}


def test_what_the_examination_refuses_is_taken_where_it_is_accepted_or_left_out(csi300, tmp_path):
    table = halved(csi300, tmp_path)

    def asset(more):
        return tree_with(("csi300", {"calibrate": table | more}), ("technology", CALM), ("bond", CALM))

    with pytest.raises(DataError, match="like a split or another unit"):
        prepared(asset({}), tmp_path)
    assert "like a split" in prepared(asset({"accept": ("jump",)}), tmp_path).findings[0]
    assert prepared(asset({"first": str(csi300.dates[402])}), tmp_path).findings == ()


def test_twins_are_named_where_their_dependence_is_fitted(csi300, tmp_path):
    file = csv_of(tmp_path / "twin.csv", csi300, slice(None))
    tree = tree_with(("csi300", {"calibrate": {"prices": "builtin:csi300", **TRADED}}),
                     ("technology", {"calibrate": {"prices": file, **TRADED}}), ("bond", CALM))
    tree["market"]["dependence"] = {"assets": ["csi300", "technology"], "calibrate": {"model": "ccc"}}
    with pytest.raises(CalibrationError, match="csi300 and technology move as one"):
        prepared(tree, tmp_path)
