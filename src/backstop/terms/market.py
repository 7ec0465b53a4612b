"""Terms of the exogenous market."""

from typing import NamedTuple

from backstop.terms.codes import Floats, Integers


class VolatilityTerms(NamedTuple):
    """The recursion of each asset's own risk (kernels/market/volatility.py); axes J and lags, lag 1 first."""

    kind: Integers
    power: Floats
    omega: Floats
    n_lags: Integers
    """(J,) lags in force, at least 1."""
    up: Floats
    down: Floats
    """(J, lags) weight of an earlier day's push that was up (0 or more), and of one that was down."""
    beta: Floats
    """(J, lags) weight of an earlier day's level."""
    opening: Floats
    """(J, lags + 1) levels of days 1, 2, ... as far as the days before the run settle them."""


class MapTerms(NamedTuple):
    """Increasing functions as tables in ``asinh`` of their argument, a function a row (kernels/market/transform.py)."""

    low: Floats
    """(M,) first node."""
    per_step: Floats
    """(M,) nodes a unit."""
    nodes: Floats
    """(M, 2 * nodes) value and slope a step, node by node."""


class InnovationTerms(NamedTuple):
    """The law of each asset's own shocks; axis J."""

    draw: Integers
    nu: Floats
    skew: Floats
    shift: Floats
    spread: Floats
    """(J,) Hansen's lambda, a and b."""
    map: Integers
    """(J,) row of the maps below; -1 where a shock is its score."""
    to_shock: MapTerms
    """From the score an asset is drawn by to its shock."""
    to_score: MapTerms
    """And back."""
    residuals: Floats
    """(J, days) standardised residuals that are drawn as joint days; 0 where an asset has none."""
    block_days: int
    """Days in a row that they are drawn by."""


class DynamicsTerms(NamedTuple):
    """How the correlation of scores s moves: ``Q' = constant + a s s' + g n n' + b Q``, n the falls in s.

    DCC (Engle 2002), with g aDCC (Cappiello, Engle and Sheppard 2006). Matrices (G, G), lower triangle used.
    """

    is_on: int
    a: float
    g: float
    b: float
    constant: Floats
    opening: Floats
    stress: float
    """How far correlations go from Q's (0) toward 1."""


class DependenceTerms(NamedTuple):
    """Assets drawn together; axis G, in the order of the Cholesky factor, the longest pinned first."""

    member: Integers
    """(G,) asset."""
    cholesky: Floats
    """(G, G) lower triangle of the correlation."""
    nu: float
    """Degrees of freedom of the joint Student-t; 0 for the normal law."""
    dynamics: DynamicsTerms


class FactorTerms(NamedTuple):
    """Assets that follow another; axis J. A factor stands before the assets that follow it."""

    asset: Integers
    """(J,) the factor; -1 for none."""
    beta: Floats


class OverlayTerms(NamedTuple):
    """What a scenario lays over the model; axes (T, J), in units of the day's return."""

    drift: Floats
    scale: Floats
    """Factor on what the model says: ``x = drift + scale (sigma z + shock)``."""
    shock: Floats
    """Added to the drawn residual, and felt by later volatility as it is."""
    n_pinned: Integers
    """(J,) days from the first on which the return is given."""
    pinned: Floats
    """(days, J) the given return less drift and the factor's part: ``scale * sigma * z``."""


class JumpTerms(NamedTuple):
    """Compound Poisson jumps; axis M, one row for each asset that jumps."""

    asset: Integers
    at_most: Floats
    """(M, MOST_JUMPS) P(N <= 0), P(N <= 1), ... of the jumps of a day."""
    size_mean: Floats
    size_deviation: Floats
    """(M,) mean and standard deviation of one jump, log return."""
    variance: Floats
    """(M,) of the jumps of a day."""


class MarketTerms(NamedTuple):
    """The exogenous market: ``x = drift + beta * x of the factor + sigma z + jumps``."""

    volatility: VolatilityTerms
    innovation: InnovationTerms
    dependence: DependenceTerms
    factor: FactorTerms
    overlay: OverlayTerms
    jumps: JumpTerms
