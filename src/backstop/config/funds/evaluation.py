"""[funds.evaluation]: how managers are judged, and what pressure makes them do."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backstop.config.base import Frac, Label, PositiveFrac, Problem, Section, SignedFrac, Switch, not_one, refuse
from backstop.config.text.presets import WithPreset
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR

SAMPLES_PER_YEAR = TRADING_DAYS_PER_YEAR // SCORE_SAMPLE_DAYS
LONGEST_LADDER_YEARS = 10


class Rung(Section):
    """One trailing return of a score ladder."""

    years: Annotated[float, Field(strict=True, gt=0.0, le=LONGEST_LADDER_YEARS)] | None = Field(
        default=None, description="window of the trailing annualised return, years; twelfths of a year only"
    )
    year_to_date: Switch = Field(
        default=False, description="true: the return since the end of last year, not annualised, in place of years"
    )
    weight: PositiveFrac = Field(description="weight in the score; the rungs of a ladder add up to 1")

    @property
    def samples(self) -> int:
        """The window in score samples of 21 trading days; 0 for a year to date."""
        return 0 if self.years is None else round(self.years * SAMPLES_PER_YEAR)

    @model_validator(mode="after")
    def _check_samples(self) -> Self:
        if self.year_to_date == (self.years is not None):
            refuse([Problem((), "needs one window; write years, or year_to_date = true")])
        if self.years is None:
            return self
        exact = self.years * SAMPLES_PER_YEAR
        if self.samples < 1 or abs(exact - self.samples) > 1e-6:
            refuse(
                [
                    Problem(
                        ("years",),
                        f"{self.years:g} is no whole number of {SCORE_SAMPLE_DAYS}-day samples; "
                        "write twelfths of a year, such as 0.25, 1 or 3",
                    )
                ]
            )
        return self


class Evaluation(WithPreset):
    """How managers are judged, and what pressure makes them do.

    The score is the ladder's weighted trailing annualised return; pressure grows from threshold to floor.
    """

    PRESETS = "ladders"

    is_on: Switch = Field(default=True, description="false: managers are not judged, and never sell for it")
    ladder: tuple[Rung, ...] = Field(min_length=1, max_length=8, description="trailing returns that make the score")
    benchmark_frac: Frac = Field(
        default=0.0,
        description="share of the benchmark's return over each rung that the fund's is net of; 1 is relative",
    )
    peers: tuple[Label, ...] = Field(
        default=(), max_length=1000, description="funds, or entries with a file, whose mean return is the benchmark, "
        "weighted by yesterday's assets, the fund itself left out; none: the index is"
    )
    dispersion_ann_frac: Frac = Field(
        default=0.0, description="tracking error within the cohort: standard deviation of its funds' returns over a "
        "year around their mean; 0: all have one score"
    )
    threshold_ann_frac: SignedFrac = Field(description="annual return below which pressure begins")
    floor_ann_frac: SignedFrac = Field(description="annual return at which pressure is full; below the threshold")
    risk_cut_frac: SignedFrac = Field(
        description="share of the opening's units of risk that full pressure takes away; below 0 losers take more"
    )
    risk_speed_per_day_frac: PositiveFrac = Field(
        description="share of the distance to its target by which risk moves a day, up or down"
    )
    risk_most_frac: Annotated[float, Field(strict=True, ge=1.0, le=100.0)] | None = Field(
        default=None,
        description="most that risk is aimed at, times the opening's units; none: what a negative cut asks",
    )
    rebuys: Switch = Field(
        default=True, description="whether risk is bought, with spare cash of the fund's own; false: it is only sold"
    )
    replace_below_ann_frac: SignedFrac | None = Field(
        default=None, description="score below which the manager is replaced by one with no record; none: never"
    )

    @model_validator(mode="after")
    def _check_ladder(self) -> Self:
        problems = []
        total = sum(rung.weight for rung in self.ladder)
        if not_one(total):
            problems.append(Problem(("ladder",), f"weights add up to {total:g}; make them add up to 1"))
        if len({rung.samples for rung in self.ladder}) < len(self.ladder):
            problems.append(Problem(("ladder",), "two rungs have the same years; write one with both weights"))
        if self.risk_cut_frac < 0.0 and (not self.rebuys or self.risk_most_frac == 1.0):
            problems.append(
                Problem(("risk_cut_frac",), f"{self.risk_cut_frac:g} asks for more risk than at the opening, which "
                        "rebuys or risk_most_frac forbid; write 0.0 or more, or let it buy")
            )
        if self.peers and self.benchmark_frac == 0.0:
            problems.append(Problem(("peers",), "are no benchmark while benchmark_frac is 0; write 1.0, or no peers"))
        if self.floor_ann_frac >= self.threshold_ann_frac:
            problems.append(
                Problem(
                    ("floor_ann_frac",),
                    f"{self.floor_ann_frac:g} is not below threshold_ann_frac "
                    f"{self.threshold_ann_frac:g}; write a lower return",
                )
            )
        if self.replace_below_ann_frac is not None and self.replace_below_ann_frac >= self.threshold_ann_frac:
            problems.append(
                Problem(
                    ("replace_below_ann_frac",),
                    f"{self.replace_below_ann_frac:g} is not below threshold_ann_frac "
                    f"{self.threshold_ann_frac:g}; write a lower return",
                )
            )
        refuse(problems)
        return self

    @property
    def most_risk(self) -> float:
        """What a target is at most, times the opening's units."""
        return 1.0 - min(self.risk_cut_frac, 0.0) if self.risk_most_frac is None else self.risk_most_frac

    @property
    def may_buy(self) -> bool:
        """Whether pressure, or its absence, may make the fund buy."""
        return self.is_on and self.rebuys and self.risk_cut_frac != 0.0
