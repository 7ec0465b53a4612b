"""[market.dependence]: how the own shocks of several assets move together."""

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol, Self

import numpy as np
from pydantic import Field, model_validator

from backstop.config.base import Name, Number, Problem, Section, refuse
from backstop.config.market.volatility import Innovation
from backstop.terms import Floats

SMALLEST_EIGENVALUE = 1e-10
"""Below it a correlation is not told from one that is not positive definite."""


Matrix = tuple[tuple[Number, ...], ...]
Weight = Annotated[float, Field(strict=True, ge=0.0, lt=1.0)]


class Dynamics(Section):
    """A correlation that moves: ``Q' = (1 - a - b) R - g N + a s s' + g n n' + b Q`` in the scores s.

    DCC (Engle 2002), and with g aDCC (Cappiello, Engle and Sheppard 2006): n are the scores below 0.
    """

    a: Weight = Field(description="weight of the last day's scores")
    b: Weight = Field(description="weight of the last day's Q")
    g: Weight = Field(default=0.0, description="weight of the last day's joint falls")
    asymmetric_target: Matrix | None = Field(
        default=None, description="N, the mean of n n'; what the correlation implies, without it"
    )
    opening: Matrix | None = Field(default=None, description="Q of day 1; the correlation, without it")

    def constant_of(self, correlation: Floats) -> Floats:
        """(G, G) the recursion's constant."""
        falls = falls_together(correlation) if self.asymmetric_target is None else np.array(self.asymmetric_target)
        return np.asarray((1.0 - self.a - self.b) * correlation - self.g * falls)


def falls_together(correlation: Floats) -> Floats:
    """E[n n'], n = min(s, 0), of scores of unit variance with any elliptical law.

    ``(sqrt(1 - r**2) + r (pi/2 + asin r)) / (2 pi)``.
    """
    r = np.clip(correlation, -1.0, 1.0)
    return np.asarray((np.sqrt(1.0 - r**2) + r * (np.pi / 2 + np.arcsin(r))) / (2 * np.pi))


class CalibrateDependence(Section):
    """What to fit to the residuals of the assets' own fits when the run starts (`backstop.market.dependence_fit`)."""

    model: Literal["ccc", "dcc", "adcc", "gaussian-copula", "t-copula"] = Field(
        description="constant or moving correlation of the shocks, or a copula"
    )
    start: Literal["long-run", "last"] = Field(
        default="long-run", description="correlation of day 1, where it moves: the long-run one, or after the data"
    )


