"""The volatility models, in arch's parameters."""

from dataclasses import dataclass

from backstop.terms import VolatilityLevel
from backstop.terms.declare import Kind, Rule


@dataclass(frozen=True)
class Model(Rule):
    """A volatility model.

    Attributes
    ----------
    alpha, gamma, beta
        How many of them it may have.
    power
        That of sigma that its recursion is in, where the config gives none; 2 for EGARCH, which is in logs of it.
    takes_power
        Whether the config may give one.
    is_log
        Whether it is in logs.
    """

    alpha: range
    gamma: range
    beta: range
    power: float = 2.0
    takes_power: bool = False
    is_log: bool = False

    @property
    def has_lags(self) -> bool:
        """Whether it may have several lags of each."""
        return len(self.beta) > 1

    @property
    def is_asymmetric(self) -> bool:
        """Whether falls may count for more."""
        return len(self.gamma) > 1

    def level_of(self, power: float) -> VolatilityLevel:
        """The unit of its level at `power`."""
        if self.is_log:
            return VolatilityLevel.LOGS
        return {2.0: VolatilityLevel.SQUARES, 1.0: VolatilityLevel.ABSOLUTES}.get(power, VolatilityLevel.POWERS)


_NONE, _ONE, _LAGS = range(1), range(1, 2), range(1, 6)
_SOME = range(6)


class VolatilityModel(Kind):
    """What an asset's own risk may follow."""

    rule: Model
    CONSTANT = Model("constant", "the same every day", _NONE, _NONE, _NONE)
    EWMA = Model("ewma", "a moving average of squares", _ONE, _NONE, _ONE)
    GARCH = Model("garch", "squares and earlier variance", _LAGS, _NONE, _SOME, takes_power=True)
    GJR = Model("gjr", "GARCH in which falls count for more", _LAGS, _SOME, _SOME, takes_power=True)
    TARCH = Model("tarch", "the same, in sigma itself", _LAGS, _SOME, _SOME, power=1.0, takes_power=True)
    EGARCH = Model("egarch", "the log of variance", _LAGS, _SOME, _SOME, is_log=True)
    APARCH = Model("aparch", "any power of sigma, falls counting for more", _LAGS, _SOME, _SOME, takes_power=True)
    HARCH = Model("harch", "squares averaged over several horizons", range(1, 11), _NONE, _NONE)
