"""Whether a volatility model could have made the history that it was fitted to.

A candidate simulates many histories as long as the real one, and the real one is to lie among them in all of
`path_statistics.STATISTICS` at once. Twelve marginal fans of 5 to 95 % would reject a true model in nearly half of all
cases; so the depth of a history is one number, by extreme ranks (Myllymaki and others 2017, Journal of the Royal
Statistical Society B 79, extreme rank length), and its p-value is found by the same steps on histories that the model
itself made, the model fitted anew to each (Dao and Genton 2014, Journal of Computational and Graphical Statistics 23):
the real history's model was fitted to it as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.errors import BackstopError
from backstop.market.bounds import MOST_LOG_RETURN
from backstop.market.calibration import refit
from backstop.market.fitted import Calibration
from backstop.market.path_statistics import STATISTICS, Statistic, statistics_of
from backstop.market.simulated import simulate_histories

Floats = npt.NDArray[np.float64]

FAN_HISTORIES = 499
"""Histories that a fan is made of. [ours]"""
LEVEL = 0.05
"""Share of true models that fail. [ours]"""
FAN = (0.05, 0.5, 0.95)
Extra = tuple[Statistic, Callable[[Floats], Floats]]
"""A statistic more, such as the days on which a key holds: what it is, and (H,) of returns (n, H)."""


@dataclass(frozen=True, eq=False)
class ModelCheck:
    """How the real history stands among those that one candidate makes.

    Attributes
    ----------
    title
        Of the candidate.
    p_value
        Share of histories of the model itself that lie as far out as the real one, that one counted.
    statistics
        (S,) what was compared.
    history
        (S,) of the real history.
    fan
        (3, S) 5th, 50th and 95th percentile of the simulated ones, each by itself.
    ranks
        (S,) share of simulated histories below the real one; ties count half.
    n_refitted, n_failed
        Simulated histories that the model was fitted to anew, and those to which no usable fit was found.
    n_exploded
        Of the fan's histories, those with a day beyond `MOST_LOG_RETURN`.
    """

    title: str
    p_value: float
    statistics: tuple[Statistic, ...]
    history: Floats
    fan: Floats
    ranks: Floats
    n_refitted: int
    n_failed: int
    n_exploded: int

    @property
    def passes(self) -> bool:
        """Whether the model could have made the history, and makes none that no market can."""
        return self.p_value > LEVEL and self.n_exploded == 0

    @property
    def furthest(self) -> Statistic:
        """The statistic in which the real history lies furthest out."""
        return self.statistics[int(np.argmin(np.minimum(self.ranks, 1.0 - self.ranks)))]

    def summary(self) -> dict[str, Any]:
        """As plain numbers and text."""
        rows = zip(self.statistics, self.history.tolist(), self.fan.T.tolist(), self.ranks.tolist(), strict=True)
        return {"model": self.title, "passes": self.passes, "p_value": self.p_value, "n_refitted": self.n_refitted,
                "n_failed": self.n_failed, "n_exploded": self.n_exploded, "n_histories": FAN_HISTORIES,
                "statistics": [{"name": one.name, "unit": one.unit, "meaning": one.meaning, "history": value,
                                "p5": low, "p50": middle, "p95": high, "rank": rank}
                               for one, value, (low, middle, high), rank in rows]}


def check_model(fit: Calibration, n_refits: int, extras: Sequence[Extra] = (), is_bootstrap: bool = False,
                on_refit: Callable[[int], None] = lambda done: None) -> ModelCheck:
    """Hold the history that `fit` was fitted to against those that its model makes.

    Parameters
    ----------
    fit
        A candidate.
    n_refits
        Simulated histories that find the law of the depth, 19 or more for a test at 5 %.
    extras
        Statistics more.
    is_bootstrap
        Whether shocks are the fit's residuals in place of its law.
    on_refit
        Told after each.
    """
    n_days = fit.n_sample
    real = _statistics(fit.returns.values[:n_days, None], extras)[:, 0]
    fan, n_exploded = _fan(fit, fit.estimates, extras, is_bootstrap, seed=1)
    depth, later, n_failed = _depth(real, fan), [], 0
    for number, history in enumerate(simulate_histories(fit, fit.estimates, n_days, n_refits, 2, is_bootstrap).T):
        found = _depth_of(fit, history, extras, is_bootstrap, seed=3 + number)
        n_failed += found is None
        later += [] if found is None else [found]
        on_refit(number + 1)
    p_value = (1.0 + sum(other <= depth for other in later)) / (1.0 + len(later))
    statistics = (*STATISTICS, *(statistic for statistic, _ in extras))
    return ModelCheck(_title(fit, is_bootstrap), p_value, statistics, real, np.quantile(fan, FAN, axis=1),
                      _shares_below(real, fan), n_refits, n_failed, n_exploded)


def _depth_of(fit: Calibration, history: Floats, extras: Sequence[Extra], is_bootstrap: bool,
              seed: int) -> float | None:
    """Depth of a simulated history (n,) among those of the model fitted to it; None where no fit can be used."""
    try:
        own = refit(fit, history)
    except BackstopError:
        return None
    fan, _ = _fan(own, own.estimates, extras, is_bootstrap, seed)
    return _depth(_statistics(history[:, None], extras)[:, 0], fan)


def _fan(fit: Calibration, estimates: Floats, extras: Sequence[Extra], is_bootstrap: bool,
         seed: int) -> tuple[Floats, int]:
    """(S, H) statistics of simulated histories, and how many of these exploded."""
    returns = simulate_histories(fit, estimates, fit.n_sample, FAN_HISTORIES, seed, is_bootstrap)
    is_beyond = ~(np.abs(returns) <= MOST_LOG_RETURN).all(axis=0)
    # an exploded history has no moments: it stands as one at the bound
    bounded = np.clip(np.nan_to_num(returns, nan=MOST_LOG_RETURN), -MOST_LOG_RETURN, MOST_LOG_RETURN)
    return _statistics(bounded, extras), int(is_beyond.sum())


def _statistics(returns: Floats, extras: Sequence[Extra]) -> Floats:
    """(S, H), all of them."""
    return np.concatenate([statistics_of(returns), *(measure(returns)[None] for _, measure in extras)])


def _shares_below(real: Floats, fan: Floats) -> Floats:
    """(S,) share of fan (S, H) below `real` (S,), ties by half."""
    ours = real[:, None]
    return np.asarray(np.mean(fan < ours, axis=1) + 0.5 * np.mean(fan == ours, axis=1))


def _depth(real: Floats, fan: Floats) -> float:
    """Share of the H + 1 histories whose extreme ranks come no later in order than those of `real` (S,).

    A history's ranks, from outside in and each the lower of both ends, sorted, are compared as words are: by the
    lowest, then the second lowest, and so on.
    """
    from scipy.stats import rankdata

    everything = np.column_stack([real, fan])
    size = everything.shape[1]
    from_below = rankdata(everything, axis=1)
    ranks: Floats = np.sort(np.minimum(from_below, size + 1.0 - from_below), axis=0)
    order = np.lexsort(ranks[::-1])
    place = int(np.flatnonzero(order == 0)[0])
    ties = int((ranks == ranks[:, :1]).all(axis=0).sum())
    return (place + 0.5 * (ties - 1) + 1.0) / float(size)


def _title(fit: Calibration, is_bootstrap: bool) -> str:
    return f"{fit.spec.title.rpartition(' ')[0]} filtered-historical" if is_bootstrap else fit.spec.title
