"""Terms of the exogenous market."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.kinds import Draw, VolatilityLevel
from backstop.terms.numbers import Floats, Integers


@declared
class VolatilityTerms(NamedTuple):
    """The recursion of each asset's own risk (kernels/market/volatility.py); lag 1 first."""

    kind: Annotated[Integers, Term("asset", "code", "the power of sigma that it runs on", kinds=VolatilityLevel)]
    power: Annotated[Floats, Term("asset", "1", "that power")]
    omega: Annotated[Floats, Term("asset", "level", "constant of the recursion")]
    n_lags: Annotated[Integers, Term("asset", "trading days", "lags in force, at least 1")]
    up: Annotated[Floats, Term("asset lag", "1", "weight of an earlier day's push that was up (0 or more)")]
    down: Annotated[Floats, Term("asset lag", "1", "weight of one that was down")]
    beta: Annotated[Floats, Term("asset lag", "1", "weight of an earlier day's level")]
    opening: Annotated[Floats, Term("asset level", "level", "of days 1, 2, ... as far as earlier days settle them")]


@declared
class MapTerms(NamedTuple):
    """Increasing functions as tables in ``asinh`` of their argument, a function a row (kernels/market/transform.py)."""

    low: Annotated[Floats, Term("map", "1", "first node")]
    per_step: Annotated[Floats, Term("map", "1", "nodes a unit")]
    nodes: Annotated[Floats, Term("map map_word", "standard deviations", "value and slope a step, node by node")]


@declared
class InnovationTerms(NamedTuple):
    """The law of each asset's own shocks."""

    draw: Annotated[Integers, Term("asset", "code", "how its shocks are drawn", kinds=Draw)]
    nu: Annotated[Floats, Term("asset", "1", "degrees of freedom, or the shape of a GED; 0 for none")]
    skew: Annotated[Floats, Term("asset", "1", "Hansen's lambda")]
    shift: Annotated[Floats, Term("asset", "1", "Hansen's a")]
    spread: Annotated[Floats, Term("asset", "1", "Hansen's b")]
    map: Annotated[Integers, Term(
        "asset", "number of the map, -1 for none", "none where a shock is its score", of="map")]
    to_shock: MapTerms
    """From the score an asset is drawn by to its shock."""
    to_score: MapTerms
    """And back."""
    residuals: Annotated[Floats, Term(
        "asset residual_day", "standard deviations", "residuals drawn as joint days; 0 where an asset has none")]
    block_days: Annotated[int, Term("", "trading days", "in a row that they are drawn by")]


@declared
class DynamicsTerms(NamedTuple):
    """How the correlation of scores s moves: ``Q' = constant + a s s' + g n n' + b Q``, n the falls in s.

    DCC (Engle 2002), with g aDCC (Cappiello, Engle and Sheppard 2006). The lower triangle of matrices is used.
    """

    is_on: Annotated[int, Term("", "0 or 1", "whether it moves")]
    a: Annotated[float, Term("", "1", "weight of yesterday's scores")]
    g: Annotated[float, Term("", "1", "weight of yesterday's falls")]
    b: Annotated[float, Term("", "1", "weight of yesterday's Q")]
    constant: Annotated[Floats, Term("moving other_moving", "1", "of the recursion")]
    opening: Annotated[Floats, Term("moving other_moving", "1", "Q of day 1")]
    stress: Annotated[float, Term("", "share of the way from Q's to 1", "that correlations go")]


@declared
class DependenceTerms(NamedTuple):
    """Assets drawn together, in the order of the Cholesky factor, the longest pinned first."""

    member: Annotated[Integers, Term("joint", "number of the asset", "drawn with the others", of="asset")]
    cholesky: Annotated[Floats, Term("joint other_joint", "1", "lower triangle of the correlation's factor")]
    nu: Annotated[float, Term("", "1", "degrees of freedom of the joint Student-t; 0 for the normal law")]
    dynamics: DynamicsTerms


@declared
class FactorTerms(NamedTuple):
    """Assets that follow another; a factor stands before the assets that follow it."""

    asset: Annotated[Integers, Term("asset", "number of the asset, -1 for none", "the factor", of="asset")]
    beta: Annotated[Floats, Term("asset", "1", "log return for one of the factor")]


@declared
class OverlayTerms(NamedTuple):
    """What a scenario lays over the model, in units of the day's return: ``x = drift + scale (sigma z + shock)``."""

    drift: Annotated[Floats, Term("day asset", "log return", "of the day without shocks")]
    scale: Annotated[Floats, Term("day asset", "1", "factor on what the model says")]
    shock: Annotated[Floats, Term(
        "day asset", "log return", "added to the drawn residual, and felt by later volatility as it is")]
    n_pinned: Annotated[Integers, Term("asset", "trading days", "from the first on which the return is given")]
    pinned: Annotated[Floats, Term(
        "pinned_day asset", "log return", "the given return less drift and the factor's part: scale * sigma * z")]


@declared
class JumpTerms(NamedTuple):
    """Compound Poisson jumps, one row for each asset that jumps."""

    asset: Annotated[Integers, Term("jump", "number of the asset", "that jumps", of="asset")]
    at_most: Annotated[Floats, Term("jump jump_count", "chance", "of at most 0, 1, ... jumps in a day")]
    size_mean: Annotated[Floats, Term("jump", "log return", "mean of one jump")]
    size_deviation: Annotated[Floats, Term("jump", "log return", "standard deviation of one jump")]
    variance: Annotated[Floats, Term("jump", "squared log return", "variance of the jumps of a day")]


@declared
class MarketTerms(NamedTuple):
    """The exogenous market: ``x = drift + beta * x of the factor + sigma z + jumps``."""

    volatility: VolatilityTerms
    innovation: InnovationTerms
    dependence: DependenceTerms
    factor: FactorTerms
    overlay: OverlayTerms
    jumps: JumpTerms
