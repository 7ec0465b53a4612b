"""Shocks drawn together, and given some of them: normal, Student-t, and other laws behind a Student-t copula.

With d assets of correlation R, ``D = x' R^-1 x`` is chi-squared with d degrees of freedom for normal shocks; for
Student-t of unit variance ``nu / (nu - 2) * D / d`` is F(d, nu). Given m assets at z, with ``q = z' R11^-1 z``, the
others have mean ``R21 R11^-1 z`` and the Schur complement as covariance; Student-t ones times
``(nu - 2 + q) / (nu + m - 2)``, with nu + m degrees of freedom. Kendall's tau of an elliptical copula is
``2/pi asin(r)``, whatever the marginal laws.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from backstop.terms import Floats
from backstop.validation.case import Case, Figure, correlation_of, mean_of, share_of
from backstop.validation.worlds import NORMAL, asset, constant, measure_paths, student_t, terms_of

NAMES = ("a", "b", "c")
R = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]])
NU = 5.0
NORMAL_LAW = float("inf")
"""Degrees of freedom of the normal law."""
LEVELS = (0.5, 0.9, 0.99, 0.999)
N_PATHS = 200_000
MARGINS = {
    "a": (student_t(4.0), stats.t(4.0, scale=np.sqrt(0.5))),
    "b": (student_t(20.0), stats.t(20.0, scale=np.sqrt(0.9))),
    "c": ({"distribution": "ged", "nu": 1.4}, stats.gennorm(1.4, scale=1.0 / stats.gennorm(1.4).std())),
}
"""Laws behind a copula, as a config and as scipy have them."""


def draw(nu: float, innovations: Mapping[str, Any], given: Mapping[str, Sequence[float]], n_days: int = 1) -> Floats:
    """(T, d, N) shocks of variance 1; the returns of the assets in `given` are as it says, from day 1 on."""
    pins = [{"asset": name, "log_returns": values} for name, values in given.items()]
    copula = {"copula": "gaussian"} if nu == NORMAL_LAW else {"copula": "student-t", "nu": nu}
    dependence = {"assets": NAMES, "correlation": R.tolist()} | copula
    assets = [asset(name, constant(1.0), innovations[name]) for name in NAMES]
    terms = terms_of(assets, n_days, dependence=dependence, scenario={"pins": pins})
    return measure_paths(terms, N_PATHS, lambda x, _: x)


def law_of_copula(nu: float) -> dict[str, Any]:
    """Innovations with which every asset is its own score."""
    return dict.fromkeys(NAMES, NORMAL if nu == NORMAL_LAW else student_t(nu))


class Conditional(NamedTuple):
    """The law of the assets that are left, r of them; of all, where none is given."""

    rest: list[int]
    mean: Floats
    covariance: Floats
    nu: float

    def tails(self, x: Floats) -> Iterator[Figure]:
        """Shares of x (r, N) beyond the ellipsoids that hold a given probability."""
        centred = x - self.mean[:, None]
        squares = np.einsum("in,ij,jn->n", centred, np.linalg.inv(self.covariance), centred)
        r = len(x)
        for p in LEVELS:
            bound = stats.chi2.ppf(p, r) if self.nu == NORMAL_LAW else (
                r * (self.nu - 2.0) / self.nu * stats.f.ppf(p, r, self.nu))
            yield share_of(f"beyond the {p:g} ellipsoid", 1.0 - p, squares > bound)


def conditional(nu: float, given: Mapping[str, float]) -> Conditional:
    """The law of the others, given some."""
    at = [NAMES.index(name) for name in given]
    rest = [j for j in range(len(NAMES)) if j not in at]
    z, m = np.array(list(given.values())), len(given)
    inverse = np.linalg.inv(R[np.ix_(at, at)])
    weights = R[np.ix_(rest, at)] @ inverse
    covariance = R[np.ix_(rest, rest)] - weights @ R[np.ix_(at, rest)]
    if nu == NORMAL_LAW:
        return Conditional(rest, weights @ z, covariance, nu)
    return Conditional(rest, weights @ z, (nu - 2.0 + z @ inverse @ z) / (nu + m - 2.0) * covariance, nu + m)


def unconditional(nu: float) -> Iterator[Figure]:
    """Correlations and joint tails of three assets: an odd count, drawn in pairs."""
    x = draw(nu, law_of_copula(nu), {})[0]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        yield correlation_of(f"correlation of {NAMES[i]} and {NAMES[j]}", R[i, j], x[i], x[j])
    yield from conditional(nu, {}).tails(x)


def pinned(nu: float) -> Iterator[Figure]:
    """One asset given two, and two given one."""
    for given in ({"a": -4.0, "c": 1.0}, {"b": -6.0}):
        law = conditional(nu, given)
        x = draw(nu, law_of_copula(nu), {name: [z] for name, z in given.items()})[0, law.rest]
        known = f"given {' and '.join(given)}"
        for i, j in enumerate(law.rest):
            yield mean_of(f"mean of {NAMES[j]}, {known}", law.mean[i], x[i])
            yield mean_of(f"variance of {NAMES[j]}, {known}", law.covariance[i, i], (x[i] - law.mean[i]) ** 2)
        yield from (figure._replace(label=f"{figure.label}, {known}") for figure in law.tails(x))


def pinned_path() -> Iterator[Figure]:
    """A path of three days that is given moves the others day by day, and lets go of them after."""
    path = (-2.0, 0.5, -1.0)
    x = draw(NORMAL_LAW, law_of_copula(NORMAL_LAW), {"a": path}, n_days=4)
    for day, value in enumerate(path):
        law = conditional(NORMAL_LAW, {"a": value})
        for i, j in enumerate(law.rest):
            yield mean_of(f"mean of {NAMES[j]} on day {day + 1}", law.mean[i], x[day, j])
    yield correlation_of("correlation of a and b on day 4", R[0, 1], x[3, 0], x[3, 1])


def margins() -> Iterator[Figure]:
    """Each asset keeps its own law, and pairs move together as the copula says."""
    x = draw(NU, {name: innovation for name, (innovation, _) in MARGINS.items()}, {})[0]
    for j, (name, (_, law)) in enumerate(MARGINS.items()):
        for p in (0.001, 0.05, 0.7):
            yield share_of(f"{name} below its {p:g} quantile", p, x[j] < law.ppf(p))
    half = x.shape[1] // 2
    differences = x[:, :half] - x[:, half : 2 * half]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        signs = np.sign(differences[i] * differences[j])
        yield mean_of(f"Kendall's tau of {NAMES[i]} and {NAMES[j]}", 2.0 / np.pi * np.arcsin(R[i, j]), signs)


def pinned_margins() -> Iterator[Figure]:
    """Given one asset, the others follow the conditional law of their scores."""
    _, law = MARGINS["a"]
    unit = np.sqrt((NU - 2.0) / NU)
    value = float(law.ppf(0.02))
    score = {"a": float(unit * stats.t.ppf(0.02, NU))}
    rest = conditional(NU, score)
    x = draw(NU, {name: innovation for name, (innovation, _) in MARGINS.items()}, {"a": [value]})[0]
    for i, j in enumerate(rest.rest):
        spread = np.sqrt(rest.covariance[i, i] * (rest.nu - 2.0) / rest.nu)
        for p in (0.01, 0.5, 0.99):
            bound = rest.mean[i] + spread * stats.t.ppf(p, rest.nu)
            level = stats.t.cdf(bound / unit, NU)
            yield share_of(f"{NAMES[j]} below its {p:g} quantile", p, x[j] < MARGINS[NAMES[j]][1].ppf(level))


T_SOURCE = "Kotz and Nadarajah (2004); Ding (2016), conditional multivariate t"
CASES = (
    Case("joint-normal", "assets drawn together are multivariate normal", "closed form",
         "Mardia, Kent and Bibby (1979)", partial(unconditional, NORMAL_LAW)),
    Case("joint-normal-pinned", "and so they are where the returns of some are given", "closed form",
         "Mardia, Kent and Bibby (1979)", partial(pinned, NORMAL_LAW)),
    Case("joint-path-pinned", "a path that is given moves the others day by day", "closed form",
         "Mardia, Kent and Bibby (1979)", pinned_path),
    Case("joint-t", "assets drawn together are a multivariate Student-t of unit variance", "closed form", T_SOURCE,
         partial(unconditional, NU)),
    Case("joint-t-pinned", "and so they are where the returns of some are given", "closed form", T_SOURCE,
         partial(pinned, NU)),
    Case("copula", "unequal Student-t and a GED keep their laws behind a Student-t copula", "closed form",
         "McNeil, Frey and Embrechts (2015); Kendall's tau of elliptical copulas", margins),
    Case("copula-pinned", "and follow from its scores where the return of one is given", "closed form", T_SOURCE,
         pinned_margins),
)
