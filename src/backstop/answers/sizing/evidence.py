"""What is known of who runs dry with which pool, and the curves that follow from it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, probability
from backstop.answers.sizing.curves import Aim, Curve, from_peak_use, from_reruns
from backstop.answers.sizing.hanging import hanging_terms, rounding
from backstop.answers.sizing.resize import unlimited_size, with_sizes
from backstop.answers.sizing.robust import divergence
from backstop.answers.sizing.search import MOST_SIZES, search
from backstop.answers.sizing.uses import Crisis, Flags, Paths, collect
from backstop.errors import BeyondMoney, ConfigError
from backstop.runs.progress import OnProgress
from backstop.runs.request import RunRequest
from backstop.terms import Floats

GIVEN, ALL = "crisis", "all"


class ModelDistance(NamedTuple):
    """How far two market models of a run are from each other, in the chance of a crisis."""

    model: str
    other: str
    nats: float


class Evidence(NamedTuple):
    """Of N paths of one arm.

    Attributes
    ----------
    is_in_crisis
        (N,).
    use
        (N,) peak use of an unlimited pool, currency; None where terms hang on the size.
    sizes, is_dry
        Pools that were run, currency, rising, and (S, N) whether they ran dry; none where one run tells all.
    models
        Market models of the run, if several.
    """

    paths: Paths
    is_in_crisis: Flags
    use: Floats | None
    sizes: Sequence[float]
    is_dry: Sequence[Flags]
    models: tuple[str, ...]

    @property
    def chance(self) -> Estimate:
        """Of a crisis."""
        return probability(self.paths.of_all(self.is_in_crisis.astype(np.float64)))

    def dry_outside(self) -> float:
        """Share of paths without a crisis among those that the smallest pool leaves dry."""
        is_dry = self.use > 0.0 if self.use is not None else self.is_dry[0]
        return self.paths.chance(~self.is_in_crisis, is_dry)

    def curves(self, target: float) -> Iterator[Curve]:
        """Given a crisis, then over all paths; then both for each of several models.

        Raises
        ------
        ConfigError
            No path has a crisis.
        """
        everywhere = np.ones(len(self.is_in_crisis), dtype=bool)
        if not self.is_in_crisis.any():
            raise ConfigError(["size: no path has a crisis, so that nothing can be said of one; take more --paths or "
                               "a scenario with stress"])
        for number, model in ((None, None), *enumerate(self.models)):
            of_model = everywhere if number is None else self.paths.model == number
            share = self.paths.sample(self.is_in_crisis.astype(np.float64), of_model)
            for given, chosen in ((GIVEN, of_model & self.is_in_crisis), (ALL, of_model)):
                if chosen.any():
                    least = probability(share).lower or 0.0 if given == GIVEN else 1.0
                    yield self._curve(chosen, Aim(given, model, target, least))

    def _curve(self, chosen: Flags, aim: Aim) -> Curve:
        if self.use is not None:
            return from_peak_use(self.paths.sample(self.use, chosen), (), aim)
        dry = [self.paths.sample(is_dry.astype(np.float64), chosen) for is_dry in self.is_dry]
        return from_reruns(dry, self.sizes, MOST_SIZES, aim)

    def distance(self) -> ModelDistance | None:
        """The two market models that are farthest from each other; None where there is one."""
        shares = {model: self.paths.chance(self.is_in_crisis, self.paths.model == number)
                  for number, model in enumerate(self.models)}
        pairs = [ModelDistance(one, other, divergence(shares[one], shares[other]))
                 for one in shares for other in shares if one != other]
        # where one of them never has a crisis no number says how far the other is from it
        finite = [pair for pair in pairs if np.isfinite(pair.nats)]
        return max(finite, key=lambda pair: pair.nats, default=None)


def evidence_of(request: RunRequest, arm: int, crisis: Crisis, target: float, threads: int, on_progress: OnProgress
                ) -> Evidence:
    """One run with an unlimited pool, or reruns where terms hang on the size.

    Raises
    ------
    BeyondMoney
        No pool that can be counted is large enough.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    terms, models = request.terms.arms[arm], request.terms.mixture.models
    quantum = request.terms.quantum
    if hanging_terms(terms):
        found = search(request, arm, crisis, target, threads, on_progress)
        sizes = [size * quantum for size in found.sizes]
        return Evidence(found.paths, found.is_in_crisis, None, sizes, found.is_dry, models)
    uses = collect(with_sizes(request, arm, [unlimited_size(terms)]), 1, threads, on_progress)
    if uses.is_dry.any():
        raise BeyondMoney("money.quantum: is too small: what the facility lends is more than can be counted exactly; "
                          "write a larger quantum")
    use = uses.columns["pool_peak_use"][0]
    use = np.where(use > 0.0, use + rounding(terms) * quantum, 0.0)
    return Evidence(uses.paths, uses.is_in_crisis(crisis), use, (), (), models)
