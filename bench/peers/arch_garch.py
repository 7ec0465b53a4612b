"""GARCH(1,1) on one asset by arch's own simulation, ``forecast(method="simulation")``."""

import numpy as np

from backstop.terms import Floats
from bench.peers.numpy_garch import Garch

PERCENT = 100.0
"""arch works on returns in per cent."""


class ArchGarch:
    """Simulates `n_paths` paths of `n_days` days after returns that leave the variance at its long run."""

    def __init__(self, model: Garch, n_paths: int, n_days: int) -> None:
        from arch import arch_model

        self.n_paths, self.n_days = n_paths, n_days
        returns = PERCENT * model.long_run**0.5 * np.resize([1.0, -1.0], 500)
        self.model = arch_model(returns, mean="Zero", vol="GARCH", p=1, q=1, dist="t" if model.nu else "normal")
        shape = [model.nu] if model.nu else []
        self.parameters = np.array([model.omega * PERCENT**2, model.alpha, model.beta, *shape])
        self.fixed = self.model.fix(self.parameters)

    def __call__(self) -> Floats:
        """Returns (n_paths, n_days), per cent."""
        forecast = self.fixed.forecast(horizon=self.n_days, method="simulation", simulations=self.n_paths,
                                       random_state=np.random.RandomState(1))
        values = forecast.simulations.values
        assert values is not None
        return np.asarray(values[-1])
