"""A market whose parameters differ between groups of paths, as far as the data leave them open.

The assets that were calibrated have a draw each for every group (`parameter_draws`), one asset's apart from the
others': what estimates of several series share is not estimated. Everything else is as fitted or written: assets with
explicit parameters, the states and histories before day 1, the residuals that are drawn, the dependence.
"""

import hashlib
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from backstop.config.market.resolve import resolve_market
from backstop.config.schema import Config
from backstop.errors import ConfigError
from backstop.market.explicit import explicit_market
from backstop.market.parameter_draws import PATHS_PER_DRAW, ParameterDraws
from backstop.market.prepare import Prepared
from backstop.terms import MarketTerms

_KEPT = 64
"""Groups whose terms stay in memory: more than threads work on at a time. [ours]"""


class DrawnParameters(NamedTuple):
    """What is kept in a run of its parameter draws, and printed."""

    paths_per_group: int
    n_groups: int
    """Draws of parameters, one a group of paths; the last group may be smaller."""
    rejected_frac: dict[str, float]
    """By calibrated asset: share of draws that were rejected as inadmissible."""
    fixed: tuple[str, ...]
    """Assets whose parameters are the same on all paths."""
    laws: str
    """The sha256 (hex) of the laws that are drawn from."""


DrawnOf: TypeAlias = Callable[[int], DrawnParameters | None]
"""What is drawn of parameters for a number of paths."""


class ParameterGroups:
    """The market of each group of paths.

    Parameters
    ----------
    config
        As loaded, ``calibrate`` tables and all.
    prepared
        What came of it.
    paths_per_group
        Of each draw.

    Raises
    ------
    ConfigError
        No asset has a ``calibrate`` table, or the paths are given.
    """

    def __init__(self, config: Config, prepared: Prepared, paths_per_group: int = PATHS_PER_DRAW) -> None:
        _refuse(config)
        self._config, self._prepared, self._size = config, prepared, paths_per_group
        self._draws = {name: ParameterDraws(fit, config.run.seed) for name, fit in prepared.fits.items()}
        self._kept = lru_cache(maxsize=_KEPT)(self._terms_of)
        self._lock = threading.Lock()

    def terms_of(self, group: int) -> MarketTerms:
        """The market of a group of paths; for all threads, made once while it is kept."""
        with self._lock:
            return self._kept(group)

    def _terms_of(self, group: int) -> MarketTerms:
        config, ready = self._config, self._prepared
        estimates = {name: draws.of_group(group).estimates for name, draws in self._draws.items()}
        market = explicit_market(config.market, ready.fits, ready.first_days, ready.dependence, estimates)
        return resolve_market(market, config.scenario, ready.inputs, config.run.days)

    def drawn(self, n_paths: int) -> DrawnParameters:
        """What the draws of `n_paths` paths are.

        Raises
        ------
        CalibrationError
            Hardly any draw of an asset's parameters is admissible.
        """
        n_groups = -(-n_paths // self._size)
        rejected = {name: draws.rejected_frac(n_groups) for name, draws in self._draws.items()}
        fixed = tuple(asset.name for asset in self._config.market.assets if asset.name not in rejected)
        return DrawnParameters(self._size, n_groups, rejected, fixed, self._laws())

    def _laws(self) -> str:
        digest = hashlib.sha256()
        for name, fit in self._prepared.fits.items():
            digest.update(name.encode() + fit.estimates.tobytes() + fit.covariance.tobytes())
        return digest.hexdigest()


def _refuse(config: Config) -> None:
    place = "market.parameter_uncertainty"
    if config.market.paths is not None:
        raise ConfigError([f"{place}: market.paths gives the paths, nothing is drawn; leave it off"])
    if all(asset.calibrate is None for asset in config.market.assets):
        raise ConfigError([f"{place}: no asset has a `calibrate` table, whose fit says how uncertain its parameters "
                           "are; write one for at least one asset, or leave it off"])
