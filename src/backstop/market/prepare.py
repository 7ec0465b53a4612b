"""From a config that names prices to one that needs none: fits instead of `calibrate` tables, and series."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backstop.config.market.inputs import MarketInputs
from backstop.config.market.scenario import Pin, ScenarioConfig, overlay_of
from backstop.config.market.section import AssetConfig, Calibrate, MarketConfig
from backstop.config.schema import Config
from backstop.errors import CalibrationError, ConfigError, DataError
from backstop.market.calibration import calibrate
from backstop.market.data import (
    PriceSeries,
    ReturnSeries,
    join,
    log_returns,
    make_returns,
    window,
)
from backstop.market.dependence_fit import DependenceFit, joint_residuals
from backstop.market.examination import EVERYTHING, LONGEST_GAP_DAYS, examine_all, examine_together
from backstop.market.explicit import BOOTSTRAP, explicit_market
from backstop.market.fitted import Calibration
from backstop.market.price_files import Days
from backstop.market.price_reader import PriceReader
from backstop.market.specification import CalibrationSpec
from backstop.market.stored_dependence import stored_dependence

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prepared:
    """What `resolve` takes, and the fits that it came from.

    Attributes
    ----------
    config
        Every asset with explicit ``volatility`` and ``innovation``.
    inputs
        Series by asset name.
    fits
        By asset name, of the assets that had a ``calibrate`` table.
    dependence
        What the ``calibrate`` table of ``[market.dependence]`` led to, if there is one.
    first_days
        Day 1 by asset, as `explicit_market` takes it.
    findings
        What is to be said of the prices, a line each.
    """

    config: Config
    inputs: MarketInputs
    fits: Mapping[str, Calibration]
    dependence: DependenceFit | None
    first_days: Mapping[str, str | None]
    findings: tuple[str, ...] = ()


def prepare(config: Config, reader: PriceReader) -> Prepared:
    """Read every price that `config` names, and fit what it asks for.

    Day 1 of the run is the first day of the scenario's window, and without a window the day after the data:
    states and histories are those of the days before. An asset that follows a factor is fitted on what its
    returns leave beyond beta times the factor's.

    Parameters
    ----------
    config
        As loaded.
    reader
        Of the prices that it names, from the config's folder.

    Raises
    ------
    DataError, CalibrationError, ConfigError
        Prices, or a fit, that cannot be used; a fit that does not suit the rest of the config.
    """
    overlay = overlay_of(config.scenario, config.market)
    pins = {pin.asset: pin for pin in overlay.pins if pin.prices is not None}
    prices = _prices(config.market, pins, reader)
    findings = [*_examined(config.market, prices), *_examined_together(config.market, prices)]
    fits = {asset.name: _fit(asset, prices) for asset in config.market.assets if asset.calibrate}
    days = _first_days(config.market, overlay)
    dependence = _dependence(config.market, fits, days)
    market = explicit_market(config.market, fits, days, dependence)
    ended = _ended(market, prices, days)
    inputs = MarketInputs(
        history=_histories(market, {name: prices[name] for name in prices if name not in ended}, days),
        pinned={name: _pinned(pin, reader) for name, pin in pins.items()},
        residual_rows=_residual_rows(market, fits),
        calendar=_calendar(pins.get(market.index), reader),
        days_of_year=_days_of_year(prices.get(market.index), days[market.index]),
    )
    return Prepared(config.model_copy(update={"market": market}), inputs, fits, dependence, days,
                    (*findings, *ended.values()))


def spec_of(table: Calibrate) -> CalibrationSpec:
    """The specification that a ``calibrate`` table asks for."""
    distribution = "normal" if table.distribution == BOOTSTRAP else table.distribution
    return CalibrationSpec(table.model, distribution, table.mean, table.p, table.o, table.q, table.harch_lags,
                           table.ewma_lambda, table.backcast, table.first, table.last)


def _prices(market: MarketConfig, pins: Mapping[str, Pin], reader: PriceReader) -> dict[str, PriceSeries]:
    """Prices by asset, named after it: those it is calibrated on, else those it is pinned to."""
    found, refused = {}, []
    for asset in market.assets:
        pin = pins.get(asset.name)
        reference = asset.calibrate.prices if asset.calibrate else pin.prices if pin else None
        if reference is not None:
            try:
                found[asset.name] = replace(reader.read(reference), name=asset.name)
            except DataError as error:
                refused.append(f"{asset.name}: {error}")
    if refused:
        raise DataError("\n".join(refused))
    return found


def _examined(market: MarketConfig, prices: Mapping[str, PriceSeries]) -> list[str]:
    """What is to be said of each asset's prices, from the first day of its sample on."""
    tables = {asset.name: asset.calibrate for asset in market.assets}
    return examine_all(
        (series, EVERYTHING if (table := tables[name]) is None else table.accept,
         slice(0 if table is None or table.first is None else _row_before(series, table.first), None))
        for name, series in prices.items())


def _row_before(series: PriceSeries, day: str) -> int:
    return max(0, int(np.searchsorted(series.dates, np.datetime64(day))) - 1)


def _examined_together(market: MarketConfig, prices: Mapping[str, PriceSeries]) -> tuple[str, ...]:
    """What is to be said of the prices of assets whose dependence is fitted."""
    if market.dependence is None or market.dependence.calibrate is None:
        return ()
    followers = {asset.name for asset in market.assets if asset.factor is not None}
    names = [name for name in market.dependence.assets if name in prices and name not in followers]
    return examine_together([prices[name] for name in names])


