"""Simulation from the last days of a sample, against arch's: every volatility model with every law of shocks.

Parameters are stated, not fitted: far enough from symmetry for a wrong sign to show, which those of the sample are not.
arch filters the sample with them, and both programs go on from its last days. Returns that arch drew are also given to
the engine as pinned ones, where its variances must be arch's to rounding. What is compared by draws exists for every
pair: with Student-t shocks the variance of an EGARCH has no mean, that of a GARCH may have no variance; logarithms have
all moments.
"""

import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from backstop.config.choices import Distribution, Model
from backstop.config.market.inputs import MarketInputs
from backstop.market.data import ReturnSeries, load_prices, log_returns, make_returns
from backstop.market.explicit import BOOTSTRAP
from backstop.market.fit_cache import arch_version
from backstop.market.fitted import Calibration
from backstop.market.specification import CalibrationSpec
from backstop.terms import Floats, RunTerms
from backstop.validation.case import Case, Figure, correlation_of, estimated, mean_of, within
from backstop.validation.worlds import SEED, measure_paths, terms_of

SAMPLE, FIRST_DAY = "builtin:csi300", np.datetime64("2014-01-01")
HORIZON, ARCH_PATHS, OWN_PATHS, N_REPLAYED = 20, 10_000, 50_000, 3
DRIFT = 5e-4
"""A day."""
SAME = 1e-9
"""Relative difference of two programs' variances that rounding may make over the horizon."""


class Start(NamedTuple):
    """A model with parameters in arch's order, in decimals a day."""

    model: Model
    parameters: tuple[float, ...]
    lags: tuple[int, int | None, int] = (1, None, 1)
    """Of shocks, of the asymmetry (None: what the model usually has), of variance."""


STARTS = (
    Start("constant", (2e-4,)),
    Start("ewma", ()),
    Start("garch", (3e-6, 0.08, 0.90)),
    Start("gjr", (4e-6, 0.03, 0.12, 0.88)),
    Start("tarch", (4e-4, 0.04, 0.10, 0.90)),
    Start("egarch", (-0.25, 0.15, -0.10, 0.97)),
    Start("aparch", (7e-5, 0.07, 0.50, 0.91, 1.3)),
    Start("harch", (3e-5, 0.10, 0.25, 0.45)),
)
SHAPES: dict[Distribution, tuple[float, ...]] = {
    "normal": (), "student-t": (5.0,), "skew-t": (6.0, -0.25), "ged": (1.3,), BOOTSTRAP: (),
}
"""Parameters by law; a bootstrap draws the residuals that the normal model leaves."""
LAGGED: tuple[tuple[Start, Distribution], ...] = (
    (Start("garch", (3e-6, 0.03, 0.07, 0.55, 0.32), (2, None, 2)), "student-t"),
    (Start("gjr", (4e-6, 0.01, 0.03, 0.04, 0.10, 0.55, 0.31), (2, 2, 2)), "skew-t"),
    (Start("tarch", (4e-4, 0.01, 0.04, 0.03, 0.07, 0.55, 0.34), (2, 2, 2)), "normal"),
    (Start("egarch", (-0.25, 0.05, 0.11, -0.03, -0.08, 0.60, 0.37), (2, 2, 2)), "ged"),
    (Start("aparch", (7e-5, 0.02, 0.05, 0.30, 0.60, 0.55, 0.36, 1.3), (2, 2, 2)), "student-t"),
)
"""Weights that differ between lags, so that one in the place of another shows."""
PAIRS: tuple[tuple[Start, Distribution], ...] = (*((start, law) for start in STARTS for law in SHAPES), *LAGGED)


class Paths(NamedTuple):
    """Returns and variances of days (T, N) that one of the programs simulated."""

    returns: Floats
    variances: Floats

    def shocks(self) -> Floats:
        """(T N,) a sample of the law."""
        return ((self.returns - DRIFT) / np.sqrt(self.variances)).ravel()

    def last_log_variance(self) -> Floats:
        """(N,) of the last day."""
        return np.asarray(np.log(self.variances[-1]))


