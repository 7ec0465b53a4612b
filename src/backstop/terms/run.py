"""Terms of a whole run: its arms on one market."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.terms.declare import Declaration, Term, declared
from backstop.terms.facility.contract import AdmissionTerms, AdvanceTerms, CovenantTerms
from backstop.terms.facility.instruments import CompensationTerms, FacilityTerms, GuaranteeTerms, PurchaseTerms
from backstop.terms.facility.triggers import TriggerTerms
from backstop.terms.funds import EvaluationTerms, FundTerms, InvestorTerms, LeverageTerms, SolvencyTerms
from backstop.terms.judging import JudgingTerms
from backstop.terms.market import MarketTerms
from backstop.terms.numbers import PATHS_PER_MODEL, Floats, Integers
from backstop.terms.pool import MemberTerms, PoolTerms, RationingTerms
from backstop.terms.prices import PriceTerms


@declared
class ArmTerms(NamedTuple):
    """Everything one arm needs."""

    prices: PriceTerms
    funds: FundTerms
    leverage: LeverageTerms
    investors: InvestorTerms
    evaluation: EvaluationTerms
    solvency: SolvencyTerms
    triggers: TriggerTerms
    facilities: FacilityTerms
    purchase: PurchaseTerms
    compensation: CompensationTerms
    guarantee: GuaranteeTerms
    advances: AdvanceTerms
    admission: AdmissionTerms
    covenants: CovenantTerms
    rationing: RationingTerms
    members: MemberTerms
    pool: PoolTerms
    judging: JudgingTerms


class Names(NamedTuple):
    """What the rows of the axes are called, in order."""

    assets: tuple[str, ...]
    funds: tuple[str, ...]
    facilities: tuple[tuple[str, ...], ...]
    """Of each arm, those in force, in its own order."""
    layers: tuple[str, ...]
    arms: tuple[str, ...]
    """The first is ``none``, then come counterfactuals that no arm of the config is, then the config's arms."""


class Mixture(NamedTuple):
    """Market models that groups of `PATHS_PER_MODEL` paths take in turn; none where all paths have the same."""

    models: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    """Of a path of each model in every summary; their mean is 1."""

    def model_of(self, paths: Integers) -> Integers:
        """Number of each path's model: a path's number decides it."""
        return paths // PATHS_PER_MODEL % len(self.models)

    def balance(self, paths: Integers) -> Floats:
        """Factor by which each of `paths` counts, so that a model that made fewer of them keeps its weight."""
        if not self.models:
            return np.ones(len(paths))
        model = self.model_of(paths)
        n_made = np.bincount(model, minlength=len(self.models))
        return np.asarray(len(paths) / (len(n_made) * n_made)[model])


@declared
class RunTerms(NamedTuple):
    """A whole run: one market, and one arm after another on its shocks."""

    market: MarketTerms
    arms: tuple[ArmTerms, ...]
    names: Names
    counterfactuals: Annotated[tuple[int, ...], Declaration(
        "arm", "number of the arm", "the same arm without its facilities; its own where it has none")]
    n_days: Annotated[int, Term("", "trading days", "of the run")]
    quantum: Annotated[float, Term("", "currency", "in one quantum: amounts leave the kernels times this")]
    mixture: Mixture = Mixture()

    def counterfactual_names(self) -> dict[str, str]:
        """By name of the arm."""
        return {arm: self.names.arms[number] for arm, number in zip(self.names.arms, self.counterfactuals, strict=True)}
