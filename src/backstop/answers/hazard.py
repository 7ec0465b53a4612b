"""Moral hazard: how much risk managers take with and without cover, and what that costs the pool (docs/hazard.md).

Each group of covered funds alone tries every multiplier of its risky holdings, the others as they are, in an arm with
the design and in one without any facility. A manager's payoff on a path is our assumption [ours], plain and convex as
pay usually is (Carpenter 2000):

    payoff = max(r - hurdle, 0) - penalty * [the fund failed, or its score fell below the floor]

with r the return of NAV per share over the run, over its years. The best response has the highest mean payoff.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, mean, probability
from backstop.answers.gather import Gathered, gather, numbers, stream
from backstop.answers.pricing import Price, Terms, columns_of, lost_by_pool, price_cover, years_of
from backstop.answers.resampling import bootstrap
from backstop.answers.samples import Sample
from backstop.config.facility.eligibility import admitted
from backstop.config.funds.risk import most_risk
from backstop.config.schema import Config
from backstop.config.study import Arm
from backstop.config.text.sweeps import altered
from backstop.errors import ConfigError
from backstop.runs.assemble import Assembled, rearmed
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.schema import described
from backstop.runs.tables import BlockTables
from backstop.runs.workers import Workers
from backstop.terms import Floats

if TYPE_CHECKING:
    import pyarrow as pa

AS_THEY_ARE, ALONE, COVERED = "as they are", "best without cover", "best with cover"
"""What the covered funds do: as the config says, or each its best response without and with cover."""


class Assumptions(NamedTuple):
    """What a study of moral hazard takes as given; all of it ours."""

    hurdle: float = 0.0
    """Annual return above which a manager is paid."""
    penalty: float = 0.1
    """What losing the job is worth, in annual return."""
    risk_aversion: float = 1.5
    """Of whoever bears the pool's losses, for their price."""


class Choice(NamedTuple):
    """One multiplier of one group of funds."""

    funds: str
    multiplier: float
    is_covered: bool
    payoff: Estimate
    bad_end: Estimate
    """Probability of failure, or of a score below the floor."""


class Response(NamedTuple):
    """The best multipliers of one group of funds, with bootstrap intervals."""

    funds: str
    alone: Estimate
    covered: Estimate
    shift: Estimate
    """What cover adds."""


class Hazard(NamedTuple):
    """A design's moral hazard."""

    arm: str
    choices: list[Choice]
    responses: list[Response]
    prices: dict[str, Price]
    """By what the covered funds do."""
    loss_of_response: Estimate
    """Expected loss of the pool a year that cover's own response adds: best with cover less best without."""


class _Trial(NamedTuple):
    """One arm of the grid."""

    funds: str
    multiplier: float
    is_covered: bool
    arm: Arm


