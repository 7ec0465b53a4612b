"""Closed forms of GARCH(1,1), GJR and EGARCH, against paths of the market kernel.

GARCH(1,1): ``h' = omega + alpha x**2 + beta h``, ``x = sqrt(h) z``, k the kurtosis of z (Bollerslev 1986). With normal
shocks its stationary fourth moment exists here but not its eighth, so that no sample shows it: moments are taken at
fixed horizons from a fixed first variance, where all of them are finite.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from backstop.terms import Floats, RunTerms
from backstop.validation.case import Case, Figure, correlation_of, kurtosis_of, mean_of
from backstop.validation.worlds import NORMAL, asset, measure_paths, student_t, terms_of

NORMAL_KURTOSIS = 3.0


class Garch(NamedTuple):
    """Parameters, of a long-run variance of 1 where omega makes it so."""

    omega: float = 0.02
    alpha: float = 0.08
    beta: float = 0.90
    kurtosis: float = NORMAL_KURTOSIS

    @property
    def persistence(self) -> float:
        """p, what is left of a shock to the variance a day later."""
        return self.alpha + self.beta

    @property
    def long_run(self) -> float:
        """The variance that the model returns to."""
        return self.omega / (1.0 - self.persistence)

    @property
    def cross(self) -> float:
        """C of ``E[x**2 h' | h] = omega h + C h**2``."""
        return self.alpha * self.kurtosis + self.beta

    @property
    def second(self) -> float:
        """A2 of ``E[h'**2 | h] = omega**2 + 2 omega p h + A2 h**2``."""
        return self.alpha**2 * self.kurtosis + 2 * self.alpha * self.beta + self.beta**2


GARCH = Garch()


def variance_moments(model: Garch, h1: float, day: int) -> tuple[float, float]:
    """E[h] and E[h**2] of `day`, from `h1` on day 1."""
    first, second = h1, h1**2
    for _ in range(day - 1):
        second = model.omega**2 + 2 * model.omega * model.persistence * first + model.second * second
        first = model.omega + model.persistence * first
    return first, second


def sum_moments(model: Garch, h1: float, days: int) -> tuple[float, float]:
    """Variance and kurtosis of the sum R of `days` returns, from a variance `h1` on day 1.

    ``R4 += 6 R2h + k E[h**2]; R2h <- omega (R2 + E[h]) + p R2h + C E[h**2]; R2 += E[h]``.
    """
    r2 = r4 = r2h = 0.0
    for day in range(1, days + 1):
        eh, eh2 = variance_moments(model, h1, day)
        r4 += 6.0 * r2h + model.kurtosis * eh2
        r2h = model.omega * (r2 + eh) + model.persistence * r2h + model.cross * eh2
        r2 += eh
    return r2, r4 / r2**2


def autocorrelation_of_squares(model: Garch, lag: int) -> float:
    """Of the stationary process: ``alpha (1 - alpha beta - beta**2) / (1 - 2 alpha beta - beta**2) p**(lag - 1)``."""
    a, b = model.alpha, model.beta
    return a * (1.0 - a * b - b * b) / (1.0 - 2.0 * a * b - b * b) * model.persistence ** (lag - 1)


def correlation_of_squares(model: Garch, h1: float, day: int, lag: int) -> float:
    """Corr(x_t**2, x_(t+lag)**2) at t = `day`, from `h1` on day 1; the stationary one for late days."""
    (eh, eh2), (later, later2) = variance_moments(model, h1, day), variance_moments(model, h1, day + lag)
    left = model.persistence ** (lag - 1)
    product = model.long_run * (1.0 - left) * eh + left * (model.omega * eh + model.cross * eh2)
    spread = (model.kurtosis * eh2 - eh**2) * (model.kurtosis * later2 - later**2)
    return (product - eh * later) / float(np.sqrt(spread))


def _market(model: Garch, days: int, start: float, law: Mapping[str, Any] = NORMAL) -> RunTerms:
    volatility = {"model": "garch", "omega": model.omega, "alpha": [model.alpha], "beta": [model.beta], "start": start}
    return terms_of([asset("a", volatility, law)], days)


def sum_of_returns() -> Iterator[Figure]:
    """Moments of sums over 10 and 60 days, with normal shocks, and with Student-t ones (nu = 12)."""
    nu = 12.0
    heavy = GARCH._replace(kurtosis=3.0 * (nu - 2.0) / (nu - 4.0))
    for model, law, days, h1 in ((GARCH, NORMAL, 10, 1.0), (GARCH, NORMAL, 60, 4.0), (heavy, student_t(nu), 10, 1.0)):
        variance, kurtosis = sum_moments(model, h1, days)
        total = measure_paths(_market(model, days, h1, law), 500_000, lambda x, _: x[:, 0].sum(axis=0))
        yield mean_of(f"variance of {days} days, {law['distribution']}", variance, total**2)
        yield kurtosis_of(f"kurtosis of {days} days, {law['distribution']}", kurtosis, total)


def _squares(days: list[int], log_return: Floats, _: Floats) -> Floats:
    return np.asarray(log_return[days, 0] ** 2)


def clusters() -> Iterator[Figure]:
    """Correlations of squares from a day on; by day 250 they are the stationary ones to three digits."""
    for day in (60, 250):
        days = [day - 1, day, day + 9]
        squares = measure_paths(_market(GARCH, day + 10, 1.0), 500_000, partial(_squares, days))
        for row, lag in ((1, 1), (2, 10)):
            expected = correlation_of_squares(GARCH, 1.0, day, lag)
            yield correlation_of(f"from day {day}, lag {lag}", expected, squares[0], squares[row])


def decay_of_variance() -> Iterator[Figure]:
    """Mean variance after a start at four times the long run: ``1 + 3 p**(t - 1)``."""
    variance = measure_paths(_market(GARCH, 60, 4.0), 200_000, lambda _, sigma: sigma[[19, 59], 0] ** 2)
    for row, day in enumerate((20, 60)):
        yield mean_of(f"variance on day {day}", 1.0 + 3.0 * GARCH.persistence ** (day - 1), variance[row])


def gjr_kurtosis(alpha: float, gamma: float, beta: float, kurtosis: float = NORMAL_KURTOSIS) -> float:
    """Stationary kurtosis ``k (1 - A1**2) / (1 - A2)`` of GJR(1,1) with a symmetric law of z.

    ``A1 = alpha + gamma/2 + beta``,
    ``A2 = k (alpha**2 + alpha gamma + gamma**2/2) + 2 beta (alpha + gamma/2) + beta**2``.
    """
    a1 = alpha + 0.5 * gamma + beta
    a2 = kurtosis * (alpha**2 + alpha * gamma + 0.5 * gamma**2) + 2 * beta * (alpha + 0.5 * gamma) + beta**2
    return kurtosis * (1.0 - a1**2) / (1.0 - a2)


def asymmetry() -> Iterator[Figure]:
    """Moments of a GJR whose eighth moment exists, long after the start."""
    alpha, gamma, beta = 0.03, 0.10, 0.80
    volatility = {"model": "gjr", "omega": 0.12, "alpha": [alpha], "gamma": [gamma], "beta": [beta]}
    x = measure_paths(terms_of([asset("a", volatility)], 100), 500_000, lambda x, _: x[-1, 0])
    yield mean_of("variance", 1.0, x**2)
    yield kurtosis_of("kurtosis", gjr_kurtosis(alpha, gamma, beta), x)


def log_variance() -> Iterator[Figure]:
    """``E ln sigma**2 = (omega + alpha (E|z| - sqrt(2/pi))) / (1 - beta)``, normal and Student-t (nu = 5)."""
    omega, alpha, beta, nu = -0.1, 0.15, 0.9, 5.0
    volatility = {"model": "egarch", "omega": omega, "alpha": [alpha], "gamma": [-0.05], "beta": [beta]}
    centre = np.sqrt(2.0 / np.pi)
    # E|z| of the t: sqrt(nu - 2) Gamma(2) / (sqrt(pi) Gamma(5/2)), and Gamma(5/2) = 3 sqrt(pi) / 4
    laws = (("normal", NORMAL, centre), ("Student-t", student_t(nu), 4.0 * np.sqrt(nu - 2.0) / (3.0 * np.pi)))
    for label, law, mean_size in laws:
        level = (omega + alpha * (mean_size - centre)) / (1.0 - beta)
        terms = terms_of([asset("a", volatility, law)], 200)
        log_h = measure_paths(terms, 100_000, lambda _, sigma: 2.0 * np.log(sigma[-1, 0]))
        yield mean_of(f"mean log variance, {label}", level, log_h)


CASES = (
    Case("garch-sums", "GARCH(1,1): variance and kurtosis of returns over 10 and 60 days", "closed form",
         "Bollerslev (1986); moments of sums by recursion over days", sum_of_returns),
    Case("garch-clusters", "GARCH(1,1): squared returns move together", "closed form",
         "Bollerslev (1988), autocorrelation of squares; at a finite day", clusters),
    Case("garch-decay", "GARCH(1,1): a variance of four times the long run fades", "closed form",
         "Bollerslev (1986): 1 + 3 (alpha + beta)**(t - 1)", decay_of_variance),
    Case("gjr-kurtosis", "GJR(1,1): stationary kurtosis with a symmetric law", "closed form",
         "Glosten, Jagannathan and Runkle (1993); Ling and McAleer (2002)", asymmetry),
    Case("egarch-level", "EGARCH(1,1): mean log variance, with the E|z| of the law", "closed form",
         "Nelson (1991); centred at sqrt(2/pi) as in arch", log_variance),
)
