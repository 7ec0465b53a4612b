"""A market whose volatility model differs between groups of paths: the doubt about the model, in one run.

Groups of 64 paths take the models of ``[market] models`` in turn, in place of that of every `calibrate` table: "thick"
averaging of models (Pesaran, Schleicher and Zaffaroni 2008, Journal of Empirical Finance 16). Each is fitted to the
same prices as if it were the only one, dependence too.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from backstop.config.market.resolve import resolve_market
from backstop.config.market.section import AssetConfig, Calibrate
from backstop.config.schema import Config
from backstop.errors import ConfigError
from backstop.market.explicit import BOOTSTRAP
from backstop.market.fitted import Calibration
from backstop.market.parameter_groups import DrawnParameters, ParameterGroups
from backstop.market.prepare import Prepared, prepare
from backstop.market.price_reader import PriceReader
from backstop.terms import PATHS_PER_MODEL, MarketTerms

RESIDUALS = "fhs"
LEAST_GROUPS = 2
"""Of each model: one group tells no spread."""


class MixedMarkets:
    """The market of each group of paths.

    Parameters
    ----------
    config
        As loaded, ``calibrate`` tables and all.
    base
        Folder that relative price files start from.

    Raises
    ------
    ConfigError
        Fewer paths than two groups of each model, or a model that a table does not admit.
    DataError, CalibrationError
        A model that cannot be fitted.
    """

    def __init__(self, config: Config, base: Path) -> None:
        assert config.market.models is not None
        _refuse_few(config)
        self.models: tuple[str, ...] = config.market.models
        reader = PriceReader(base)
        self.prepared: dict[str, Prepared] = {model: prepare(_with_model(config, model), reader)
                                              for model in self.models}
        self._drawn: dict[str, ParameterGroups] = {
            model: ParameterGroups(_with_model(config, model), ready, PATHS_PER_MODEL)
            for model, ready in self.prepared.items()} if config.market.parameter_uncertainty else {}
        self._terms = {model: resolve_market(ready.config.market, config.scenario, ready.inputs, config.run.days)
                       for model, ready in self.prepared.items()}

    @property
    def first(self) -> Prepared:
        """Of the first model: what every other shares with it stands there."""
        return self.prepared[self.models[0]]

    @property
    def fits(self) -> Mapping[str, Calibration]:
        """By ``asset (model)``."""
        return {f"{asset} ({model})": fit
                for model, ready in self.prepared.items() for asset, fit in ready.fits.items()}

    @property
    def all_terms(self) -> tuple[MarketTerms, ...]:
        """Of each model, with its estimates."""
        return tuple(self._terms.values())

    def terms_of(self, group: int) -> MarketTerms:
        """The market of paths ``64 group`` to ``64 group + 63``."""
        model = self.models[group % len(self.models)]
        return self._drawn[model].terms_of(group) if self._drawn else self._terms[model]

    def drawn(self, n_paths: int) -> DrawnParameters | None:
        """What is drawn of parameters, if anything.

        Raises
        ------
        CalibrationError
            Hardly any draw of an asset's parameters is admissible.
        """
        found = {model: groups.drawn(n_paths) for model, groups in self._drawn.items()}
        if not found:
            return None
        rejected = {f"{asset} ({model})": share for model, drawn in found.items()
                    for asset, share in drawn.rejected_frac.items()}
        laws = hashlib.sha256("".join(drawn.laws for drawn in found.values()).encode()).hexdigest()
        return found[self.models[0]]._replace(rejected_frac=rejected, laws=laws)


def _refuse_few(config: Config) -> None:
    assert config.market.models is not None
    least = LEAST_GROUPS * PATHS_PER_MODEL * len(config.market.models)
    if config.run.paths < least:
        raise ConfigError([f"run.paths: {config.run.paths} paths are fewer than {LEAST_GROUPS} groups of "
                           f"{PATHS_PER_MODEL} for each of {len(config.market.models)} models; write {least} or "
                           "more, or fewer of market.models"])


def _with_model(config: Config, model: str) -> Config:
    """`config` with this model in every ``calibrate`` table."""
    assets = tuple(asset if asset.calibrate is None else _asset_with(asset, asset.calibrate, model)
                   for asset in config.market.assets)
    market = config.market.model_copy(update={"assets": assets, "models": None, "model_weights": None})
    return config.model_copy(update={"market": market})


def _asset_with(asset: AssetConfig, table: Calibrate, model: str) -> AssetConfig:
    own = {"distribution": BOOTSTRAP} if model == RESIDUALS else {"model": model, "o": None}
    try:
        own_table = Calibrate.model_validate(table.model_dump(exclude_unset=True) | own)
    except ValidationError as error:
        said = "; ".join(problem["msg"] for problem in error.errors())
        message = f"market.models: {model} does not suit the calibrate table of {asset.name}: {said}"
        raise ConfigError([message]) from None
    return asset.model_copy(update={"calibrate": own_table})
