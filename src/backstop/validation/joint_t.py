"""The multivariate Student-t of unit variance: shocks drawn jointly, and given some of them.

With d assets, correlation R and nu degrees of freedom, ``nu / (nu - 2) * x' R^-1 x / d`` is F(d, nu). Given m assets at
z, with ``q = z' R11^-1 z``, the others have mean ``R21 R11^-1 z``, covariance ``(nu - 2 + q) / (nu + m - 2)`` times the
Schur complement, and are a t with nu + m degrees of freedom.
"""

from collections.abc import Iterator

import numpy as np
from scipy.stats import f as f_law

from backstop.terms import Floats, RunTerms
from backstop.validation.case import Case, Figure, correlation_of, mean_of, share_of
from backstop.validation.worlds import asset, constant, measure_paths, student_t, terms_of

NU = 5.0
R = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]])
NAMES = ("a", "b", "c")
TAILS = (0.5, 0.9, 0.99, 0.999)
N_PATHS = 200_000


def _world(pinned: tuple[float, ...] = ()) -> RunTerms:
    """Shocks of variance 1; the first assets are given on day 1."""
    pins = [{"asset": name, "log_returns": [z]} for name, z in zip(NAMES, pinned, strict=False)]
    dependence = {"assets": NAMES, "copula": "student-t", "nu": NU, "correlation": R.tolist()}
    assets = [asset(name, constant(1.0), student_t(NU)) for name in NAMES]
    return terms_of(assets, 1, dependence=dependence, scenario={"pins": pins})


def distances(x: Floats, covariance: Floats, nu: float) -> Floats:
    """(N,) of x (d, N) with that covariance: F(d, nu) where x is a multivariate t."""
    squares = np.einsum("in,ij,jn->n", x, np.linalg.inv(covariance), x)
    return np.asarray(nu / (nu - 2.0) * squares / len(x))


def _tails(x: Floats, covariance: Floats, nu: float) -> Iterator[Figure]:
    found = distances(x, covariance, nu)
    for p in TAILS:
        yield share_of(f"beyond the {p:g} ellipsoid", 1.0 - p, found > f_law.ppf(p, len(x), nu))


def unconditional() -> Iterator[Figure]:
    """Correlations and joint tails of three assets: an odd count, drawn in pairs."""
    x = measure_paths(_world(), N_PATHS, lambda x, _: x[0])
    for i, j in ((0, 1), (0, 2), (1, 2)):
        yield correlation_of(f"correlation of {NAMES[i]} and {NAMES[j]}", R[i, j], x[i], x[j])
    yield from _tails(x, R, NU)


def pinned() -> Iterator[Figure]:
    """The third asset given two, and two given the first."""
    for z in ((-4.0, 1.0), (-6.0,)):
        m, given = len(z), np.array(z)
        weights = R[m:, :m] @ np.linalg.inv(R[:m, :m])
        scale = (NU - 2.0 + given @ np.linalg.solve(R[:m, :m], given)) / (NU + m - 2.0)
        covariance = scale * (R[m:, m:] - weights @ R[:m, m:])
        free = measure_paths(_world(z), N_PATHS, lambda x, _, m=m: x[0, m:])
        for j, mean in enumerate(weights @ given):
            yield mean_of(f"mean of {NAMES[m + j]} given {m}", mean, free[j])
        rest = free - (weights @ given)[:, None]
        for j in range(len(rest)):
            yield mean_of(f"variance of {NAMES[m + j]} given {m}", covariance[j, j], rest[j] ** 2)
        yield from (figure._replace(label=f"{figure.label} given {m}") for figure in _tails(rest, covariance, NU + m))


CASES = (
    Case("joint-t", "assets drawn together are a multivariate Student-t of unit variance", "closed form",
         "Kotz and Nadarajah (2004), multivariate t distributions", unconditional),
    Case("joint-t-pinned", "and so they are where the returns of some are given", "closed form",
         "Ding (2016), conditional multivariate t", pinned),
)
