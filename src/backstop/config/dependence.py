"""[market.dependence]: how the own shocks of several assets move together."""

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol, Self

import numpy as np
from pydantic import Field, model_validator

from backstop.config.base import Name, Number, Problem, Section, refuse
from backstop.config.volatility import Innovation
from backstop.terms import Floats

SMALLEST_EIGENVALUE = 1e-10
"""Below it a correlation is not told from one that is not positive definite."""


class Dependence(Section):
    """One joint law of the shocks of the assets named; the others stay independent of them."""

    assets: tuple[Name, ...] = Field(min_length=2, max_length=100, description="assets that move together")
    copula: Literal["gaussian", "student-t"] = Field(
        default="gaussian", description="joint law of the scores behind the shocks"
    )
    nu: Annotated[float, Field(strict=True, gt=2.0, le=1e4)] | None = Field(
        default=None, description="degrees of freedom of a student-t copula"
    )
    correlation: Annotated[float, Field(strict=True, gt=-1.0, lt=1.0)] | tuple[tuple[Number, ...], ...] = Field(
        description="of the scores: one number for all pairs, or the matrix in the order of `assets`"
    )

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
        if (self.nu is None) == (self.copula == "student-t"):
            problems.append(Problem(("nu",), "a student-t copula needs it, a gaussian one has none"))
        refuse([*problems, *self._correlation_problems()])
        return self

    def _correlation_problems(self) -> list[Problem]:
        place, n = ("correlation",), len(self.assets)
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


class _Asset(Protocol):
    """What a dependence has to know of an asset."""

    @property
    def name(self) -> str: ...
    @property
    def innovation(self) -> Innovation | None: ...
    @property
    def factor_name(self) -> str | None: ...


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
        elif not _is_direct(dependence, known[name].innovation):
            problems.append(Problem(place, f"{name} has another law than the copula; write the same for both"))
    return problems


def _joined_factor(name: str, known: dict[str, _Asset], members: Sequence[str]) -> str | None:
    """The nearest member that asset `name` follows."""
    factor = known[name].factor_name
    while factor is not None and factor in known and factor not in members:
        factor = known[factor].factor_name
    return factor


def _is_direct(dependence: Dependence, innovation: Innovation | None) -> bool:
    """Whether an asset's shocks are its scores themselves."""
    if innovation is None:
        return True
    if dependence.copula == "student-t":
        return innovation.distribution == "student-t" and innovation.nu == dependence.nu
    return innovation.distribution == "normal"
