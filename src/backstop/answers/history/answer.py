"""`history`: when designs would have acted since the first price, and what they would have paid."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstop.answers.history.basis import Basis, basis
from backstop.answers.history.burn import Burn, burn, expected_of
from backstop.answers.history.episodes import Episode, episodes_of
from backstop.answers.history.holdouts import KeyDays, Market, counted, held_out, key_days
from backstop.answers.history.interventions import between
from backstop.answers.history.near_misses import NearMiss, has_least_change, near_miss
from backstop.answers.history.notes import episode_notes, signal_notes
from backstop.answers.history.replays import assembled_episode, prices_of, replay
from backstop.answers.history.rows import EpisodeRow, rows_of
from backstop.answers.history.signals import KeySignals, key_signals
from backstop.answers.history.strip import StripRow, strip_of
from backstop.config.facility.section import Facility
from backstop.config.schema import Config
from backstop.config.text.load import checked
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError
from backstop.market.data import PriceSeries
from backstop.market.prepare import spec_of
from backstop.market.specification import CalibrationSpec
from backstop.runs.assemble import assemble_text
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers, threads_of
from backstop.terms import TRADING_DAYS_PER_YEAR

OWN = "own"
"""What the facilities of the config itself are called beside real designs."""


@dataclass(frozen=True)
class Request:
    """What a history is asked for.

    Attributes
    ----------
    config
        A config.
    others
        More configs, of the same index and currency, side by side with it.
    overrides
        ``dotted.key=value``, made in all.
    designs
        Real designs that are set beside each config's own, in the place of it.
    first, last
        Days that episodes may begin on; all without them.
    workers
        Who makes the blocks of what the model expects; episodes are looked at day by day, by threads of this process.
    """

    config: ConfigText
    others: tuple[ConfigText, ...] = ()
    overrides: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    first: datetime.date | None = None
    last: datetime.date | None = None
    workers: Workers = 1


@dataclass(frozen=True)
class History:
    """The answer; everything of one design and arm, and of all of them side by side.

    Attributes
    ----------
    currency
        What amounts are in.
    prices
        Reference of the index's prices.
    first, last
        Days that are looked at.
    key_days
        Each key on days: in this market, then in those held out.
    rows
        A row an episode and arm.
    burn, basis, near_misses, strip
        See their modules.
    notes
        What is to be said, a line each.
    """

    currency: str
    prices: str
    first: datetime.date
    last: datetime.date
    signals: tuple[tuple[str, KeySignals], ...]
    """Every key on every day of this market, with the name of its design."""
    key_days: tuple[KeyDays, ...]
    rows: tuple[EpisodeRow, ...]
    burn: tuple[Burn, ...]
    basis: tuple[Basis, ...]
    near_misses: tuple[NearMiss, ...]
    strip: tuple[StripRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Design:
    """A config with one design in it; `model` is that of its index, if it is fitted."""

    name: str
    source: ConfigText
    config: Config
    overrides: tuple[str, ...]
    model: CalibrationSpec | None
    keys: tuple[KeySignals, ...]

    @property
    def facilities(self) -> Iterator[tuple[str, Facility]]:
        """Arm and facility, for each in force."""
        return _in_force(self.config)


def history(request: Request, on_progress: OnProgress = quiet) -> History:
    """When the facilities of a config would have acted, and what they would have paid.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend: an index without prices, a key that prices alone do not tell.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    config, market = _market(request, request.config)
    sources = request.config, *request.others
    _refuse_unlike(request, config, market)
    designs = [_design(request, source, name, market.series) for source in sources for name in (OWN, *request.designs)]
    found = [_answer_of(request, design, market, on_progress) for design in designs]
    dates = market.series.dates[market.chosen]
    joined = {name: tuple(row for part in found for row in getattr(part, name))
              for name in ("signals", "key_days", "rows", "burn", "basis", "near_misses", "strip")}
    notes = tuple(dict.fromkeys(line for part in found for line in part.notes))
    return History(config.money.currency, market.reference, dates[0].item(), dates[-1].item(), **joined, notes=notes)


def _market(request: Request, source: ConfigText) -> tuple[Config, Market]:
    """A config, and the days of its index that are looked at."""
    config = checked(source, request.overrides)
    reference, series = prices_of(config, source.folder)[config.market.index]
    return config, Market(reference, series, _chosen(series, request))


