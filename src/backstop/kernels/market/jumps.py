"""Compound Poisson jumps on top of an asset's return (Merton 1976), without rejection.

The number of a day's jumps is how many of P(N <= 0), P(N <= 1), ... a uniform number exceeds; their sum is normal given
that number. Jumps leave the volatility models alone, and count in the day's conditional volatility.
"""

import numpy as np

from backstop.kernels.machine.jit import FIRST, Index, fma, rule
from backstop.kernels.market.distributions import normal_pair
from backstop.kernels.market.philox import JUMPS, block, radius_uniform
from backstop.terms import MOST_JUMPS


@rule
def add_jumps(terms, m, seam, row, seed, first_path, day, lanes):
    """Jumps of row `m` of `terms` into their asset's return of the day, in `row` of the seam."""
    log_return, volatility, j = seam.log_return, seam.volatility, Index(terms.asset[m])
    mean, spread, variance = terms.size_mean[m], terms.size_deviation[m], terms.variance[m]
    for i in range(FIRST, lanes):
        a, b, c, d = block(seed, first_path + i, day, JUMPS + m)
        u, n = radius_uniform(a, b), 0.0
        normal, _second = normal_pair(c, d)
        # a constant number of them: unrolled, or the lanes would not go side by side
        for count in range(MOST_JUMPS):
            n += 1.0 if u > terms.at_most[m, count] else 0.0
        log_return[row, j, i] += fma(np.sqrt(n) * spread, normal, n * mean)
        volatility[row, j, i] = np.sqrt(fma(volatility[row, j, i], volatility[row, j, i], variance))