@cache
def sample() -> ReturnSeries:
    """Log returns of the index that both go on from."""
    whole = log_returns(load_prices(SAMPLE))
    keep = whole.dates >= FIRST_DAY
    return make_returns("a", whole.dates[keep], whole.values[keep])


def fixed_in_arch(start: Start, law: Distribution) -> tuple[Calibration, Any]:
    """The model with its stated parameters: as a fit would hand it on, and arch's own result."""
    from backstop.market.arch_fit import arch_model

    spec = _spec_of(start, law)
    returns, estimates = sample(), np.array([DRIFT, *start.parameters, *SHAPES[law]])
    model = arch_model(spec, returns.values)
    if start.model == "aparch":
        mend_lags(model.volatility)
    fixed = model.fix(estimates)
    variances = np.asarray(fixed.conditional_volatility) ** 2
    no_error = np.zeros((len(estimates), len(estimates)))
    fit = Calibration(spec, returns, len(variances), estimates, no_error, variances, float(fixed.loglikelihood), (),
                      returns.content_hash, arch_version())
    return fit, fixed


def _spec_of(start: Start, law: Distribution) -> CalibrationSpec:
    p, o, q = start.lags
    return CalibrationSpec(start.model, "normal" if law == BOOTSTRAP else law, "constant", p, o, q)


class _Copied(np.ndarray[Any, Any]):
    """An array whose parts are copies."""

    def __getitem__(self, at: Any) -> Any:
        return self.view(np.ndarray)[at].copy()

    def __setitem__(self, at: Any, values: Any) -> None:
        # numpy would else write to a part that it gets by the method above
        self.view(np.ndarray)[at] = values


def mend_lags(process: Any) -> None:
    """Let arch's APARCH simulate the model that it fits.

    ``_simulate_paths`` of arch 8.0 takes ``gamma * shock`` off its array of ``abs(shock)`` in place, and at the next
    lag takes what is left for the shock's size; its likelihood does not. From an array whose parts are copies nothing
    can be taken off.
    """
    simulate = process._simulate_paths

    def from_copies(*arguments: Any) -> Any:
        *others, abs_shock = arguments
        return simulate(*others, abs_shock.view(_Copied))

    process._simulate_paths = from_copies


def simulated_by_arch(fit: Calibration, fixed: Any, law: Distribution, number: int) -> Paths:
    """Its simulation forecast after the sample, from random numbers of the case's own."""
    draw = _shocks_of_arch(fit, fixed, law, (SEED, number))
    found = fixed.forecast(horizon=HORIZON, method="simulation", simulations=ARCH_PATHS, rng=draw).simulations
    return Paths(found.values[-1].T, found.residual_variances[-1].T)


def _shocks_of_arch(fit: Calibration, fixed: Any, law: Distribution, seed: tuple[int, int]) -> Any:
    """What its forecast draws from. Its bootstrap takes residuals as they are: it is given standardised ones."""
    from arch.univariate.volatility import BootstrapRng

    if law == BOOTSTRAP:
        z = fit.standardised_residuals
        return BootstrapRng((z - z.mean()) / z.std(), len(z) - 1, np.random.RandomState(seed)).rng()
    return type(fixed.model.distribution)(seed=np.random.default_rng(seed)).simulate(SHAPES[law])


def terms_from(fit: Calibration, law: Distribution, given: Floats | None = None) -> RunTerms:
    """Our run from the same last day, of returns that are drawn, or of `given` ones (T,)."""
    asset, inputs = {"name": "a"} | fit.market_section("last"), MarketInputs()
    if law == BOOTSTRAP:
        asset["innovation"] = {"distribution": BOOTSTRAP, "block_days": 1}
        inputs = MarketInputs(residual_rows={"a": fit.standardised_residuals})
    pins = [] if given is None else [{"asset": "a", "log_returns": given.tolist()}]
    return terms_of([asset], HORIZON, inputs, scenario={"pins": pins})


def simulated_by_us(terms: RunTerms, n_paths: int) -> Paths:
    """`n_paths`, or more to fill a tile."""
    return Paths(*measure_paths(terms, n_paths, lambda x, sigma: np.stack([x[:, 0], sigma[:, 0] ** 2])))