def _refuse_unlike(request: Request, config: Config, market: Market) -> None:
    """Configs side by side have one history of prices and one currency, and names that tell them apart."""
    lines, first = [], request.config.path
    for source in request.others:
        other, own = _market(request, source)
        if own.series.content_hash != market.series.content_hash:
            lines.append(f"{source.path}: its index has other prices than that of {first}; ask for it by itself")
        if other.money.currency != config.money.currency:
            lines.append(f"{source.path}: is in {other.money.currency}, {first} in {config.money.currency}")
    stems = [source.path.stem for source in (request.config, *request.others)]
    lines += [f"{stem}.toml: is the name of two configs; rename one" for stem in dict.fromkeys(stems)
              if stems.count(stem) > 1]
    if lines:
        raise ConfigError(lines)


def _chosen(series: PriceSeries, request: Request) -> slice:
    first = 0 if request.first is None else int(np.searchsorted(series.dates, np.datetime64(request.first)))
    last = len(series.dates) if request.last is None else int(
        np.searchsorted(series.dates, np.datetime64(request.last), side="right"))
    if last - first < 2:
        raise ConfigError([f"--from, --to: fewer than two days of {series.title}, whose prices are from "
                           f"{series.dates[0]} to {series.dates[-1]}; give other days"])
    return slice(first, last)


def _design(request: Request, source: ConfigText, name: str, series: PriceSeries) -> _Design:
    overrides = request.overrides if name == OWN else (*request.overrides, f'design="{name}"')
    config = checked(source, overrides)
    table = next(asset.calibrate for asset in config.market.assets if asset.name == config.market.index)
    model = None if table is None else spec_of(table)
    keys = tuple(key_signals(arm, facility, series, model) for arm, facility in _in_force(config))
    if request.others:
        name = source.path.stem if name == OWN else f"{source.path.stem}, {name}"
    return _Design(name, source, config, overrides, model, keys)


def _in_force(config: Config) -> Iterator[tuple[str, Facility]]:
    for arm in config.arms:
        by_name = {facility.name: facility for facility in config.for_arm(arm).facilities}
        yield from ((arm.name, by_name[name]) for name in arm.facilities)


def _answer_of(request: Request, design: _Design, market: Market, on_progress: OnProgress) -> History:
    """All of one design."""
    config, rules, series = design.config, design.config.judging, market.series
    spells = [spell for key in design.keys for spell in key.spells]
    episodes = episodes_of(series, rules, spells, config.run.days, market.chosen)
    rows = tuple(row for episode in episodes for row in _replayed(request, design, episode, on_progress))
    dates = series.dates[market.chosen]
    here = [counted(design.name, key, rules, market) for key in design.keys]
    model = design.model and replace(design.model, first=None, last=None)
    elsewhere = [key_days(design.name, arm, facility, rules, other, model) for other in held_out(market.reference)
                 for arm, facility in design.facilities]
    by_arm = [[row for row in rows if row.arm == arm] for arm in dict.fromkeys(row.arm for row in rows)]
    expected = expected_of(_without_scenario(design), request.workers, on_progress) if rows else {}
    years = (market.chosen.stop - market.chosen.start) / TRADING_DAYS_PER_YEAR
    return History(
        config.money.currency, market.reference, dates[0].item(), dates[-1].item(),
        tuple((design.name, key) for key in design.keys), (*here, *elsewhere), rows,
        tuple(burn(own, years, expected[own[0].arm]) for own in by_arm),
        tuple(line for own in by_arm for line in basis(own)),
        tuple(_near_misses(design, episodes)), tuple(_strips(design, episodes)),
        signal_notes(design.name, design.keys, series))


def _replayed(request: Request, design: _Design, episode: Episode, on_progress: OnProgress) -> Iterator[EpisodeRow]:
    prices, index = prices_of(design.config, design.source.folder), design.config.market.index
    assembled = assembled_episode(design.source, design.overrides, episode, prices, index)
    found = replay(assembled.request, episode.last - episode.peak, threads_of(request.workers), on_progress)
    reference, series = prices[index]
    acts = between(reference, series.dates[episode.peak].item(), series.dates[episode.last].item())
    yield from rows_of(design.name, found, episode, series, (acts, episode_notes(design.config, episode, series)))


def _without_scenario(design: _Design) -> RunRequest:
    """The config as it is without a scenario: what the market model expects."""
    found = assemble_text(design.source, (*design.overrides, "scenario={}"))
    return found.request


def _near_misses(design: _Design, episodes: Sequence[Episode]) -> Iterator[NearMiss]:
    for key in design.keys:
        for episode in episodes if has_least_change(key) else ():
            if not any(spell.first <= episode.last and spell.last > max(episode.peak, episode.shut_until)
                       for spell in key.spells):
                yield near_miss(design.name, key, episode)


def _strips(design: _Design, episodes: Sequence[Episode]) -> Iterator[StripRow]:
    for key in design.keys:
        if has_least_change(key):
            yield from strip_of(design.name, key, episodes)
