"""By how much a law moves a price: slope and level of ``slope * sigma + level`` (docs/model.md, 1).

An impact law either reads the day's conditional volatility or fixes one.
"""

from backstop.kernels.machine.jit import inline


@inline
def _scales(terms, j, scale):
    """Slope and level of ``scale * s``, s the volatility that the impact law reads."""
    fixed = terms.impact_volatility[j]
    return (0.0, scale * fixed) if fixed > 0.0 else (scale, 0.0)


@inline
def transient_scales(terms, j):
    """Those of k; under Cont and Schaanning's law of ``k / (1 - floor)``."""
    scale = (1.0 - terms.permanent_frac[j]) * terms.kappa[j]
    return _scales(terms, j, scale / (1.0 - terms.price_floor[j]))


@inline
def permanent_scales(terms, j):
    """Those of g."""
    return _scales(terms, j, terms.permanent_frac[j] * terms.kappa[j])
