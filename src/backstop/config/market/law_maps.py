"""From the law of a score to an asset's own law, and back, as tables for kernels/market/transform.py."""

from collections.abc import Sequence

import numpy as np

from backstop.config.market.innovations import Innovation as Law
from backstop.config.numbers import column
from backstop.terms import Floats, MapTerms

N_NODES = 1025
SMALLEST_PROBABILITY = 2.0**-42
"""Tables reach to where scores end (kernels/market/philox.py)."""


def quantile_map(source: Law, target: Law, x: Floats) -> Floats:
    """The `target` quantile of each x (n,) of law `source`; each tail by itself, so that both are exact."""
    below = np.minimum(x, 0.0)
    above = np.minimum(-x, 0.0)
    left = target.ppf(source.cdf(below))
    right = -_mirrored(target).ppf(_mirrored(source).cdf(above))
    return np.where(x < 0.0, left, right)


def _mirrored(law: Law) -> Law:
    """The law of -z."""
    return Law(law.distribution, law.nu, -law.skew)


def map_terms(pairs: Sequence[tuple[Law, Law]]) -> MapTerms:
    """A table for each pair of laws: from the first to the second."""
    tables = [_table(source, target) for source, target in pairs]
    nodes = np.array([nodes for _, _, nodes in tables]).reshape(len(tables), 2 * N_NODES)
    return MapTerms(column([low for low, _, _ in tables]), column([rate for _, rate, _ in tables]), nodes)


def _table(source: Law, target: Law) -> tuple[float, float, Floats]:
    """First node, nodes a unit, and (2 * N_NODES,) values and slopes a step."""
    from scipy.interpolate import CubicSpline

    ends = np.array(
        [source.ppf(np.array(SMALLEST_PROBABILITY)), -_mirrored(source).ppf(np.array(SMALLEST_PROBABILITY))]
    )
    reach = float(np.arcsinh(np.abs(ends)).max())
    # 0, where some densities have a cusp, is a node
    places = np.linspace(-reach, reach, N_NODES)
    values = quantile_map(source, target, np.sinh(places))
    step = places[1] - places[0]
    slopes = CubicSpline(places, values)(places, 1) * step
    return -reach, float(1.0 / step), np.column_stack([values, slopes]).ravel()
