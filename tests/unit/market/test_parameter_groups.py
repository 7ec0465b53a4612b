"""Markets of groups: what differs between them, what does not, and the share of variance that it makes."""

import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from backstop.answers.samples import Sample
from backstop.answers.separation import separate
from backstop.config.schema import Config
from backstop.errors import CalibrationError, ConfigError
from backstop.market.parameter_groups import ParameterGroups
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.grouped_market import GroupedMarket
from backstop.runs.request import terms_hash
from backstop.runs.seam import SimulatedMarket
from commands import SMALL

DAYS, SEED = 10, 7


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def prices(tmp_path_factory, gjr_returns):
    """A file of prices."""
    file = tmp_path_factory.mktemp("prices") / "index.csv"
    closes = zip(gjr_returns.dates, 100.0 * np.exp(np.cumsum(gjr_returns.values)), strict=True)
    file.write_text("date,close\n" + "\n".join(f"{day},{close}" for day, close in closes))
    return file


def config_with(prices, **calibrate):
    """The small config with a calibrated index and an explicit asset beside it."""
    tree = tomllib.loads(SMALL.read_text())
    index = tree["market"]["assets"][0]
    bond = {"name": "bond"} | {key: index.pop(key) for key in ("volatility", "innovation")}
    index["calibrate"] = {"prices": str(prices)} | calibrate
    tree["market"] |= {"assets": [index, bond], "parameter_uncertainty": True}
    tree["run"] |= {"days": DAYS, "seed": SEED}
    return Config.model_validate(tree)


def groups_of(config, covariance=None):
    """Groups, and what was prepared, with another covariance of the index's estimates where one is given."""
    ready = prepare(config, PriceReader(SMALL.parent))
    if covariance is not None:
        ready = replace(ready, fits={"index": replace(ready.fits["index"], covariance=covariance)})
    return ParameterGroups(config, ready), ready


def test_groups_differ_in_what_is_fitted_and_in_nothing_else(prices):
    groups, _ = groups_of(config_with(prices))
    one, two = groups.terms_of(0), groups.terms_of(1)
    for field in ("omega", "up", "down", "beta", "opening"):
        a, b = getattr(one.volatility, field), getattr(two.volatility, field)
        assert (a[0] != b[0]).any()
        np.testing.assert_array_equal(a[1], b[1])
    assert one.innovation.nu[0] != two.innovation.nu[0]
    assert one.innovation.nu[1] == two.innovation.nu[1]
    assert (one.overlay.drift[:, 0] != two.overlay.drift[:, 0]).all()
    assert terms_hash(groups.terms_of(0)) == terms_hash(groups_of(config_with(prices))[0].terms_of(0))


def test_estimates_without_error_give_every_group_the_plain_market(prices):
    from backstop.config.market.resolve import resolve_market

    config = config_with(prices, start="last", long_run="sample")
    groups, ready = groups_of(config, np.zeros((6, 6)))
    plain = resolve_market(ready.config.market, config.scenario, ready.inputs, DAYS)
    assert {terms_hash(groups.terms_of(group)) for group in range(5)} == {terms_hash(plain)}


def test_an_error_of_one_estimate_moves_that_one_alone(prices):
    groups, ready = groups_of(config_with(prices), np.diag([0.0, 0.0, 0.0, 0.0, 0.0, 1.0]))
    plain, drawn = ready.config.market.assets[0], groups.terms_of(0)
    assert drawn.overlay.drift[0, 0] * 252 == pytest.approx(plain.drift_ann_frac - 1.0)
    assert drawn.volatility.omega[0] == plain.volatility.omega
    assert drawn.innovation.nu[0] != plain.innovation.nu


def test_what_is_drawn_and_rejected_is_told(prices):
    config = config_with(prices)
    wide = groups_of(config)[1].fits["index"].covariance * 100.0
    drawn = groups_of(config, wide)[0].drawn(10_000)
    assert (drawn.paths_per_group, drawn.n_groups, drawn.fixed) == (256, 40, ("bond",))
    assert 0.2 < drawn.rejected_frac["index"] < 0.99
    assert drawn.laws != groups_of(config)[0].drawn(10_000).laws


def test_draws_that_are_hardly_ever_admissible_are_refused(prices):
    config = config_with(prices)
    ready = prepare(config, PriceReader(SMALL.parent))
    fit = ready.fits["index"]
    beyond = replace(fit, estimates=np.add(fit.estimates, [0, 0, 0, 0, 0.5, 0]))
    groups = ParameterGroups(config, replace(ready, fits={"index": beyond}))
    with pytest.raises(CalibrationError, match="200 draws of its parameters in a row are inadmissible; leave"):
        groups.drawn(64)


def test_a_market_without_fits_has_nothing_to_draw():
    tree = tomllib.loads(SMALL.read_text())
    tree["market"]["parameter_uncertainty"] = True
    config = Config.model_validate(tree)
    with pytest.raises(ConfigError, match="parameter_uncertainty: no asset has a `calibrate` table, whose fit says"):
        ParameterGroups(config, prepare(config, PriceReader(SMALL.parent)))


def test_given_paths_have_no_parameters(prices):
    config = config_with(prices)
    ready = prepare(config, PriceReader(SMALL.parent))
    given = config.model_copy(update={"market": config.market.model_copy(update={"paths": "paths.parquet"})})
    with pytest.raises(ConfigError, match=r"parameter_uncertainty: market.paths gives the paths, nothing is drawn"):
        ParameterGroups(given, ready)


def test_an_uncertain_drift_makes_the_share_of_variance_that_it_must(prices):
    """Sums of T days: ``B = T^2 s^2`` of the drift's error s, ``W = T sigma^2``, share ``B / (B + W)``."""
    config, error, n_groups = config_with(prices, model="constant", distribution="normal"), 0.0015, 200
    groups, ready = groups_of(config, np.diag([error**2, 0.0]))
    sums = total_returns(GroupedMarket(SimulatedMarket(), groups.terms_of, 256), groups.terms_of(0), 256 * n_groups)
    between, within = (DAYS * error) ** 2, DAYS * ready.fits["index"].parameters.omega
    share = between / (between + within)
    found = separate(Sample(sums, np.ones(len(sums)), np.arange(len(sums)) // 256))
    # Fisher's standard error of an intraclass correlation, groups of n
    n = 256
    error_of_share = (1 - share) * (1 + (n - 1) * share) * math.sqrt(2 / (n * (n - 1) * (n_groups - 1)))
    assert 0.05 < share < 0.5
    assert abs(found.parameter_frac - share) < 4 * error_of_share
    assert found.sampling_error == pytest.approx(math.sqrt(within / len(sums)), rel=4 / math.sqrt(2 * len(sums)))
    assert found.parameter_deviation == pytest.approx(DAYS * error, rel=4 / math.sqrt(2 * (n_groups - 1)))


def total_returns(market, terms, n_paths):
    """(n,) sums of the index's returns over all days."""
    found, lanes = [], 264
    for first in range(0, n_paths, lanes):
        n = min(lanes, n_paths - first)
        seam = np.empty((2, DAYS, 2, lanes))
        market.fill(terms, market.open(terms, lanes), SEED, first, 0, DAYS, seam[0], seam[1], n)
        found.append(seam[0, :, 0, :n].sum(axis=0))
    return np.concatenate(found)
