"""A volatility model that a recipe adds: simulated as arch filters it, and fitted."""

import numpy as np

from backstop.market.arch_fit import arch_model
from backstop.market.specification import CalibrationSpec
from markets import asset, resolved, simulate

OMEGA, ALPHA, GAMMA, BETA = 0.05, 0.05, 0.08, 0.80
model = {"model": "between", "omega": OMEGA, "alpha": (ALPHA,), "gamma": (GAMMA,), "beta": (BETA,)}
log_return, volatility = (rows[:, 0, 0] for rows in simulate(resolved(asset(volatility=model), days=30), lanes=1))

level = volatility[0] ** 1.5
for x, sigma in zip(log_return, volatility, strict=True):
    assert np.isclose(sigma**1.5, level, rtol=1e-12), (sigma**1.5, level)
    level = OMEGA + (ALPHA + GAMMA * (x < 0.0)) * abs(x) ** 1.5 + BETA * level

arch = arch_model(CalibrationSpec("between", "normal", "zero"), log_return)
assert arch.volatility.power == 1.5
assert arch.volatility.o == 1