def study_hazard(found: Assembled, arm: Arm, grid: Sequence[float], given: Assumptions, workers: Workers,
                 on_progress: OnProgress = quiet) -> Hazard:
    """Run the grid of multipliers, then the design under the best responses, all on the same paths.

    Parameters
    ----------
    grid
        Multipliers to try; those beyond what a group can pay for are cut to that, and 1 is always tried.

    Raises
    ------
    ConfigError
        No fund is covered, or an arm does not fit.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    trials = list(_trials(found.config.for_arm(arm), arm, grid))
    request = rearmed(found, [trial.arm for trial in trials]).request
    payoffs = _Payoffs(found, trials, request.terms.names.arms, given)
    stream(request, workers, payoffs.add, on_progress)
    responses = [payoffs.response(funds) for funds in dict.fromkeys(trial.funds for trial in trials)]
    profiles = [arm, _profile(arm, ALONE, {r.funds: r.alone.value for r in responses}),
                _profile(arm, COVERED, {r.funds: r.covered.value for r in responses})]
    run = rearmed(found, profiles).request
    columns = (*columns_of(run.terms.names.layers), _index_end(found.config))
    outcome = gather(run, workers, columns, (), on_progress)
    rows = [run.terms.names.arms.index(profile.name) for profile in profiles]
    return Hazard(arm.name, list(payoffs.choices()), responses, _prices(found.config, arm, outcome, rows, given),
                  _added_loss(outcome, rows, years_of(found.config.run.days)))


def _prices(config: Config, arm: Arm, outcome: Gathered, rows: Sequence[int], given: Assumptions) -> dict[str, Price]:
    """The price of cover under each of the three profiles, which are these arms of the outcome."""
    terms = Terms(years_of(config.run.days), covered_nav(config.for_arm(arm), arm), config.market.cash_rate_ann_frac,
                  given.risk_aversion, tuple(layer.name for layer in config.pool.layers))
    index_end = outcome.paths[_index_end(config)][0]
    return {name: price_cover(outcome, number, index_end, terms)
            for number, name in zip(rows, (AS_THEY_ARE, ALONE, COVERED), strict=True)}


def _index_end(config: Config) -> str:
    """The column of the index at the horizon."""
    return f"market_end_{config.market.index}"


def covered_funds(design: Config, arm: Arm) -> list[str]:
    """Names of the funds that some facility of `arm` admits; `design` has its overrides."""
    admits = [admitted(facility.members, design.cohorts, design.technology)
              for facility in design.facilities if facility.name in arm.facilities]
    return [fund.name for fund in design.cohorts if any(fund.name in names for names in admits)]


def covered_nav(design: Config, arm: Arm) -> float:
    """What all covered funds are worth at the opening, currency."""
    names = covered_funds(design, arm)
    return sum(fund.count * fund.nav for fund in design.cohorts if fund.name in names)


def _trials(design: Config, arm: Arm, grid: Sequence[float]) -> Iterator[_Trial]:
    """Every entry of covered funds with every multiplier, with and without the design."""
    risky = {asset.name for asset in design.market.assets if asset.is_risky}
    names = covered_funds(design, arm)
    if not names:
        raise ConfigError([f"arms.{arm.name}: covers no fund; name an arm whose facilities admit one"])
    entries = dict.fromkeys(fund.entry for fund in design.cohorts if fund.name in names)
    for number, entry in enumerate(entries):
        most = min(most_risk(fund, risky) for fund in design.cohorts if fund.entry == entry)
        tried = sorted({1.0, *(float(f"{min(m, np.floor(1e3 * most) / 1e3):g}") for m in grid)})
        for step, m in enumerate(tried):
            for is_covered in (False, True):
                own = arm if is_covered else arm.model_copy(update={"facilities": ()})
                name = f"{'with' if is_covered else 'without'}-{number}-{step}"
                yield _Trial(entry, m, is_covered, altered(own, name, {f"funds.{entry}.risk_multiplier": m}))


def _profile(arm: Arm, name: str, multipliers: dict[str, float]) -> Arm:
    """The design with these multipliers."""
    overrides = {f"funds.{entry}.risk_multiplier": m for entry, m in multipliers.items()}
    return altered(arm, name.replace(" ", "-"), overrides)


def _added_loss(found: Gathered, rows: Sequence[int], years: float) -> Estimate:
    """Paired by path: the pool's loss a year under the third profile less that under the second."""
    alone, covered = (lost_by_pool(found.paths, n) for n in rows[1:])
    return mean(Sample((covered - alone) / years, found.weight, found.group))


