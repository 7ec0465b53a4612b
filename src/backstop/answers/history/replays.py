"""An episode through the engine: funds open at the peak before it, as they are today; prices take their real path.

Assets without prices are drawn given it, on many paths. All system keys are shut by hand up to the last day of the
episode before and from the end of this one's window on, so that no crisis is counted twice; the path goes on until
loans come due, or the data end.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backstop.answers.gather import Gathered
from backstop.answers.history.diary import FUND_TOTALS, PATH_TOTALS, Diary
from backstop.answers.history.episodes import Episode
from backstop.config.schema import Config
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError
from backstop.market.data import PriceSeries, load_prices
from backstop.runs.assemble import Assembled, assemble_text
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.watched import watched_blocks
from backstop.terms import ArmTerms, Floats

PATH_COLUMNS = (
    "first_breach_day", "first_active_day", "first_cash_day", "injected", "purchased", "repaid", "unmet_claims",
    "misdirected_claims", "pool_peak_use", "loss", "compensation_paid", "compensation_net", "guarantee_paid",
    "marked_loss_end", "outstanding_end", "forced_sales",
)
FUND_COLUMNS = ("injected", "sold_to_facilities", "compensation_paid", "bank_lent", "defaulted", "forced_sales")


class Replayed(NamedTuple):
    """Outcomes of an episode: A arms, F funds, N paths, amounts in currency, NaN for null."""

    request: RunRequest
    paths: Mapping[str, Floats]
    """(A, N) at the horizon, and (A, N) `PATH_TOTALS` as ``<name>_window`` at the window's last day."""
    funds: Mapping[str, Floats]
    """(A, F, N), likewise."""
    weight: Floats
    fund_count: Floats
    """(A, F) funds of each cohort."""


def prices_of(config: Config, folder: Path) -> dict[str, tuple[str, PriceSeries]]:
    """Reference and prices of each asset that has prices: those it is calibrated on, else those it is pinned to.

    Raises
    ------
    ConfigError
        The index has none: then there is no history.
    DataError
        Prices that cannot be read.
    """
    pins = {pin.asset: pin.prices for pin in config.scenario.pins}
    found = {}
    for asset in config.market.assets:
        reference = asset.calibrate.prices if asset.calibrate else pins.get(asset.name)
        if reference is not None:
            found[asset.name] = reference, load_prices(reference, folder)
    if config.market.index not in found:
        raise ConfigError([f"market.assets.{config.market.index}: the index has no prices, so no history; write a "
                           "calibrate table, or pin it to prices in [scenario]"])
    if config.market.paths is not None:
        raise ConfigError(["market.paths: paths of your own are no history; leave the key out"])
    return found


def assembled_episode(source: ConfigText, overrides: Sequence[str], episode: Episode,
                      prices: Mapping[str, tuple[str, PriceSeries]], index: str) -> Assembled:
    """The config with the real path of an episode in the place of its scenario.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    """
    dates = prices[index][1].dates[episode.peak + 1 : episode.end + 1]
    pins = ", ".join(_pin(name, reference, dates) for name, (reference, series) in prices.items()
                     if _has_days(series, dates))
    settings = [*overrides, f"scenario={{ pins = [{pins}] }}", f"run.days={len(dates)}"]
    found = assemble_text(source, settings)
    keys_open = range(max(episode.shut_until - episode.peak, 0) + 1, episode.last - episode.peak + 1)
    arms = tuple(_shut_but(keys_open, arm, len(dates)) for arm in found.request.terms.arms)
    return replace(found, request=replace(found.request, terms=found.request.terms._replace(arms=arms)))


def _pin(name: str, reference: str, dates: "np.ndarray[tuple[int], np.dtype[np.datetime64]]") -> str:
    return (f"{{ asset = {json.dumps(name)}, prices = {json.dumps(reference)}, first = \"{dates[0]}\", "
            f"last = \"{dates[-1]}\" }}")


def _has_days(series: PriceSeries, dates: "np.ndarray[tuple[int], np.dtype[np.datetime64]]") -> bool:
    """Whether an asset traded on just these days, and before them."""
    own = series.dates[(series.dates >= dates[0]) & (series.dates <= dates[-1])]
    return bool(series.dates[0] < dates[0] and np.array_equal(own, dates))


def _shut_but(keys_open: range, arm: ArmTerms, n_days: int) -> ArmTerms:
    """The arm with all of its system keys turned off by hand on the days of the run that are not `keys_open`."""
    n_keys, triggers = len(arm.facilities.instrument), arm.triggers
    for first, last in ((1, keys_open.start - 1), (keys_open.stop, n_days)):
        if first <= last:
            more = {"hand_key": 2 * np.arange(n_keys), "hand_first": np.full(n_keys, first),
                    "hand_last": np.full(n_keys, last), "hand_is_on": np.zeros(n_keys)}
            hands = {name: np.concatenate([old := getattr(triggers, name), rows.astype(old.dtype)])
                     for name, rows in more.items()}
            triggers = triggers._replace(**hands)
    return arm._replace(triggers=triggers)


def replay(request: RunRequest, last_day: int, threads: int, on_progress: OnProgress = quiet) -> Replayed:
    """Run an episode whose window ends on day `last_day`.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    columns = [*PATH_COLUMNS, *(f"loss_{layer}" for layer in request.terms.names.layers)]
    found, quantum = Gathered(request, columns, FUND_COLUMNS), request.terms.quantum
    diary = Diary(request.terms, request.n_paths, last_day)
    for tables in watched_blocks(request, threads, diary, on_progress):
        found.add(tables)
    scale = {"forced_sales": quantum}
    paths = found.paths | {f"{name}_window": diary.paths[name] * scale.get(name, 1.0) for name in PATH_TOTALS}
    funds = found.funds | {f"{name}_window": diary.funds[name] * scale.get(name, 1.0) for name in FUND_TOTALS}
    last_on = np.where(diary.last_on > 0.0, diary.last_on, np.nan)
    paths |= {"last_active_day": last_on, "rolled_over": diary.rolled * quantum}
    return Replayed(request, paths, funds, found.weight, found.count)
