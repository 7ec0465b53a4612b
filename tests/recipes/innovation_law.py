"""An innovation law that a recipe adds: its functions agree with each other, and shocks follow it."""

import numpy as np
from scipy import stats

from backstop.config.market.innovations import Innovation
from markets import STILL, asset, resolved, simulate

law, z = Innovation("laplace"), np.linspace(-4.0, 4.0, 41)
truth = stats.laplace(scale=np.sqrt(0.5))
assert np.allclose(law.cdf(z), truth.cdf(z))
assert np.allclose(law.ppf(truth.cdf(z)), z)
assert np.isclose(law.lower_mean(np.array([-1.0]))[0], truth.expect(lambda x: x, ub=-1.0))
assert np.allclose(law.half_moments(2.0), 0.5)

terms = resolved(asset(volatility=STILL, innovation={"distribution": "laplace"}), days=40)
shocks = simulate(terms, lanes=50)[0].ravel()
assert stats.kstest(shocks, truth.cdf).pvalue > 1e-3
