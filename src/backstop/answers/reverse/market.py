"""The market of many paths again: standardised shocks, how likely and how large they are, and features of paths.

Shocks are returns without their factor's part, over their own conditional volatility, then made independent across
assets by their mean correlation: one that moves from day to day is not taken out. What law each has is read from the
shocks of all paths.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backstop.runs.engine import compile_kernels
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.terms import TRADING_DAYS_PER_YEAR, FactorTerms, Floats

PATHS_AT_A_TIME = 256
N_BINS_OF_SHOCKS = 4001
_KERNEL = np.full(21, 1.0 / 21.0)
"""Bins that a density is the mean of: a fifth of a standard deviation. [ours]"""
_FARTHEST = 20.0
"""Standard deviations beyond which shocks are counted as that large."""
EARLY_FRAC = 0.25
"""Part of the horizon whose features are known early. [ours]"""


class Features(NamedTuple):
    """Of N paths: (N, K) values and what they are called; early ones are known after a quarter of the horizon."""

    names: tuple[str, ...]
    values: Floats


class Shocks(NamedTuple):
    """Of N paths, over all days and assets.

    Attributes
    ----------
    log_likelihood
        (N,) of the path's shocks.
    distance
        (N,) root of the sum of squares of their normal scores: Mahalanobis where shocks are normal, and of any law as
        if they were.
    """

    log_likelihood: Floats
    distance: Floats


def market_of(request: RunRequest, on_progress: OnProgress = quiet) -> tuple[Shocks, Features]:
    """Shocks and features of all paths of a run; the market is made twice, a few paths at a time."""
    compile_kernels(request.terms, request.market, on_progress)
    law = _Law(request.terms.market.factor)
    for _, log_return, volatility in _chunks(request):
        law.add(log_return, volatility)
    likelihood, distance = np.empty(request.n_paths), np.empty(request.n_paths)
    features: list[Floats] = []
    for first, log_return, volatility in _chunks(request):
        chosen = slice(first, first + log_return.shape[-1])
        likelihood[chosen], distance[chosen] = law.of(log_return, volatility)
        features.append(_features(request, log_return))
    return Shocks(likelihood, distance), Features(_names(request), np.concatenate(features))


def _chunks(request: RunRequest) -> Iterator[tuple[int, Floats, Floats]]:
    """First path, (T, J, L) log returns and volatilities."""
    terms, market = request.terms, request.market
    for first in range(0, request.n_paths, PATHS_AT_A_TIME):
        lanes = min(PATHS_AT_A_TIME, request.n_paths - first)
        shape = terms.n_days, len(terms.names.assets), lanes
        log_return, volatility = np.empty(shape), np.empty(shape)
        state = market.open(terms.market, lanes)
        market.reset(terms.market, state)
        market.fill(terms.market, state, request.seed, first, 0, terms.n_days, log_return, volatility, lanes)
        yield first, log_return, volatility


class _Law:
    """What shocks of all paths look like: how assets hang together, and the law of each shock by itself."""

    def __init__(self, factor: FactorTerms) -> None:
        self.factor, n_assets = factor, len(factor.asset)
        self.edges = np.linspace(-_FARTHEST, _FARTHEST, N_BINS_OF_SHOCKS + 1)
        self.counts = np.zeros((n_assets, N_BINS_OF_SHOCKS))
        self._root: Floats | None = None

    def add(self, log_return: Floats, volatility: Floats) -> None:
        """Learn from some paths: the first of them say how assets hang together."""
        shocks = self._standardised(log_return, volatility)
        if self._root is None:
            flat = shocks.transpose(1, 0, 2).reshape(shocks.shape[1], -1)
            self._root = np.asarray(np.linalg.cholesky(flat @ flat.T / flat.shape[1] + 1e-9 * np.eye(len(flat))),
                                    dtype=np.float64)
        for asset, values in enumerate(self._apart(shocks)):
            self.counts[asset] += np.histogram(np.clip(values, -_FARTHEST, _FARTHEST), self.edges)[0]

    def of(self, log_return: Floats, volatility: Floats) -> tuple[Floats, Floats]:
        """(L,) log likelihoods and distances."""
        from scipy.special import ndtri

        shocks = self._apart(self._standardised(log_return, volatility))
        likelihood, square = np.zeros(shocks.shape[-1]), np.zeros(shocks.shape[-1])
        for asset, values in enumerate(shocks):
            counts, n = self.counts[asset], self.counts[asset].sum()
            # one shock in all that might have been anywhere keeps every density above 0
            density = (np.convolve(counts, _KERNEL, mode="same") + 1.0 / N_BINS_OF_SHOCKS) / (n + 1.0)
            place = np.clip(np.searchsorted(self.edges, values) - 1, 0, N_BINS_OF_SHOCKS - 1)
            likelihood += np.log(density / (self.edges[1] - self.edges[0]))[place].sum(axis=0)
            score = ndtri(np.clip((np.cumsum(counts) - 0.5 * counts) / n, 0.5 / n, 1.0 - 0.5 / n))
            square += (score**2)[place].sum(axis=0)
        return likelihood, np.sqrt(square)

    def _apart(self, shocks: Floats) -> Floats:
        """(J, T, L) shocks that hang together no more."""
        assert self._root is not None, "a law is asked after it has learnt"
        by_asset = shocks.transpose(1, 0, 2)
        return np.asarray(np.linalg.solve(self._root, by_asset.reshape(len(by_asset), -1)).reshape(by_asset.shape))

    def _standardised(self, log_return: Floats, volatility: Floats) -> Floats:
        """(T, J, L) own shocks: what is left of a return without its factor's part, over its own volatility."""
        own, variance = log_return.copy(), volatility**2
        for asset, (of, beta) in enumerate(zip(self.factor.asset, self.factor.beta, strict=True)):
            if of >= 0:
                own[:, asset] -= beta * log_return[:, of]
                variance[:, asset] -= (beta * volatility[:, of]) ** 2
        # on a day whose return is given, a volatility may be 0
        known = variance > 1e-18
        return np.where(known, own / np.sqrt(np.where(known, variance, 1.0)), 0.0)


