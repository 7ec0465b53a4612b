"""How assets are drawn together: order, Cholesky factor, and what moves the correlation."""

from collections.abc import Mapping

import numpy as np

from backstop.config.market.dependence import Dependence, Dynamics
from backstop.config.market.section import MarketConfig
from backstop.config.numbers import codes
from backstop.errors import ConfigError
from backstop.terms import DependenceTerms, DynamicsTerms, Floats

_NONE = np.zeros((0, 0))


def resolve_dependence(market: MarketConfig, stress: float, pinned_days: Mapping[str, int]) -> DependenceTerms:
    """Members pinned for longer come first, so that those pinned on any day lead the Cholesky factor.

    `stress` moves correlations toward 1: ``(1 - stress) R + stress``, a mean of two positive semidefinite matrices.
    """
    joint = market.dependence
    if joint is None:
        return DependenceTerms(codes([]), _NONE, 0.0, DynamicsTerms(0, 0.0, 0.0, 0.0, _NONE, _NONE, 0.0))
    if joint.calibrate is not None:
        raise ConfigError(["market.dependence: not calibrated yet; prepare the config first"])
    order = sorted(range(len(joint.assets)), key=lambda g: -pinned_days[joint.assets[g]])
    positions = {asset.name: position for position, asset in enumerate(market.assets)}
    return DependenceTerms(
        member=codes([positions[joint.assets[g]] for g in order]),
        cholesky=np.ascontiguousarray(np.linalg.cholesky((1.0 - stress) * _ordered(joint.matrix, order) + stress)),
        nu=joint.nu or 0.0,
        dynamics=_dynamics(joint, joint.dynamics, order, stress),
    )


def _ordered(matrix: Floats, order: list[int]) -> Floats:
    return np.ascontiguousarray(matrix[np.ix_(order, order)])


def _dynamics(joint: Dependence, dynamics: Dynamics | None, order: list[int], stress: float) -> DynamicsTerms:
    """``constant = (1 - a - b) R - g N``."""
    if dynamics is None:
        return DynamicsTerms(0, 0.0, 0.0, 0.0, _NONE, _NONE, 0.0)
    opening = joint.matrix if dynamics.opening is None else np.array(dynamics.opening)
    return DynamicsTerms(
        is_on=1,
        a=dynamics.a,
        g=dynamics.g,
        b=dynamics.b,
        constant=_ordered(dynamics.constant_of(joint.matrix), order),
        opening=_ordered(opening, order),
        stress=stress,
    )