def _ended(market: MarketConfig, prices: Mapping[str, PriceSeries], days: Mapping[str, str | None]) -> dict[str, str]:
    """Assets whose prices end long before day 1 of the index, and what is said of each: their past is not known."""
    found = {}
    for name, series in prices.items():
        if market.index not in prices or days[name] != days[market.index]:
            continue
        calendar = prices[market.index].dates
        known = calendar if days[name] is None else calendar[calendar < np.datetime64(days[name])]
        missing = known[known > series.dates[-1]]
        if len(missing) and known[-1] - series.dates[-1] > np.timedelta64(LONGEST_GAP_DAYS, "D"):
            found[name] = (f"{series.title}: its prices, from {series.dates[0]}, end on {series.dates[-1]}, "
                           f"{len(missing):,} days of {market.index} before day 1, so its past counts as that of an "
                           f"asset without prices; give prices up to {known[-1]}")
    return found


def _first_days(market: MarketConfig, overlay: ScenarioConfig) -> dict[str, str | None]:
    """Day 1 by asset: of its own window, else of the scenario's first; None is the day after the data."""
    windows = {pin.asset: pin.first for pin in overlay.pins if pin.first is not None}
    common = next(iter(windows.values()), None)
    return {asset.name: windows.get(asset.name, common) for asset in market.assets}


def _fit(asset: AssetConfig, prices: Mapping[str, PriceSeries]) -> Calibration:
    assert asset.calibrate is not None
    return calibrate(spec_of(asset.calibrate), _own_returns(asset, prices))


def _own_returns(asset: AssetConfig, prices: Mapping[str, PriceSeries]) -> ReturnSeries:
    """An asset's log returns, less beta times its factor's where it follows one (days that both have)."""
    if asset.factor is None:
        return log_returns(prices[asset.name])
    factor, beta = asset.factor.asset, asset.factor.beta
    if factor not in prices:
        raise CalibrationError(f"{asset.name}: its own risk is what {factor} leaves, which has no prices; "
                               f"calibrate {factor} too, or write volatility and innovation for {asset.name}")
    own, common = (log_returns(one) for one in join([prices[asset.name], prices[factor]]).series)
    return make_returns(asset.name, own.dates, own.values - beta * common.values,
                        f"{own.source}, less {beta:g} times {common.source}")


def _dependence(market: MarketConfig, fits: Mapping[str, Calibration], days: Mapping[str, str | None]
                ) -> DependenceFit | None:
    if market.dependence is None or market.dependence.calibrate is None:
        return None
    names, table = market.dependence.assets, market.dependence.calibrate
    earlier = [day for name in names if (day := days[name]) is not None]
    if table.start == "last" and earlier:
        raise ConfigError([f"market.dependence.calibrate.start: last is after the data, but day 1 is {earlier[0]}; "
                           "write long-run"])
    return stored_dependence([fits[name] for name in names], table.model)


def _histories(market: MarketConfig, prices: Mapping[str, PriceSeries],
               days: Mapping[str, str | None]) -> dict[str, Floats]:
    """Closes before day 1 by asset, relative to the last; on the index's trading days where it has prices."""
    found = {}
    for name, series in prices.items():
        is_aligned = market.index in prices and days[name] == days[market.index]
        calendar = prices[market.index].dates if is_aligned else series.dates
        closes = _closes(series, calendar, days[name])
        if len(closes):
            found[name] = _frozen(closes / closes[-1])
    return found


def _closes(series: PriceSeries, calendar: Days, day: str | None) -> Floats:
    """The last known close on each day of `calendar` before `day`, from the first that there is."""
    stop = len(calendar) if day is None else int(np.searchsorted(calendar, np.datetime64(day)))
    latest = np.searchsorted(series.dates, calendar[:stop], side="right") - 1
    return series.prices[latest[latest >= 0]]


def _calendar(pin: Pin | None, reader: PriceReader) -> tuple[str, ...]:
    """Dates of the window that the index is pinned to."""
    return tuple(np.datetime_as_string(_window(pin, reader).dates, unit="D").tolist()) if pin else ()


def _days_of_year(series: PriceSeries | None, day: str | None) -> int:
    """Trading days before `day`, or the first working day after the data, in the same calendar year."""
    if series is None:
        return 0
    first = np.datetime64(day) if day is not None else np.busday_offset(series.dates[-1], 1, roll="forward")
    known = series.dates[series.dates < first]
    return int(np.sum(known.astype("datetime64[Y]") == first.astype("datetime64[Y]")))


def _pinned(pin: Pin, reader: PriceReader) -> Floats:
    return _window(pin, reader).values


def _window(pin: Pin, reader: PriceReader) -> ReturnSeries:
    """Returns of the days that an asset is pinned to."""
    assert pin.prices is not None
    assert pin.first is not None
    assert pin.last is not None
    return window(reader.read(pin.prices), pin.first, pin.last)


def _residual_rows(market: MarketConfig, fits: Mapping[str, Calibration]) -> dict[str, Floats]:
    """Residuals of the days that all bootstrapped assets share."""
    names = [asset.name for asset in market.assets
             if asset.innovation is not None and asset.innovation.distribution == BOOTSTRAP]
    for name in names:
        if name not in fits:
            raise CalibrationError(f"{name}: {BOOTSTRAP} draws the residuals of a fit; write a calibrate "
                                   "table instead of volatility and innovation")
    if not names:
        return {}
    _, rows = joint_residuals([fits[name] for name in names])
    return {name: _frozen(rows[:, j]) for j, name in enumerate(names)}


def _frozen(values: Floats) -> Floats:
    copy = np.ascontiguousarray(values).copy()
    copy.setflags(write=False)
    return copy
