"""What to fit: model, lags, distribution, mean and sample, checked before arch is asked."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from backstop.config.choices import FittedLaw, Model
from backstop.config.market.models import VolatilityModel
from backstop.errors import CalibrationError
from backstop.terms import Draw

MODELS = VolatilityModel.keys()
DISTRIBUTIONS = tuple(law.key for law in Draw if law.rule.is_fitted)
MAX_LAG = 5
MAX_HARCH_LAG = 250
MIN_RETURNS = 250
"""A year of returns; less does not show a volatility's persistence. [ours]"""
MIN_RETURNS_PER_PARAMETER = 50
"""[ours]"""
_LAGGED = tuple(model.key for model in VolatilityModel if model.rule.has_lags)
ASYMMETRIC = tuple(model.key for model in VolatilityModel if model.rule.is_asymmetric)


@dataclass(frozen=True)
class CalibrationSpec:
    """One model to fit.

    Attributes
    ----------
    model, distribution, mean
        Volatility model, innovations, and whether the mean return is estimated or zero.
    p, o, q
        Lags of shocks, of the asymmetry and of variance, 1 to 5 (o and q also 0); o is 1 unless given, 0 for
        ``garch``. Models without lags ignore them.
    harch_lags
        Days over which HARCH averages squared shocks.
    ewma_lambda
        EWMA's weight of yesterday's variance, 0.94 as RiskMetrics (1996); None estimates it.
    backcast
        Variance before the first day: arch's decaying average of the first 75 squared residuals, or the mean
        squared residual (Fiorentini, Calzolari and Panattoni 1996).
    first, last
        Days (ISO) that bound the sample of the likelihood; variances are filtered on to the end of the data.
    """

    model: Model = "gjr"
    distribution: FittedLaw = "student-t"
    mean: Literal["constant", "zero"] = "constant"
    p: int = 1
    o: int | None = None
    q: int = 1
    harch_lags: tuple[int, ...] = (1, 5, 22)
    ewma_lambda: float | None = 0.94
    backcast: Literal["decaying", "mean-square"] = "decaying"
    first: str | None = None
    last: str | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def lags(self) -> tuple[int, int, int]:
        """(p, o, q) in force; zeros for models without lags."""
        if self.model not in _LAGGED:
            return 0, 0, 0
        asymmetric = self.model in ASYMMETRIC
        return self.p, (int(asymmetric) if self.o is None else self.o), self.q

    @property
    def state_lags(self) -> int:
        """Days of variance and residual that the next day's variance needs, at least 1."""
        return max(self.harch_lags) if self.model == "harch" else max(1, *self.lags)

    @property
    def title(self) -> str:
        """Short name for messages and tables, as ``gjr(1,1,1) student-t``."""
        lags = f"({','.join(map(str, self.lags))})" if self.model in _LAGGED else ""
        return f"{self.model}{lags} {self.distribution}"

    @property
    def minimum_returns(self) -> int:
        """Fewest returns on which this model is fitted."""
        return max(MIN_RETURNS, MIN_RETURNS_PER_PARAMETER * len(self.parameter_names), 2 * self.state_lags)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Estimated parameters in arch's order: mean, volatility, distribution."""
        return (*(("mu",) if self.mean == "constant" else ()), *self._volatility_names, *self._shape_names)

    @property
    def _volatility_names(self) -> tuple[str, ...]:
        if self.model == "ewma":
            return () if self.ewma_lambda is not None else ("lambda",)
        if self.model == "harch":
            return ("omega", *(f"alpha[{lag}]" for lag in self.harch_lags))
        counts = zip(("alpha", "gamma", "beta"), self.lags, strict=True)
        lagged = [f"{name}[{lag}]" for name, count in counts for lag in range(1, count + 1)]
        return ("omega", *lagged, *(("delta",) if self.model == "aparch" else ()))

    @property
    def _shape_names(self) -> tuple[str, ...]:
        return {"normal": (), "skew-t": ("nu", "skew")}.get(self.distribution, ("nu",))

    def canonical(self) -> dict[str, Any]:
        """The specification with only what is in force, for hashing."""
        everything = asdict(self) | {"p": self.lags[0], "o": self.lags[1], "q": self.lags[2]}
        unused = {"harch_lags": self.model != "harch", "ewma_lambda": self.model != "ewma"}
        return {key: None if unused.get(key, False) else value for key, value in everything.items()}


def _check(spec: CalibrationSpec) -> None:
    if spec.model not in MODELS:
        raise CalibrationError(f"no volatility model {spec.model!r}; write one of {', '.join(MODELS)}")
    if spec.distribution not in DISTRIBUTIONS:
        raise CalibrationError(f"no distribution {spec.distribution!r}; "
                               f"write one of {', '.join(DISTRIBUTIONS)}")
    if spec.mean not in ("constant", "zero"):
        raise CalibrationError(f"no mean {spec.mean!r}; write constant or zero")
    if spec.model in _LAGGED:
        _check_lags(spec)
    if spec.model == "harch":
        _check_harch_lags(spec.harch_lags)
    if spec.model == "ewma" and spec.ewma_lambda is not None and not 0.0 < spec.ewma_lambda < 1.0:
        raise CalibrationError(f"ewma_lambda {spec.ewma_lambda} is not between 0 and 1; "
                               "RiskMetrics uses 0.94")


def _check_lags(spec: CalibrationSpec) -> None:
    p, o, q = spec.lags
    if not (1 <= p <= MAX_LAG and 0 <= o <= MAX_LAG and 0 <= q <= MAX_LAG):
        raise CalibrationError(f"{spec.title}: p is 1 to {MAX_LAG}, o and q 0 to {MAX_LAG}")
    if spec.model == "garch" and o:
        raise CalibrationError(f"{spec.title}: garch has no asymmetry; write o = 0, or model gjr")
    if spec.model == "aparch" and o > p:
        raise CalibrationError(f"{spec.title}: aparch needs o <= p; write p = {o}")


def _check_harch_lags(lags: tuple[int, ...]) -> None:
    if not lags or min(lags) < 1 or max(lags) > MAX_HARCH_LAG or list(lags) != sorted(set(lags)):
        raise CalibrationError(f"harch_lags {list(lags)}: write rising days from 1 to {MAX_HARCH_LAG}, "
                               "like [1, 5, 22]")