def forecast(start: Start, law: Distribution, number: int) -> Iterator[Figure]:
    """Variances given the same returns; then the laws of shocks, returns and variances, each program's from its draws.

    `number` tells arch's random numbers of one case from those of another.
    """
    fit, fixed = fixed_in_arch(start, law)
    theirs = simulated_by_arch(fit, fixed, law, number)
    yield within("variances of arch's paths, over arch's", 1.0, furthest_ratio(fit, law, theirs), SAME)
    ours = simulated_by_us(terms_from(fit, law), OWN_PATHS)
    yield from below_quantiles("shocks", (0.001, 0.5, 0.999), theirs.shocks(), ours.shocks())
    yield from below_quantiles(f"{HORIZON} days", (0.01, 0.5, 0.99), theirs.returns.sum(axis=0),
                               ours.returns.sum(axis=0))
    if start.model != "constant":
        yield from moving_variances(theirs, ours)


def furthest_ratio(fit: Calibration, law: Distribution, theirs: Paths) -> float:
    """Our variance over arch's, of all days of a few paths that arch drew the one furthest from 1."""
    ratios = [simulated_by_us(terms_from(fit, law, theirs.returns[:, path]), 1).variances[:, 0]
              / theirs.variances[:, path] for path in range(N_REPLAYED)]
    return float(max(np.concatenate(ratios), key=lambda ratio: abs(ratio - 1.0)))


def below_quantiles(of: str, levels: tuple[float, ...], theirs: Floats, ours: Floats) -> Iterator[Figure]:
    """Shares below quantiles of `theirs` (n,); of residuals that are drawn again, one may be the quantile."""
    for level, bound in zip(levels, np.quantile(theirs, levels), strict=True):
        # beyond the rounding of equal residuals
        beyond = bound + 1e-9 * abs(bound)
        error = np.sqrt(level * (1.0 - level) * (1.0 / len(theirs) + 1.0 / len(ours)))
        shares = np.mean(theirs < beyond), np.mean(ours < beyond)
        yield estimated(f"{of}: below arch's {level:g} quantile", *shares, error)


def moving_variances(theirs: Paths, ours: Paths) -> Iterator[Figure]:
    """Level, spread and asymmetry of the log variances of the last day."""
    both = [(paths.last_log_variance(), paths.returns[:-1].sum(axis=0)) for paths in (theirs, ours)]
    yield of_both(f"mean log variance of day {HORIZON}", mean_of, *((logs,) for logs, _ in both))
    yield of_both("variance of it", mean_of, *(((logs - logs.mean()) ** 2,) for logs, _ in both))
    yield of_both("correlation of it with the return before", correlation_of, *both)


def of_both(label: str, statistic: Callable[..., Figure], theirs: tuple[Floats, ...], ours: tuple[Floats, ...]
            ) -> Figure:
    """A statistic of two samples, with the error of its difference."""
    expected, got = (statistic(label, 0.0, *arrays) for arrays in (theirs, ours))
    errors = [figure.standard_error or 0.0 for figure in (expected, got)]
    return estimated(label, float(expected.got), float(got.got), math.hypot(*errors))


def _source(start: Start, law: Distribution) -> str:
    bootstrap = ", of standardised residuals" if law == BOOTSTRAP else ""
    mended = ", its lags mended" if start.model == "aparch" and start.lags[0] > 1 else ""
    return f"arch, forecast(method='simulation'){bootstrap}{mended}"


def _case(number: int, start: Start, law: Distribution) -> Case:
    spec = _spec_of(start, law)
    lags = "" if start.lags == (1, None, 1) else "".join(f"-{lag}" for lag in spec.lags)
    shown = spec.title.rsplit(" ", 1)[0] if lags else start.model
    return Case(f"arch-{start.model}{lags}-{law}", f"{shown} with {law} shocks goes on as arch's does", "external",
                _source(start, law), partial(forecast, start, law, number))


CASES = tuple(_case(number, start, law) for number, (start, law) in enumerate(PAIRS))
