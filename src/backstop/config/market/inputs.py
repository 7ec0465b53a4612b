"""What a run takes from price data beside its config, handed to `resolve` by `backstop.market.prepare`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MarketInputs:
    """Series by asset name, all read-only.

    Attributes
    ----------
    history
        (h,) closes before day 1, oldest first, relative to the opening: the last is 1. An asset that is not
        there has none.
    pinned
        (n,) log returns that a scenario pins an asset to from day 1.
    residual_rows
        (r,) standardised residuals of an asset for the filtered-historical bootstrap; all assets have the
        same r days.
    calendar
        Dates of the trading days that the index is pinned to, the first of which is day 1; empty without such a
        window.
    days_of_year
        Trading days before day 1 in the calendar year that day 1 lies in; 0 where no date is known.
    """

    history: Mapping[str, Floats] = field(default_factory=dict)
    pinned: Mapping[str, Floats] = field(default_factory=dict)
    residual_rows: Mapping[str, Floats] = field(default_factory=dict)
    calendar: tuple[str, ...] = ()
    days_of_year: int = 0