class Dependence(Section):
    """One joint law of the shocks of the assets named; the others stay independent of them."""

    assets: tuple[Name, ...] = Field(min_length=2, max_length=100, description="assets that move together")
    copula: Literal["gaussian", "student-t"] = Field(
        default="gaussian", description="joint law of the scores behind the shocks"
    )
    nu: Annotated[float, Field(strict=True, gt=2.0, le=1e4)] | None = Field(
        default=None, description="degrees of freedom of a student-t copula"
    )
    correlation: Annotated[float, Field(strict=True, gt=-1.0, lt=1.0)] | Matrix | None = Field(
        default=None, description="of the scores: one number for all pairs, or the matrix in the order of `assets`"
    )
    dynamics: Dynamics | None = Field(default=None, description="how the correlation moves; constant without it")
    calibrate: CalibrateDependence | None = Field(default=None, description="fit all of it to the assets' prices")

    @property
    def matrix(self) -> Floats:
        """(G, G) the correlation in full."""
        n = len(self.assets)
        if isinstance(self.correlation, float):
            return np.where(np.eye(n) > 0.0, 1.0, self.correlation)
        return np.array(self.correlation, dtype=np.float64)

    @model_validator(mode="after")
    def _check(self) -> Self:
        problems = []
        if len(set(self.assets)) < len(self.assets):
            problems.append(Problem(("assets",), "an asset stands there twice; write each once"))
        if self.calibrate is not None:
            given = sorted(self.model_fields_set & {"copula", "nu", "correlation", "dynamics"})
            problems += [Problem((key,), "the fit of `calibrate` gives it; drop one of the two") for key in given]
            refuse(problems)
            return self
        if (self.nu is None) == (self.copula == "student-t"):
            problems.append(Problem(("nu",), "a student-t copula needs it, a gaussian one has none"))
        refuse([*problems, *self._correlation_problems()])
        refuse(self._dynamics_problems())
        return self

    def _correlation_problems(self) -> list[Problem]:
        place, n = ("correlation",), len(self.assets)
        if self.correlation is None:
            return [Problem(place, "missing; write it, or a `calibrate` table")]
        if not isinstance(self.correlation, float) and [len(row) for row in self.correlation] != [n] * n:
            return [Problem(place, f"not a matrix of {n} rows of {n}; write one row for each asset")]
        matrix = self.matrix
        if not np.allclose(matrix, matrix.T, atol=1e-12) or not np.allclose(np.diag(matrix), 1.0, atol=1e-12):
            return [Problem(place, "not symmetric with ones on the diagonal; mend it")]
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        if smallest < SMALLEST_EIGENVALUE:
            return [
                Problem(
                    place,
                    f"not positive definite: smallest eigenvalue {smallest:.3g}; write weaker correlations",
                )
            ]
        return []

    def _dynamics_problems(self) -> list[Problem]:
        dynamics, n = self.dynamics, len(self.assets)
        if dynamics is None:
            return []
        problems = [
            Problem(("dynamics", key), f"not a symmetric matrix of {n} rows of {n}; mend it")
            for key in ("asymmetric_target", "opening")
            if not _is_symmetric(getattr(dynamics, key), n)
        ]
        if not problems and np.linalg.eigvalsh(dynamics.constant_of(self.matrix))[0] < 0.0:
            problems.append(Problem(("dynamics",), "a, b and g are too large: Q may lose its sign; write less"))
        if not problems and dynamics.opening is not None and np.linalg.eigvalsh(np.array(dynamics.opening))[0] <= 0.0:
            problems.append(Problem(("dynamics", "opening"), "not positive definite; mend it"))
        return problems


def _is_symmetric(matrix: Matrix | None, n: int) -> bool:
    if matrix is None:
        return True
    if [len(row) for row in matrix] != [n] * n:
        return False
    return bool(np.allclose(np.array(matrix), np.array(matrix).T, atol=1e-12))


class _Asset(Protocol):
    """What a dependence has to know of an asset."""

    @property
    def name(self) -> str:
        """What the dependence calls it."""

    @property
    def innovation(self) -> Innovation | None:
        """The law of its own shocks, where it is written."""

    @property
    def calibrate(self) -> Section | None:
        """How its law is fitted, where it is not written."""

    @property
    def factor_name(self) -> str | None:
        """The asset that it follows, if any."""


def dependence_problems(dependence: Dependence | None, assets: Sequence[_Asset]) -> list[Problem]:
    """What is wrong between a dependence and the assets it names."""
    if dependence is None:
        return []
    known = {asset.name: asset for asset in assets}
    problems = []
    for position, name in enumerate(dependence.assets):
        place = ("dependence", "assets", position)
        if name not in known:
            problems.append(Problem(place, f"no asset {name!r}; write one of {', '.join(known)}"))
        elif leader := _joined_factor(name, known, dependence.assets):
            problems.append(
                Problem(
                    place,
                    f"{name} follows {leader}, which its own shocks cannot move with; drop one of the two",
                )
            )
        elif dependence.calibrate is not None and known[name].calibrate is None:
            problems.append(Problem(place, f"{name} has no `calibrate` table, whose fit this one needs; write one"))
        elif _draws_residuals(known[name].innovation):
            problems.append(
                Problem(place, f"{name} draws whole days of residuals, which move together already; leave it out")
            )
    return problems


def _joined_factor(name: str, known: dict[str, _Asset], members: Sequence[str]) -> str | None:
    """The nearest member that asset `name` follows."""
    factor = known[name].factor_name
    while factor is not None and factor in known and factor not in members:
        factor = known[factor].factor_name
    return factor


def _draws_residuals(innovation: Innovation | None) -> bool:
    return innovation is not None and innovation.distribution == "filtered-historical"
