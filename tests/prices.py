"""Files of prices with a known truth."""

import numpy as np
import polars as pl

N_DAYS = 1500


def write_prices(path, seed, persistence=0.9):
    """Prices of a GARCH(1,1) with normal shocks, 20 % a year."""
    rng, variance, prices = np.random.default_rng(seed), 1.6e-4, [100.0]
    for shock in rng.standard_normal(N_DAYS):
        x = np.sqrt(variance) * shock
        variance = 1.6e-4 * (1 - persistence - 0.08) + 0.08 * x * x + persistence * variance
        prices.append(prices[-1] * np.exp(x))
    first = np.datetime64("2015-01-01")
    pl.DataFrame({"date": first + np.arange(N_DAYS + 1), "close": prices}).write_csv(path)
    return path
