"""A volatility model in arch's parameters as the one recursion that kernels know (kernels/market/volatility.py)."""

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from backstop.config.market.innovations import Innovation as Law
from backstop.config.market.volatility import Innovation, Volatility
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, VolatilityLevel

ROOT_TWO_OVER_PI = float(np.sqrt(2.0 / np.pi))
"""What arch's EGARCH takes from \\|z\\|, whatever the distribution."""


@dataclass(frozen=True)
class Recursion:
    """``s = omega + sum_i weight_i * |push| + beta_i * s``; tuples are lag 1 first, all of one length.

    `halves` are E[|push| 1(z >= 0)] and E[|push| 1(z < 0)] of a shock z at a level of 1 (of any, for logs).
    """

    kind: int
    power: float
    omega: float
    up: tuple[float, ...]
    down: tuple[float, ...]
    beta: tuple[float, ...]
    halves: tuple[float, float]

    @property
    def gains(self) -> Floats:
        """(lags,) mean weight of a push."""
        return self.halves[0] * np.array(self.up) + self.halves[1] * np.array(self.down)

    @property
    def persistence(self) -> float:
        """Share of a level that is left a day later (with more lags, the sum of their shares)."""
        return sum(self.beta) + (0.0 if self.kind == VolatilityLevel.LOGS else float(self.gains.sum()))

    @property
    def constant(self) -> float:
        """What the level would settle at, times ``1 - persistence``."""
        return self.omega + (float(self.gains.sum()) if self.kind == VolatilityLevel.LOGS else 0.0)

    def level_of(self, variance: float) -> float:
        """The level at which the variance a day is `variance`."""
        return float(np.log(variance)) if self.kind == VolatilityLevel.LOGS else float(variance ** (0.5 * self.power))

    def push_of(self, residual: float, variance: float) -> float:
        """The signed push of a residual on a day of the given variance."""
        if self.kind == VolatilityLevel.LOGS:
            return float(residual / np.sqrt(variance))
        return float(np.sign(residual) * abs(residual) ** self.power)

    def weighed(self, lag: int, push: float) -> float:
        """What a push gives at lag `lag` (from 0)."""
        return push * self.up[lag] if push >= 0.0 else -push * self.down[lag]


def law_of(innovation: Innovation) -> Law:
    """The law as `backstop.config.market.innovations` has it; filtered-historical shocks count as normal there."""
    distribution = innovation.distribution if innovation.distribution != "filtered-historical" else "normal"
    return Law(distribution, innovation.nu or 0.0, innovation.skew or 0.0)


def halves_of(innovation: Innovation, volatility: Volatility) -> tuple[float, float]:
    """E[|z|^p 1(z >= 0)] and E[|z|^p 1(z < 0)], p the power of the model's push."""
    power = 1.0 if volatility.rule.is_log else power_of(volatility)
    left, right = law_of(innovation).half_moments(power)
    return right, left


def sample_halves(rows: Floats, volatility: Volatility) -> tuple[float, float]:
    """The same of residuals (r,) that are drawn with equal weight."""
    sizes = np.abs(rows) ** (1.0 if volatility.rule.is_log else power_of(volatility))
    return float(np.mean(sizes * (rows >= 0.0))), float(np.mean(sizes * (rows < 0.0)))


def power_of(volatility: Volatility) -> float:
    """Power of sigma that the model's recursion is in; 2 for EGARCH, which is in logs of it."""
    return volatility.power or volatility.rule.power


def recursion_of(volatility: Volatility, halves: tuple[float, float]) -> Recursion:
    """The recursion of a model, `halves` being those of its shocks (`halves_of`)."""
    power = power_of(volatility)
    kind = volatility.rule.level_of(power)
    up, down = _weights(volatility, power)
    beta = (*volatility.beta, *([0.0] * (volatility.n_lags - len(volatility.beta))))
    free = Recursion(kind, power, 0.0, up, down, beta, halves)
    return Recursion(kind, power, _omega(volatility, free), up, down, beta, halves)


