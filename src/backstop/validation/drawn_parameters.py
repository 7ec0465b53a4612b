"""Parameters drawn from the law of their estimates: which are drawn, and what a summary makes of them.

A constant variance omega and a drift mu, estimated from n returns with central moments m_k, have the asymptotic
covariance ``[[m2, m3], [m3, m4 - m2**2]] / n`` (White 1982). They are drawn as normal given omega > 0. Given them, the
log return over T days is N(T mu, T omega), so that its exponential S has in a group of paths

    E[S] = e(T, T/2),   E[S | parameters]**2 = e(2 T, T) on average,   E[S**2] = e(2 T, 2 T)

with e(a, b) = E[exp(a mu + b omega)]: by the law of total variance, W = e(2 T, 2 T) - e(2 T, T) within groups and
B = e(2 T, T) - e(T, T/2)**2 between them. A few large returns leave omega so open that one draw in ten is rejected.
"""

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from backstop.answers.stress import stress
from backstop.answers.summary import Row
from backstop.config.text.load import load_config
from backstop.market.fitted import Calibration
from backstop.market.parameter_draws import PATHS_PER_DRAW, ParameterDraws
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.assemble import assemble
from backstop.runs.directory import RunDirectory
from backstop.runs.parts import Parts
from backstop.terms import Floats
from backstop.validation.case import Case, Figure, correlation_of, estimated, mean_of, within

WORLD = Path(__file__).with_name("drawn.toml")
DAYS, N_DRAWS = 20, 4000
PRICE = "market_end_index"


def made_up_returns() -> Floats:
    """(300,) small ones up and down in turn, a large fall and a smaller rise."""
    returns = np.tile([0.002, -0.002], 150)
    returns[100], returns[200] = -0.12, 0.06
    return returns


class Estimated(NamedTuple):
    """The normal law of (mu, omega), of which draws with omega > 0 are kept."""

    mean: Floats
    covariance: Floats

    @property
    def admissible(self) -> float:
        """P(omega > 0)."""
        return float(stats.norm.cdf(self.mean[1] / np.sqrt(self.covariance[1, 1])))

    def exponential(self, a: float, b: float) -> float:
        """``E[exp(a mu + b omega) | omega > 0]``: the weight moves the law's mean by its covariance with it."""
        weight = np.array([a, b])
        moved = (self.mean + self.covariance @ weight)[1] / np.sqrt(self.covariance[1, 1])
        whole = np.exp(weight @ self.mean + 0.5 * weight @ self.covariance @ weight)
        return float(whole * stats.norm.cdf(moved) / self.admissible)

    def kept(self) -> "Estimated":
        """Mean and covariance given omega > 0 (Tallis 1961): a normal omega cut at one end, mu by its regression."""
        error = np.sqrt(self.covariance[1, 1])
        ratio = self.mean[1] / error
        hazard = stats.norm.pdf(ratio) / self.admissible
        per_error = self.covariance[:, 1] / error
        shrinkage = hazard * (hazard + ratio)
        return Estimated(self.mean + hazard * per_error, self.covariance - shrinkage * np.outer(per_error, per_error))


def estimated_from(returns: Floats) -> Estimated:
    """The law of the estimates from `returns` (n,)."""
    centred = returns - returns.mean()
    m2, m3, m4 = (np.mean(centred**k) for k in (2, 3, 4))
    return Estimated(np.array([returns.mean(), m2]), np.array([[m2, m3], [m3, m4 - m2**2]]) / len(returns))


def write_prices(folder: Path) -> None:
    """Closes that earn the made-up returns, where the config looks for them."""
    closes = 100.0 * np.exp(np.concatenate([[0.0], np.cumsum(made_up_returns())]))
    days = np.datetime64("2020-01-01") + np.arange(len(closes))
    rows = [f"{day},{float(close)!r}" for day, close in zip(days, closes, strict=True)]
    (folder / "prices.csv").write_text("\n".join(["date,close", *rows]), encoding="utf-8")


def fitted() -> tuple[Calibration, int]:
    """The fit of the config's index, and the seed."""
    with tempfile.TemporaryDirectory() as name:
        write_prices(Path(name))
        config = load_config(WORLD, (), Path(name))
        return prepare(config, PriceReader(Path(name))).fits["index"], config.run.seed


def draws() -> Iterator[Figure]:
    """The law of the estimates, of those that are drawn, and the share that is not."""
    law, (fit, seed) = estimated_from(made_up_returns()), fitted()
    differences = np.abs(np.concatenate([fit.estimates / law.mean - 1, (fit.covariance / law.covariance - 1).ravel()]))
    yield within("estimates and covariance, largest relative difference", 0.0, float(differences.max()), 1e-9)
    drawn = ParameterDraws(fit, seed)
    yield rejections("rejected share", law, drawn.rejected_frac(N_DRAWS), N_DRAWS)
    mu, omega = np.array([drawn.of_group(group).estimates for group in range(N_DRAWS)]).T
    yield from moments(law.kept(), mu, omega)


