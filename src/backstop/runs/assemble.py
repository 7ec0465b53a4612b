"""From a config file, or from a run directory, to what is simulated: load, prepare, resolve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backstop.config.funds.scale import scale_findings
from backstop.config.funds.section import FundFile
from backstop.config.funds.stability import response_findings
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.scenario import late_findings, title_of
from backstop.config.market.section import MarketConfig, model_titles
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.config.study import Arm
from backstop.config.text.load import checked
from backstop.config.text.sweeps import with_arms
from backstop.config.text.toml_files import ConfigText, read_config
from backstop.errors import RunIncomplete
from backstop.market.models import MixedMarkets
from backstop.market.parameter_draws import PATHS_PER_DRAW
from backstop.market.parameter_groups import DrawnOf, ParameterGroups
from backstop.market.prepare import Prepared, prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.bounded_market import BoundedMarket
from backstop.runs.directory import RunDirectory
from backstop.runs.files import environment_failures, hash_of
from backstop.runs.grouped_market import GroupedMarket
from backstop.runs.request import RunRequest, identity_of, terms_hash
from backstop.runs.seam import Market, SimulatedMarket
from backstop.runs.stored_market import StoredMarket
from backstop.runs.tiles import layout_of
from backstop.terms import PATHS_PER_MODEL, Mixture, RunTerms


@dataclass(frozen=True, eq=False)
class Assembled:
    """A config with everything that follows from it.

    Attributes
    ----------
    config
        With explicit parameters in place of ``calibrate`` tables.
    inputs
        Histories and pinned returns by asset.
    request
        What a run is asked for.
    findings
        What is to be said of the inputs, a line each.
    """

    config: Config
    inputs: MarketInputs
    request: RunRequest
    findings: tuple[str, ...] = ()


def assemble(path: Path, overrides: Sequence[str] = (), folder: Path | None = None) -> Assembled:
    """Everything that the config at `path` asks for; relative price files start from `folder`, else from the config's.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    """
    return assemble_text(read_config(path, folder), overrides)


def assemble_text(source: ConfigText, overrides: Sequence[str] = ()) -> Assembled:
    """`assemble` for a config that was read: what is kept is what was run."""
    base = source.folder
    config = checked(source, overrides)
    file_hashes = _file_hashes(config, base)
    mixed = MixedMarkets(config, base) if config.market.models else None
    prepared = mixed.first if mixed else prepare(config, PriceReader(base))
    fits = {asset: fit.summary() for asset, fit in (mixed or prepared).fits.items()}
    terms = resolve(prepared.config, prepared.inputs)._replace(mixture=_mixture(config.market))
    market, drawn_of = _mixed(mixed, config) if mixed else _market(config, prepared, terms, base)
    request = RunRequest(
        terms=terms,
        seed=config.run.seed,
        n_paths=config.run.paths,
        config_text=source.text,
        inputs=file_hashes | {asset: fit["data_hash"] for asset, fit in fits.items()},
        currency=config.money.currency,
        fits=fits,
        dependence_fit=None if prepared.dependence is None else prepared.dependence.summary(),
        overrides=tuple(overrides),
        config_folder=str(base.resolve()),
        market=BoundedMarket(market, terms.names.assets, _titles(fits)),
        drawn=drawn_of and drawn_of(config.run.paths),
        drawn_of=drawn_of,
        markets_hash=terms_hash(mixed.all_terms) if mixed else "",
        dates=prepared.inputs.calendar[: terms.n_days],
        scenario=title_of(config.scenario),
        models=model_titles(config.market),
    )
    notes = [note for entry in config.funds if isinstance(entry, FundFile) for note in entry.notes]
    return Assembled(prepared.config, prepared.inputs, request, (
        *notes, *scale_findings(config), *response_findings(prepared.config, terms),
        *late_findings(config.scenario, config.run.days), *prepared.findings))


def _market(config: Config, prepared: Prepared, terms: RunTerms, base: Path) -> tuple[Market, DrawnOf | None]:
    """What fills the seam, and what it draws of parameters."""
    if config.market.parameter_uncertainty:
        groups = ParameterGroups(config, prepared)
        return GroupedMarket(SimulatedMarket(), groups.terms_of, PATHS_PER_DRAW), groups.drawn
    if config.market.paths is not None:
        file, assets = base / config.market.paths, terms.names.assets
        return StoredMarket(file, assets, config.run.paths, terms.n_days), None
    return SimulatedMarket(), None


def _titles(fits: Mapping[str, Any]) -> dict[str, str]:
    """By asset, what it was fitted with; all of its models where they take turns."""
    titles: dict[str, str] = {}
    for name, fit in fits.items():
        asset = name.partition(" (")[0]
        titles[asset] = f"{titles[asset]} or {fit['model']}" if asset in titles else fit["model"]
    return titles


def _mixed(mixed: MixedMarkets, config: Config) -> tuple[Market, DrawnOf | None]:
    """What fills the seam where models take turns, and what it draws of parameters."""
    drawn_of = mixed.drawn if config.market.parameter_uncertainty else None
    return GroupedMarket(SimulatedMarket(), mixed.terms_of, PATHS_PER_MODEL), drawn_of


def _mixture(market: MarketConfig) -> Mixture:
    """The models and what a path of each weighs: weights are for models, which have as many groups each."""
    if market.models is None:
        return Mixture()
    weights = market.model_weights or (1.0,) * len(market.models)
    return Mixture(market.models, tuple(weight * len(weights) / math.fsum(weights) for weight in weights))


def _file_hashes(config: Config, base: Path) -> dict[str, str]:
    """Hash of every file of funds, by its path as written, and of those of the market, by their key."""
    hashes = {entry.file: hash_of(base / entry.file) for entry in config.funds if isinstance(entry, FundFile)}
    named = {"market.include": config.market.include, "market.paths": config.market.paths}
    return hashes | {key: hash_of(base / file) for key, file in named.items() if file is not None}


def assemble_again(folder: Path) -> Assembled:
    """What the run in `folder` was made from, made anew.

    Raises
    ------
    RunIncomplete
        No complete run; or terms that are not the run's any more, as after an edit of a price file.
    """
    directory = RunDirectory(folder)
    with environment_failures(folder):
        manifest: dict[str, Any] = directory.read_manifest()
        again = assemble(directory.config, manifest["overrides"], Path(manifest["config_folder"]))
    identity = identity_of(again.request, layout_of(again.request.terms))
    if any(identity[key] != manifest[key] for key in ("terms_hash", "inputs", "drawn_parameters", "markets_hash")):
        raise RunIncomplete(f"{folder}: its config does not lead to the terms it was run on any more (backstop "
                            f"{manifest['backstop']} then); look for changed files of prices or paths, or run it anew")
    return again


def rearmed(found: Assembled, arms: Sequence[Arm]) -> Assembled:
    """`found` with these arms in place of the config's.

    Raises
    ------
    ConfigError
        What an arm makes wrong.
    """
    config = with_arms(found.config, arms)
    terms = resolve(config, found.inputs)._replace(mixture=found.request.terms.mixture)
    return replace(found, config=config, request=replace(found.request, terms=terms))
