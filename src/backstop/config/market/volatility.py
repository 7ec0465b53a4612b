"""An asset's own risk, explicitly: the volatility model and the law of its shocks, in arch's parameters."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import Number, PositiveDays, Problem, Section, refuse
from backstop.config.choices import Distribution, Model, explained
from backstop.config.market.models import Model as ModelRule
from backstop.config.market.models import VolatilityModel
from backstop.terms import Draw

Lagged = Annotated[tuple[Number, ...], Field(max_length=5)]
Start = Literal["long-run", "last"] | Annotated[float, Field(strict=True, gt=0.0, le=1e4)]
"""Variance of day 1: the long-run one, that after the data's last day, or a multiple of the long-run one."""

LongRun = Literal["fitted", "sample"] | Annotated[float, Field(strict=True, gt=0.0, le=10.0)]
"""Volatility a year that a fitted model returns to: its own, that of the sample, or a given one."""

MIN_POWER, MAX_POWER = 0.05, 4.0
"""Between which a recursion's power of sigma may lie. [ours]"""


class Volatility(Section):
    """A volatility model; lists are lag 1 first, as in arch."""

    model: Model = Field(description=f"volatility model; {explained(VolatilityModel)}")
    omega: Number | None = Field(default=None, description="constant of the recursion")
    long_run_volatility_ann_frac: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] | None = Field(
        default=None, description="volatility a year that the model returns to, instead of omega"
    )
    alpha: Annotated[tuple[Number, ...], Field(max_length=10)] = Field(
        default=(), description="weights of earlier shocks; for HARCH of its averages"
    )
    gamma: Lagged = Field(default=(), description="weights of the asymmetry")
    beta: Lagged = Field(default=(), description="weights of earlier volatility")
    power: Annotated[float, Field(strict=True, gt=MIN_POWER, le=MAX_POWER)] | None = Field(
        default=None, description="power of sigma that the recursion is in: 2, for TARCH 1"
    )
    harch_lags: tuple[Annotated[int, Field(strict=True, ge=1, le=250)], ...] = Field(
        default=(), max_length=10, description="trading days that HARCH averages over, rising"
    )
    last_variance: tuple[Annotated[float, Field(strict=True, ge=0.0)], ...] = Field(
        default=(), max_length=250, description="variances a day of the last days, oldest first"
    )
    last_residual: tuple[Number, ...] = Field(
        default=(), max_length=250, description="residuals of the last days, oldest first"
    )
    start: Start = Field(
        default="long-run",
        description="variance of day 1: long-run, last, or a multiple of the long-run variance",
    )

    @property
    def rule(self) -> ModelRule:
        """The model's row in the table."""
        return VolatilityModel.of(self.model).rule

    @property
    def n_lags(self) -> int:
        """Days back that the recursion reads, at least 1."""
        return max(
            1,
            len(self.alpha) if self.model != "harch" else max(self.harch_lags),
            len(self.gamma),
            len(self.beta),
        )

    @model_validator(mode="after")
    def _check_parameters(self) -> Self:
        refuse([*self._count_problems(), *self._level_problems()])
        refuse([*self._sign_problems(), *self._state_problems()])
        return self

    def _miscounted(self, counts: range, given: int) -> str:
        if counts.stop - 1 == 0:
            return f"{self.model} has none; drop it"
        return f"{self.model} takes {counts.start} to {counts.stop - 1} of them, not {given}; write one for each lag"

    def _count_problems(self) -> list[Problem]:
        allowed = [(key, getattr(self.rule, key)) for key in ("alpha", "gamma", "beta")]
        problems = [
            Problem((key,), self._miscounted(counts, len(getattr(self, key))))
            for key, counts in allowed
            if len(getattr(self, key)) not in counts
        ]
        if self.model == "harch" and (
            len(self.harch_lags) != len(self.alpha) or list(self.harch_lags) != sorted(set(self.harch_lags))
        ):
            problems.append(Problem(("harch_lags",), "write rising days, one for each alpha"))
        if self.model != "harch" and self.harch_lags:
            problems.append(Problem(("harch_lags",), f"{self.model} has none; drop it"))
        if self.model == "aparch" and len(self.gamma) > len(self.alpha):
            problems.append(Problem(("gamma",), "aparch has at most one for each alpha; write fewer"))
        return problems

    def _level_problems(self) -> list[Problem]:
        n_given = sum(level is not None for level in (self.omega, self.long_run_volatility_ann_frac))
        if self.model != "ewma" and n_given != 1:
            said = "stands beside long_run_volatility_ann_frac, which gives it; drop one of the two"
            return [Problem(("omega",), said if n_given else "is missing; write it, or long_run_volatility_ann_frac")]
        if self.model == "ewma" and self.omega not in (None, 0.0):
            return [Problem(("omega",), "EWMA has none; drop it")]
        if self.model == "egarch" and self.long_run_volatility_ann_frac == 0.0:
            return [
                Problem(
                    ("long_run_volatility_ann_frac",),
                    "egarch cannot be without volatility; write more than 0",
                )
            ]
        if self.power is not None and not self.rule.takes_power:
            return [Problem(("power",), f"{self.model} has none; drop it")]
        return []

    def _sign_problems(self) -> list[Problem]:
        if self.model == "egarch":
            return []
        problems = [
            Problem((key, lag), "negative, which a variance cannot be; write 0 or more")
            for key in ("alpha", "beta")
            for lag, value in enumerate(getattr(self, key))
            if value < 0.0
        ]
        if self.omega is not None and self.omega < 0.0:
            problems.append(Problem(("omega",), "negative, which a variance cannot be; write 0 or more"))
        alphas = [*self.alpha, *([0.0] * 5)]
        if self.model == "aparch":
            return problems + [
                Problem(("gamma", lag), "aparch needs it between -1 and 1; write less")
                for lag, gamma in enumerate(self.gamma)
                if abs(gamma) >= 1.0
            ]
        return problems + [
            Problem(("gamma", lag), f"alpha + gamma is negative; write {-alphas[lag]:g} or more")
            for lag, gamma in enumerate(self.gamma)
            if alphas[lag] + gamma < 0.0
        ]

    def _state_problems(self) -> list[Problem]:
        n_known = min(len(self.last_variance), len(self.last_residual))
        if len(self.last_variance) != len(self.last_residual):
            return [Problem(("last_residual",), "write as many as last_variance")]
        if self.start == "last" and n_known < self.n_lags:
            return [
                Problem(
                    ("start",),
                    f"last needs last_variance and last_residual of {self.n_lags} days, "
                    f"not {n_known}; write them, or another start",
                )
            ]
        if self.model == "ewma" and self.start != "last" and self.long_run_volatility_ann_frac is None:
            return [Problem(("start",), 'EWMA has no long run; write start = "last", or long_run_volatility_ann_frac')]
        return []


