"""A row an episode and arm: dates, falls, money, and what the authorities did then."""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.history.episodes import Episode
from backstop.answers.history.figures import Arm, estimates, layer_losses, money_by_fund
from backstop.answers.history.interventions import Intervention
from backstop.answers.history.replays import Replayed
from backstop.config.study import WITHOUT
from backstop.market.data import PriceSeries
from backstop.terms import Floats

KEY_DAYS = {"breach": "first_breach_day", "decision": "first_active_day", "cash": "first_cash_day",
            "exit": "last_active_day"}
"""By what happened, the day of the run in the columns of paths; the exit is the day after the last with the key on."""


class When(NamedTuple):
    """A day of an episode, which may differ from path to path: the middle one, and the first and last."""

    date: datetime.date
    earliest: datetime.date
    latest: datetime.date
    drawdown: float
    """Fall of the index from the peak to its close on the middle day."""


class EpisodeRow(NamedTuple):
    """One arm in one episode; amounts are means over paths."""

    design: str
    arm: str
    episode: str
    """Month in which its window begins."""
    peak: datetime.date
    """Funds open at its close, at today's exposure."""
    begins: datetime.date
    """First day of the window: the index is deep below its high, or the breach of a key that acts earlier begins."""
    trough: datetime.date
    last: datetime.date
    """Of the window."""
    end: datetime.date
    """Last day that was replayed."""
    is_cut: bool
    """The data end earlier than the replay was to."""
    index_loss: float
    """From the peak to the trough."""
    breach: When | None
    """Of the key; None where it was never on."""
    decision: When | None
    cash: When | None
    exit: When | None
    days_to_trough: int | None
    """Trading days from the first cash, else the decision, to the trough; negative where the trough came first."""
    eligible_nav: float
    pool_size: float
    """Of all layers."""
    figures: dict[str, Estimate]
    """Of `figures.FIGURES`, by name."""
    layers: dict[str, float]
    """Loss by layer."""
    money_by_fund: dict[str, float]
    authorities: tuple[Intervention, ...]
    """What they did between the peak and the window's last day."""
    notes: tuple[str, ...]

    def value(self, figure: str) -> float | None:
        """Estimate of a figure, if some path has it."""
        return self.figures[figure].value if figure in self.figures else None

    @property
    def still_to_fall(self) -> float | None:
        """Fall of the index from the first cash, else the decision, to the trough; None where the key was never on."""
        since = self.cash or self.decision
        return None if since is None else 1.0 - (1.0 - self.index_loss) / (1.0 - since.drawdown)

    @property
    def has_fired(self) -> bool:
        """On half of the paths or more [ours]."""
        return (self.value("fired") or 0.0) >= 0.5

    @property
    def was_needed(self) -> bool:
        """On half of the paths or more [ours]."""
        return (self.value("needed") or 0.0) >= 0.5


def rows_of(design: str, found: Replayed, episode: Episode, series: PriceSeries,
            known: tuple[Sequence[Intervention], Sequence[str]]) -> Iterator[EpisodeRow]:
    """A row for each arm of the config; `known` are the interventions and notes of the episode."""
    names = found.request.terms.names.arms
    dates, prices = series.dates, series.prices
    peak, begins, trough, last, end = (dates[place].item() for place in (
        episode.peak, episode.first, episode.trough, episode.last, episode.end))
    for number, name in enumerate(names):
        if number == 0 or name.startswith(WITHOUT):
            continue
        arm = Arm(found, number)
        when = {key: _when(arm.path(column), int(key == "exit"), episode, series) for key, column in KEY_DAYS.items()}
        yield EpisodeRow(
            design, name, episode.name, peak, begins, trough, last, end, episode.is_cut,
            float(1.0 - prices[episode.trough] / prices[episode.peak]),
            when["breach"], when["decision"], when["cash"], when["exit"],
            days_to_trough=_days_to_trough(when["cash"] or when["decision"], episode, series),
            eligible_nav=arm.eligible_nav, pool_size=_pool_size(found, number),
            figures=dict(estimates(found, arm)), layers=layer_losses(found, arm),
            money_by_fund=money_by_fund(found, arm), authorities=tuple(known[0]), notes=tuple(known[1]))


def _pool_size(found: Replayed, number: int) -> float:
    terms = found.request.terms
    return float(terms.arms[number].pool.layer_size.sum() * terms.quantum)


def _when(days: Floats, later: int, episode: Episode, series: PriceSeries) -> When | None:
    """The middle, first and last of the days of paths, `later` days on; None where no path has one."""
    known = np.sort(days[~np.isnan(days)]).astype(np.int64)
    if not len(known):
        return None
    places = [min(episode.peak + int(day) + later, len(series.dates) - 1)
              for day in (known[(len(known) - 1) // 2], known[0], known[-1])]
    middle, first, last = (series.dates[place].item() for place in places)
    return When(middle, first, last, float(1.0 - series.prices[places[0]] / series.prices[episode.peak]))


def _days_to_trough(since: When | None, episode: Episode, series: PriceSeries) -> int | None:
    return None if since is None else episode.trough - int(np.searchsorted(series.dates, np.datetime64(since.date)))
