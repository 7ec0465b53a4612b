"""Sobol' indices of designs: Ishigami's function over the designs that a sweep makes, and a product through a sweep.

What a layer costs its owner is its size times its rate. For independent uniform X and Y, with means m, variances V and
second moments M, the product has the variance ``M_X M_Y - m_X^2 m_Y^2``, of which ``m_Y^2 V_X`` is X alone and
``M_Y V_X`` X with all others.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backstop.answers.sweeping.asking import Designs, Wanted, question_of
from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.indices import sobol_indices
from backstop.answers.sweeping.plans import plan
from backstop.answers.sweeping.sweep import sweep
from backstop.config.text.toml_files import read_config
from backstop.validation.case import Case, Figure, within
from backstop.validation.ruin import WORLD

N_POINTS = 4096
ISHIGAMI = {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}
"""First-order and total, a 7, b 0.1: Ishigami and Homma (1990)."""
NEAR = 0.03
"""Twice as far as points of Sobol' come; the bootstrap, which takes them for independent, says more. [ours]"""
COST = "funding_cost_all"


class Uniform(NamedTuple):
    """A factor of a sweep."""

    key: str
    low: float
    high: float

    @property
    def mean(self) -> float:
        """M."""
        return 0.5 * (self.low + self.high)

    @property
    def variance(self) -> float:
        """V."""
        return (self.high - self.low) ** 2 / 12.0

    @property
    def second_moment(self) -> float:
        """M."""
        return self.variance + self.mean**2


SIZE, RATE = Uniform("pool.layers.all.size", 1e9, 9e9), Uniform("pool.layers.all.funding_rate_ann_frac", 0.01, 0.03)


def ishigami() -> Iterator[Figure]:
    """First-order and total indices of a function that many programs are held to."""
    factors = [Factor(name, (), (-np.pi, np.pi), False) for name in ISHIGAMI]
    x = np.array([list(design.values.values()) for design in plan("indices", factors, N_POINTS, 1).designs])
    first, total = sobol_indices(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]),
                                 N_POINTS)
    for (name, (alone, with_all)), one, other in zip(ISHIGAMI.items(), first, total, strict=True):
        yield within(f"{name}, first order", alone, one, NEAR)
        yield within(f"{name}, total", with_all, other, NEAR)


def product() -> Iterator[Figure]:
    """Size and rate of a layer, through a sweep of 256 designs."""
    vary = [f"{one.key}={one.low}:{one.high}" for one in (SIZE, RATE)]
    designs, wanted = Designs(vary, "indices", 64), Wanted([f"{COST}=min"])
    question = question_of(read_config(WORLD), ["run.days=21"], None, designs, wanted)
    found = {index.key: index for index in sweep(question, None, workers=1).indices}
    whole = SIZE.second_moment * RATE.second_moment - (SIZE.mean * RATE.mean) ** 2
    for one, other in ((SIZE, RATE), (RATE, SIZE)):
        index = found[one.key]
        yield within(f"{one.key}, first order", other.mean**2 * one.variance / whole, index.first, NEAR)
        yield within(f"{one.key}, total", other.second_moment * one.variance / whole, index.total, NEAR)


CASES = (
    Case("sobol-ishigami", "Sobol' indices over the designs of a sweep", "external", "Ishigami and Homma (1990)",
         ishigami),
    Case("sobol-product", "Sobol' indices of what a layer costs, through a sweep", "closed form",
         "moments of uniform laws", product),
)
