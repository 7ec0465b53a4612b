"""The volatility that a model has for each day of a history, as it was known then: fitted to the days before alone.

A fit is made once a year of trading days, on all returns up to then, and filtered on to the next one. Fits are kept on
disk as all fits are. Axes: n days.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backstop.errors import CalibrationError
from backstop.market.calibration import calibrate
from backstop.market.data import PriceSeries, log_returns
from backstop.market.fitted import Calibration, Floats
from backstop.market.specification import CalibrationSpec
from backstop.terms import TRADING_DAYS_PER_YEAR

DAYS_BEFORE = 1000
"""Returns that the first fit has at least. [ours]"""
REFIT_DAYS = TRADING_DAYS_PER_YEAR
"""From one fit to the next. [ours]"""


def known_volatility(spec: CalibrationSpec, series: PriceSeries) -> Floats:
    """(n - 1,) standard deviation a day of each return, of a model whose parameters were fitted before that day.

    NaN before the first fit that is possible; a year whose fit is refused goes on with the parameters of the year
    before. Days that `spec` leaves out of its sample are left out of these too.
    """
    n = len(series.dates) - 1
    known = np.full(n, np.nan)
    for first, fit in _fits(spec, series):
        skipped = n - len(fit.variances)
        known[first:] = np.sqrt(fit.variances[first - skipped :])
    return known


def _fits(spec: CalibrationSpec, series: PriceSeries) -> Iterator[tuple[int, Calibration]]:
    """Fits that could be made, each with the first return that it is used for."""
    dates = log_returns(series).dates
    begin = 0 if spec.first is None else int(np.searchsorted(dates, np.datetime64(spec.first)))
    for first in range(begin + DAYS_BEFORE, len(dates), REFIT_DAYS):
        last = str(dates[first - 1])
        if spec.last is not None and spec.last < last:
            last = spec.last
        try:
            yield first, calibrate(replace(spec, last=last), series)
        except CalibrationError:
            continue
