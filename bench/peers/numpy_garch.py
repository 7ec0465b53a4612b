"""GARCH(1,1) in numpy, vectorised over paths: as one writes it, and tuned to the caches."""

from typing import NamedTuple

import numpy as np

from backstop.terms import Floats

BLOCK_PATHS = 8192


class Garch(NamedTuple):
    """``h = omega + alpha e**2 + beta h``, e of variance h; opens at the long-run variance."""

    omega: float
    alpha: float
    beta: float
    nu: float
    """Student's degrees of freedom; 0 for the normal law."""

    @property
    def long_run(self) -> float:
        """Variance a day that h returns to."""
        return self.omega / (1.0 - self.alpha - self.beta)


def garch_of(law: str, annual_volatility: float = 0.16, alpha: float = 0.08, beta: float = 0.90) -> Garch:
    """The market that `bench.markets` calls garch."""
    nu = {"normal": 0.0, "student-t": 6.0}[law]
    return Garch(annual_volatility**2 / 252 * (1.0 - alpha - beta), alpha, beta, nu)


class NumpyGarch:
    """All paths at once, day by day, in the notation of the model: what a good user of numpy writes.

    Keeps the total return and the deepest drawdown of each path.
    """

    def __init__(self, model: Garch, n_paths: int, n_days: int) -> None:
        self.model, self.n_paths, self.n_days = model, n_paths, n_days
        self.rng = np.random.default_rng(1)

    def __call__(self) -> tuple[Floats, Floats]:
        m, h = self.model, np.full(self.n_paths, self.model.long_run)
        total, peak, drawdown = np.zeros((3, self.n_paths))
        for _ in range(self.n_days):
            x = np.sqrt(h) * self._draw()
            h = m.omega + m.alpha * x**2 + m.beta * h
            total += x
            np.maximum(peak, total, out=peak)
            np.maximum(drawdown, peak - total, out=drawdown)
        return total, drawdown

    def _draw(self) -> Floats:
        """Standardised shocks by the generator's own laws."""
        nu = self.model.nu
        if nu == 0.0:
            return self.rng.standard_normal(self.n_paths)
        return np.sqrt((nu - 2.0) / nu) * self.rng.standard_t(nu, self.n_paths)


class TunedNumpyGarch:
    """Blocks of paths that stay in cache, no temporaries, the quickest generator, Student's t from its polar form.

    Keeps the returns and volatilities of one block.
    """

    def __init__(self, model: Garch, n_paths: int, n_days: int) -> None:
        self.model, self.n_paths, self.n_days = model, n_paths, n_days
        self.rng = np.random.Generator(np.random.SFC64(1))
        self.log_return, self.volatility = np.empty((2, n_days, min(n_paths, BLOCK_PATHS)))
        self._z, self._h, self._radius = np.empty((3, self.log_return.shape[1]))

    def __call__(self) -> None:
        for _ in range(0, self.n_paths, BLOCK_PATHS):
            self._simulate()

    def _simulate(self) -> None:
        m, h = self.model, self._h
        h[:] = m.long_run
        for x, sigma in zip(self.log_return, self.volatility, strict=True):
            z = self._draw()
            np.sqrt(h, out=sigma)
            np.multiply(sigma, z, out=x)
            h *= m.beta
            h += m.omega
            np.multiply(x, x, out=z)
            z *= m.alpha
            h += z

    def _draw(self) -> Floats:
        """Standardised shocks: ziggurat, or Student's t in Bailey's polar form (1994), quicker than numpy's own."""
        z, r, nu = self._z, self._radius, self.model.nu
        if nu == 0.0:
            return self.rng.standard_normal(out=z)
        self.rng.random(out=r)
        np.subtract(1.0, r, out=r)
        np.log(r, out=r)
        r *= -2.0 / nu
        np.exp(r, out=r)
        r -= 1.0
        r *= nu - 2.0
        np.sqrt(r, out=r)
        self.rng.random(out=z)
        z -= 0.5
        z *= np.pi
        np.sin(z, out=z)
        z *= r
        return z