def moments(law: Estimated, mu: Floats, omega: Floats) -> Iterator[Figure]:
    """Means, variances and the correlation of what was drawn (N,)."""
    deviations = np.sqrt(np.diag(law.covariance))
    for name, values, mean, deviation in zip(("mu", "omega"), (mu, omega), law.mean, deviations, strict=True):
        yield mean_of(f"mean of {name}, in deviations", mean / deviation, values / deviation)
        yield mean_of(f"variance of {name}, over the law's", 1.0, ((values - mean) / deviation) ** 2)
    yield correlation_of("correlation of mu and omega", law.covariance[0, 1] / np.prod(deviations), mu, omega)


def rejections(label: str, law: Estimated, found: float, n_draws: int) -> Figure:
    """A share of tries, until `n_draws` were admissible: the error of a negative binomial count."""
    rejected = 1.0 - law.admissible
    return estimated(label, rejected, found, law.admissible * np.sqrt(rejected / n_draws))


class Run(NamedTuple):
    """What is kept of a run."""

    row: Row
    """Of the summary: the mean of the index's last price."""
    price: Floats
    """(G, n) that last price, by group."""
    rejected_frac: float


@cache
def run() -> Run:
    """The config's run, through a run directory as any other."""
    with tempfile.TemporaryDirectory() as name:
        write_prices(Path(name))
        request = assemble(WORLD, folder=Path(name)).request
        rows = stress(request, Path(name) / "run", 1)
        price = Parts(RunDirectory(Path(name) / "run")).path_column(PRICE)[0]
    assert request.drawn is not None
    row = next(row for row in rows if row.metric == PRICE and row.statistic == "mean")
    return Run(row, price.reshape(-1, PATHS_PER_DRAW), request.drawn.rejected_frac["index"])


class Total(NamedTuple):
    """Mean and variance of the last price."""

    mean: float
    between: float
    within: float


def total(law: Estimated, days: int) -> Total:
    """By the law of total variance."""
    mean, of_squared_means = law.exponential(days, days / 2), law.exponential(2 * days, days)
    return Total(mean, of_squared_means - mean**2, law.exponential(2 * days, 2 * days) - of_squared_means)


def separation() -> Iterator[Figure]:
    """What the summary says of the mean; errors by the delta method, from the spread of groups."""
    law, (row, price, rejected_frac) = estimated_from(made_up_returns()), run()
    (mean, between, inner), (n_groups, n) = total(law, DAYS), price.shape
    means, w = price.mean(axis=1), price.var(axis=1, ddof=1)
    b, n_paths = (means - mean) ** 2, n_groups * n
    share, deviation = between / (between + inner), np.sqrt(between)
    error, sampling_error = np.sqrt(between / n_groups + inner / n_paths), np.sqrt(inner / n_paths)
    yield rejections("rejected share", law, rejected_frac, n_groups)
    yield of_groups("mean", mean, row.estimate, means)
    yield of_groups("standard error of it, from its interval", error, _error_of(row, n_groups),
                    b / (2.0 * n_groups * error))
    yield of_groups("sampling error", sampling_error, row.sampling_error, w / (2.0 * n_paths * sampling_error))
    yield of_groups("parameter deviation", deviation, row.parameter_deviation, b / (2.0 * deviation))
    yield of_groups("parameters' share of variance", share, row.parameter_frac,
                    ((1.0 - share) * b - share * w) / (between + inner))


def _error_of(row: Row, n_groups: int) -> float | None:
    """The standard error behind a 95 % interval of Student's t."""
    if row.lower is None or row.upper is None:
        return None
    return float((row.upper - row.lower) / (2.0 * stats.t.ppf(0.975, n_groups - 1)))


def of_groups(label: str, expected: float, got: float | None, influence: Floats) -> Figure:
    """An estimate from G groups, with the `influence` (G,) of each; one that is not there is NaN."""
    error = np.std(influence) / np.sqrt(len(influence))
    return estimated(label, expected, float("nan") if got is None else got, error)


CASES = (
    Case("drawn-parameters", "parameters are drawn from the law of their estimates, within what is admissible",
         "closed form", "White (1982); Tallis (1961), truncated normal", draws),
    Case("drawn-separation", "a summary tells what parameters leave open from what paths do", "closed form",
         "law of total variance, log-normal given the parameters", separation),
)
