"""What must be said beside a history: where it does not reach, and what it cannot know."""

from collections.abc import Sequence

from backstop.answers.history.episodes import Episode
from backstop.answers.history.signals import KeySignals, days_until_full, is_by_hand, reads_volatility
from backstop.config.schema import Config
from backstop.market.data import PriceSeries
from backstop.market.known_volatility import DAYS_BEFORE, REFIT_DAYS
from backstop.terms import SCORE_SAMPLE_DAYS


def signal_notes(design: str, keys: Sequence[KeySignals], series: PriceSeries) -> tuple[str, ...]:
    """Of keys: windows that the first days do not fill, keys by hand, conditions whose least change is not given."""
    lines = []
    if full := days_until_full(keys):
        day = series.dates[min(full, len(series.dates) - 1)]
        lines.append(f"{series.title}: until {day} some window of {full} days is longer than the history; what there "
                     "is counts")
    for key in keys:
        if reads_volatility(key.key):
            lines.append(_fitted_before(f"{design}, {key.facility}", series))
        name = f"{design}, {key.facility}"
        if is_by_hand(key):
            lines.append(f"{name}: its system key is turned by hand on some days, which signals do not tell; episodes "
                         "have it on those days of their runs")
        if any(reading.condition.is_latched for reading in key.readings):
            lines.append(f"{name}: a condition with a past of its own has no least change, so neither near misses nor "
                         "a strip")
    return tuple(lines)


def _fitted_before(name: str, series: PriceSeries) -> str:
    since = series.dates[DAYS_BEFORE + 1] if len(series.dates) > DAYS_BEFORE + 1 else "never"
    return (f"{name}: conditional volatility is that of the index's model, fitted anew every {REFIT_DAYS} days to the "
            f"days before; {DAYS_BEFORE:,} are needed, so it is known from {since} on. Episodes have that of the whole "
            "sample")


def episode_notes(config: Config, episode: Episode, series: PriceSeries) -> tuple[str, ...]:
    """Of an episode: rungs of score ladders that are older than the data, loans that do not come due in it."""
    known = episode.peak
    lines = []
    for fund in config.cohorts:
        rungs = fund.evaluation.ladder if fund.evaluation and fund.history == "data" else ()
        older = [f"{rung.years:g}" for rung in rungs if rung.samples * SCORE_SAMPLE_DAYS > known]
        if older:
            lines.append(f"{fund.name}: rungs of {' and '.join(older)} years are older than the data, from "
                         f"{series.dates[0]}")
    if episode.is_cut:
        lines.append(f"the data end on {series.dates[-1]}: loans that are out then are marked")
    return tuple(lines)