def _weights(volatility: Volatility, power: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Weights of pushes up and down, one a lag."""
    n = volatility.n_lags
    if volatility.model == "harch":
        shares = tuple(
            sum(a / days for a, days in zip(volatility.alpha, volatility.harch_lags, strict=True) if days >= lag)
            for lag in range(1, n + 1)
        )
        return shares, shares
    alpha = (*volatility.alpha, *([0.0] * (n - len(volatility.alpha))))
    pairs = tuple(zip_longest(alpha, volatility.gamma, fillvalue=0.0))
    if volatility.model == "aparch":
        return tuple(a * (1.0 - g) ** power for a, g in pairs), tuple(a * (1.0 + g) ** power for a, g in pairs)
    if volatility.model == "egarch":
        return tuple(a + g for a, g in pairs), tuple(a - g for a, g in pairs)
    return alpha, tuple(a + g for a, g in pairs)


def _omega(volatility: Volatility, free: Recursion) -> float:
    """The recursion's constant, from arch's omega or from the level that it returns to."""
    if volatility.model == "ewma":
        return 0.0
    if volatility.omega is None:
        level = free.level_of(daily_variance(volatility))
        return level * (1.0 - free.persistence) - free.constant
    return volatility.omega - (ROOT_TWO_OVER_PI * sum(volatility.alpha) if free.kind == VolatilityLevel.LOGS else 0.0)


def daily_variance(volatility: Volatility) -> float:
    """The variance a day that the config states a year of."""
    return float((volatility.long_run_volatility_ann_frac or 0.0) ** 2 / TRADING_DAYS_PER_YEAR)


def long_run_level(volatility: Volatility, recursion: Recursion) -> float:
    """The level that the model returns to; EWMA's stated one."""
    if volatility.model == "ewma":
        return daily_variance(volatility)
    return recursion.constant / (1.0 - recursion.persistence)


def opening_levels(volatility: Volatility, recursion: Recursion, variance_multiple: float | None) -> Floats:
    """(lags,) levels of days 1, 2, ... as far as earlier days settle them.

    A start at a multiple of the long-run variance takes that level for day 1 and all days before, with the
    shocks that are expected at it. `variance_multiple`, if given, is a scenario's: it stands in for the
    config's `start`, and multiplies the last variance where there is no long run.
    """
    if volatility.start == "last" and variance_multiple is None:
        return _levels_after_last(volatility, recursion)
    multiple = variance_multiple or (volatility.start if isinstance(volatility.start, float) else 1.0)
    has_long_run = volatility.model != "ewma" or volatility.long_run_volatility_ann_frac is not None
    level = long_run_level(volatility, recursion) if has_long_run else volatility.last_variance[-1]
    if recursion.kind == VolatilityLevel.LOGS:
        level += float(np.log(multiple))
        shares = recursion.gains + np.array(recursion.beta) * level
    else:
        level *= multiple ** (0.5 * recursion.power)
        shares = (recursion.gains + np.array(recursion.beta)) * level
    known: Floats = recursion.omega + np.cumsum(shares[::-1])[::-1]
    known[0] = level
    return known


def _levels_after_last(volatility: Volatility, recursion: Recursion) -> Floats:
    days = list(zip(volatility.last_variance, volatility.last_residual, strict=True))[::-1]
    n = len(recursion.up)
    levels = np.full(n, recursion.omega)
    for lag in range(n):
        for later in range(lag + 1):
            variance, residual = days[lag - later]
            levels[later] += recursion.weighed(lag, recursion.push_of(residual, variance))
            levels[later] += recursion.beta[lag] * recursion.level_of(variance) if recursion.beta[lag] else 0.0
    return levels


def own_risk_problem(volatility: Volatility, innovation: Innovation) -> str | None:
    """Why a model does not return to a level, if it does not."""
    persistence = recursion_of(volatility, halves_of(innovation, volatility)).persistence
    if volatility.model == "ewma":
        total = volatility.alpha[0] + volatility.beta[0]
        return None if abs(total - 1.0) < 1e-9 else f"EWMA's alpha and beta add up to {total:g}; write 1 together"
    if not persistence < 1.0:
        return f"not stationary: a shock persists by {persistence:.4g} a day; write smaller alpha, gamma or beta"
    return None