class Innovation(Section):
    """The law of an asset's own shocks, standardised to mean 0 and variance 1."""

    distribution: Distribution = Field(
        description="law; filtered-historical draws days of fitted residuals, all such assets together"
    )
    nu: Annotated[float, Field(strict=True, gt=0.0, le=1e4)] | None = Field(
        default=None, description="Student's degrees of freedom, Hansen's eta, or the GED's shape"
    )
    skew: Annotated[float, Field(strict=True, gt=-1.0, lt=1.0)] | None = Field(
        default=None, description="Hansen's lambda, of skew-t"
    )
    block_days: PositiveDays | None = Field(
        default=None, description="days in a row that filtered-historical draws at once"
    )

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        takes = Draw.of(self.distribution).rule.takes
        problems = [
            Problem((key,), f"{self.distribution} needs it; write it") for key in takes if getattr(self, key) is None
        ]
        problems += [
            Problem((key,), f"{self.distribution} has none; drop it")
            for key in ("nu", "skew", "block_days")
            if key not in takes and getattr(self, key) is not None
        ]
        if self.distribution in ("student-t", "skew-t") and self.nu is not None and self.nu <= 2.0:
            problems.append(Problem(("nu",), f"{self.nu:g} has no variance; write more than 2"))
        refuse(problems)
        return self