def _names(request: RunRequest) -> tuple[str, ...]:
    """In the order of `_features`."""
    assets = request.terms.names.assets
    return (*(f"{when}.{name}" for when in ("early", "whole") for name in
              (*(f"return_{asset}" for asset in assets), "largest_fall", "worst_20_days", "volatility_ann")),
            "whole.trough_day", "whole.recovery")


def _features(request: RunRequest, log_return: Floats) -> Floats:
    """(L, K)."""
    index, n_days = int(request.terms.arms[0].prices.index), len(log_return)
    parts = [_of_days(log_return[:last], index) for last in (max(int(EARLY_FRAC * n_days), 21), n_days)]
    level = np.cumsum(log_return[:, index], axis=0)
    trough = np.argmax(np.maximum.accumulate(np.maximum(level, 0.0), axis=0) - level, axis=0)
    recovery = level[-1] - np.take_along_axis(level, trough[None], axis=0)[0]
    return np.concatenate([*parts, np.stack([trough + 1.0, np.expm1(recovery)], axis=1)], axis=1)


def _of_days(log_return: Floats, index: int) -> Floats:
    """(L, J + 3) of the days given: returns, and the index's largest fall, worst 20 days and volatility."""
    of_index = log_return[:, index]
    level = np.concatenate([np.zeros((1, of_index.shape[1])), np.cumsum(of_index, axis=0)])
    fall = -np.expm1((level - np.maximum.accumulate(level, axis=0)).min(axis=0))
    span = min(20, len(of_index))
    worst = np.expm1((level[span:] - level[:-span]).min(axis=0))
    spread = of_index.std(axis=0) * np.sqrt(TRADING_DAYS_PER_YEAR)
    return np.concatenate([np.expm1(log_return.sum(axis=0)), [fall, worst, spread]]).T