class _Payoffs:
    """Payoffs (trial, N), and whether the path ended badly, weighted by assets over the funds of the entry."""

    def __init__(self, found: Assembled, trials: Sequence[_Trial], arms: Sequence[str], given: Assumptions) -> None:
        terms, cohorts = found.request.terms, found.config.cohorts
        self.trials, self.given, self.years = trials, given, years_of(terms.n_days)
        self.n_arms, self.rows = len(arms), [arms.index(trial.arm.name) for trial in trials]
        self.floor = np.where(terms.arms[0].evaluation.is_on, terms.arms[0].evaluation.floor, -np.inf)
        assets = terms.arms[0].judging.assets
        of_entry = {entry: np.array([fund.entry == entry for fund in cohorts]) * assets
                    for entry in dict.fromkeys(trial.funds for trial in trials)}
        self.shares = {entry: value / value.sum() for entry, value in of_entry.items()}
        self.payoff, self.bad = (np.empty((len(trials), found.request.n_paths)) for _ in range(2))
        drawn = found.request.drawn
        n_paths = found.request.n_paths
        self.weight = np.ones(n_paths)
        self.group = None if drawn is None else np.arange(n_paths) // drawn.paths_per_group

    def add(self, tables: BlockTables) -> None:
        """The paths of one block."""
        block = tables.block
        paths = slice(block.first_path, block.first_path + block.n_paths)
        end, failed, score = (numbers(tables.funds, name).reshape(self.n_arms, len(self.floor), -1)
                              for name in ("nav_per_share_end", "failed", "score_min"))
        self.weight[paths] = numbers(tables.paths, "weight")[: block.n_paths]
        for position, (number, trial) in enumerate(zip(self.rows, self.trials, strict=True)):
            # a score that never was is NaN, and below nothing
            bad = (failed[number] > 0.0) | (score[number] < self.floor[:, None])
            gain = (end[number] - 1.0) / self.years
            payoff = np.maximum(gain - self.given.hurdle, 0.0) - self.given.penalty * bad
            self.payoff[position, paths] = self.shares[trial.funds] @ payoff
            self.bad[position, paths] = self.shares[trial.funds] @ bad

    def choices(self) -> Iterator[Choice]:
        """Every trial with its estimates."""
        for trial, payoff, bad in zip(self.trials, self.payoff, self.bad, strict=True):
            is_event = bool(np.isin(bad, (0.0, 1.0)).all())
            of_bad = (probability if is_event else mean)(Sample(bad, self.weight, self.group))
            yield Choice(*trial[:3], mean(Sample(payoff, self.weight, self.group)), of_bad)

    def response(self, funds: str) -> Response:
        """Best multipliers of one entry; the bootstrap draws the same paths with and without cover."""
        rows = [n for n, trial in enumerate(self.trials) if trial.funds == funds]
        tried = np.array([self.trials[n].multiplier for n in rows[::2]])
        # without and with cover stand in turns
        values = (self.payoff[rows] * self.weight).reshape(len(tried), 2, -1)
        alone, covered = _best(tried, 0), _best(tried, 1)
        return Response(funds, bootstrap(values, self.group, alone), bootstrap(values, self.group, covered),
                        bootstrap(values, self.group, lambda totals: covered(totals) - alone(totals)))


def _best(tried: Floats, side: int) -> Callable[[Floats], Floats]:
    """(R,) multipliers of the highest totals, of totals (M, 2, R)."""
    return lambda totals: tried[np.argmax(totals[:, side], axis=0)]



_MEANINGS = {
    "funds": "entry of covered funds", "multiplier": "of its risky holdings", "is_covered": "the design is in force",
    "payoff": "mean payoff of its managers, our assumption", "payoff_lower": "end of its 95 % interval",
    "payoff_upper": "end of its 95 % interval", "bad_end": "probability of failure or of a score below the floor",
    "bad_end_lower": "end of its 95 % interval", "bad_end_upper": "end of its 95 % interval",
}


def choices_table(found: Hazard) -> "pa.Table":
    """Every choice as a row."""
    import pyarrow as pa

    types = {"funds": pa.string(), "is_covered": pa.bool_()}
    fields = [described(name, types.get(name, pa.float64()), "", meaning) for name, meaning in _MEANINGS.items()]
    rows = [(*choice[:3], *choice.payoff[:3], *choice.bad_end[:3]) for choice in found.choices]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=pa.schema(fields))


def as_tree(value: Any) -> Any:
    """An answer for JSON: tables for tuples with names."""
    if hasattr(value, "_asdict"):
        return {name: as_tree(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {name: as_tree(part) for name, part in value.items()}
    return [as_tree(part) for part in value] if isinstance(value, list) else value
