"""Markets whose model differs between groups of paths: whose turn it is, what is refused, what is shared."""

import tomllib

import numpy as np
import pytest
from pydantic import ValidationError

from backstop.config.market.resolve import resolve_market
from backstop.config.schema import Config
from backstop.errors import ConfigError
from backstop.market.models import MixedMarkets
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.request import terms_hash
from backstop.terms import Mixture
from commands import SMALL

MODELS = ["garch", "constant", "fhs"]


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def prices(tmp_path_factory, gjr_returns):
    file = tmp_path_factory.mktemp("prices") / "index.csv"
    closes = zip(gjr_returns.dates, 100.0 * np.exp(np.cumsum(gjr_returns.values)), strict=True)
    file.write_text("date,close\n" + "\n".join(f"{day},{close}" for day, close in closes))
    return file


def config_with(prices, calibrate=None, **market):
    tree = tomllib.loads(SMALL.read_text())
    index = tree["market"]["assets"][0]
    for key in ("volatility", "innovation"):
        index.pop(key)
    index["calibrate"] = {"prices": str(prices), "model": "gjr", "distribution": "normal"} | (calibrate or {})
    tree["market"] |= {"models": MODELS} | market
    tree["run"] |= {"days": 5, "paths": 384}
    return Config.model_validate(tree)


@pytest.fixture(scope="module")
def mixed(prices):
    return MixedMarkets(config_with(prices), SMALL.parent)


def test_groups_take_models_in_turn_each_as_if_it_were_the_only_one(prices, mixed):
    for group, model in enumerate([*MODELS, *MODELS]):
        own = {"distribution": "filtered-historical"} if model == "fhs" else {"model": model}
        alone = prepare(config_with(prices, own, models=None), PriceReader(SMALL.parent))
        config = config_with(prices)
        expected = resolve_market(alone.config.market, config.scenario, alone.inputs, 5)
        assert terms_hash(mixed.terms_of(group)) == terms_hash(expected)


def test_fits_are_named_by_asset_and_model(mixed):
    assert list(mixed.fits) == ["index (garch)", "index (constant)", "index (fhs)"]
    assert [fit.spec.model for fit in mixed.fits.values()] == ["garch", "constant", "gjr"]


def test_a_paths_model_follows_from_its_number():
    mixture = Mixture(tuple(MODELS), (1.0, 1.0, 1.0))
    paths = np.array([0, 63, 64, 127, 128, 191, 192, 64 * 3000])
    assert mixture.model_of(paths).tolist() == [0, 0, 1, 1, 2, 2, 0, 0]


def test_fewer_than_two_groups_a_model_are_refused_with_the_paths_to_write(prices):
    config = config_with(prices)
    few = config.model_copy(update={"run": config.run.model_copy(update={"paths": 383})})
    with pytest.raises(ConfigError, match=r"^run.paths: 383 paths are fewer than 2 groups of 64 .*; write 384 or more"):
        MixedMarkets(few, SMALL.parent)


def test_parameters_are_drawn_for_each_group_of_its_own_model(prices):
    mixed = MixedMarkets(config_with(prices, models=["garch", "gjr"], parameter_uncertainty=True), SMALL.parent)
    omegas = [float(mixed.terms_of(group).volatility.omega[0]) for group in range(4)]
    assert len(set(omegas)) == 4
    drawn = mixed.drawn(384)
    assert (drawn.paths_per_group, drawn.n_groups) == (64, 6)
    assert list(drawn.rejected_frac) == ["index (garch)", "index (gjr)"]


@pytest.mark.parametrize(("market", "says"), [
    ({"models": ["garch", "garch"]}, "a model stands there twice"),
    ({"models": ["garch", "gjr"], "model_weights": [1.0, 2.0, 3.0]}, "3 for 2 models; write one for each"),
    ({"models": None, "model_weights": [1.0, 2.0]}, "there are no `models` to weigh"),
    ({"models": ["garch", "gjr"], "paths": "x.parquet"}, "market.paths gives the paths"),
    ({"models": ["garch", "heston"]}, "Input should be"),
    ({"models": ["garch"]}, "at least 2"),
])
def test_models_that_make_no_sense_are_refused_where_they_stand(prices, market, says):
    with pytest.raises(ValidationError, match=says):
        config_with(prices, **market)


def test_a_model_that_a_table_does_not_admit_is_named_with_the_asset(prices):
    with pytest.raises(ConfigError, match=r"^market.models: ewma does not suit the calibrate table of index: .*start"):
        MixedMarkets(config_with(prices, models=["garch", "ewma"]), SMALL.parent)
