"""Trigger expressions: a condition on a signal, or all, any, or k of several expressions, nested at will."""

from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import Discriminator, Field, Tag, model_validator
from typing_extensions import TypeAliasType

from backstop.config.base import Days, Number, Place, PositiveDays, Problem, Section, refuse
from backstop.config.choices import explained
from backstop.config.funds.investors import LONGEST_RETURN_DAYS
from backstop.terms import FundSignal, MarketSignal
from backstop.terms.kinds import SignalRule

Signal = TypeVar("Signal")
SIGNALS: dict[str, MarketSignal | FundSignal] = {kind.key: kind for kind in (*MarketSignal, *FundSignal)}
"""By the word for it in a config."""


class SignalSection(Section, Generic[Signal]):
    """A section that reads market signals, or fund signals; both forms keep the description."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__doc__ = cls.__doc__ or cls.__mro__[1].__doc__


class Condition(SignalSection[Signal], Generic[Signal]):
    """One signal against one threshold."""

    signal: Signal = Field(
        description="what is read, a return, drawdown or share as a decimal, a volatility per year: "
        + explained(MarketSignal, FundSignal)
    )
    window_days: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        le=LONGEST_RETURN_DAYS,
        description="trading days the signal looks back on, where it has a window",
    )
    at_least: Number | None = Field(default=None, description="true at or above this; a decimal")
    at_most: Number | None = Field(default=None, description="true at or below this; a decimal")
    persistence_days: PositiveDays = Field(default=1, description="trading days in a row that it must hold to be true")
    lag_days: Days = Field(default=0, description="trading days from then until it is true, whatever happens meanwhile")
    leave_at: Number | None = Field(
        default=None, description="once true it stays so until the signal comes back to this; none: to the threshold"
    )
    cooldown_days: Days = Field(default=0, description="trading days before it may be true again")

    @property
    def kind(self) -> MarketSignal | FundSignal:
        """The signal's row in the table."""
        return SIGNALS[str(self.signal)]

    @property
    def rule(self) -> SignalRule:
        """Window and range of the signal."""
        return self.kind.rule

    @property
    def is_at_least(self) -> bool:
        """The condition holds from the threshold upwards, else downwards."""
        return self.at_least is not None

    @property
    def is_latched(self) -> bool:
        """Whether it says more than what the signal is today."""
        return (
            self.persistence_days > 1 or self.lag_days > 0 or self.leave_at is not None or self.cooldown_days > 0
        )

    @property
    def threshold(self) -> float:
        """The one threshold that was given."""
        return self.at_least if self.at_least is not None else self.at_most if self.at_most is not None else 0.0

    @model_validator(mode="after")
    def _check_condition(self) -> Self:
        refuse([*self._wrong_window(), *self._wrong_threshold(), *self._wrong_exit()])
        return self

    def _wrong_window(self) -> list[Problem]:
        if self.rule.has_window and self.window_days is None:
            return [Problem(("window_days",), f"{self.signal} looks back; write window_days, such as 20 or 250")]
        if not (self.rule.has_window or self.rule.may_have_window) and self.window_days is not None:
            return [Problem(("window_days",), f"{self.signal} has no window; leave window_days out")]
        return []

    def _wrong_exit(self) -> list[Problem]:
        """Hysteresis: a condition is left on the calm side of its threshold."""
        if self.leave_at is None or (self.at_least is None) == (self.at_most is None):
            return []
        is_beyond = self.leave_at > self.threshold if self.is_at_least else self.leave_at < self.threshold
        if not is_beyond:
            return []
        word = "less" if self.is_at_least else "more"
        return [
            Problem(
                ("leave_at",),
                f"{self.leave_at:g} lies beyond the threshold {self.threshold:g}; write {self.threshold:g} or {word}",
            )
        ]

    def _wrong_threshold(self) -> list[Problem]:
        if (self.at_least is None) == (self.at_most is None):
            return [Problem((), "needs one threshold; write at_least = ... or at_most = ...")]
        lowest, highest = self.rule.lowest, self.rule.highest
        if lowest <= self.threshold <= highest:
            return []
        percent = self.threshold / 100.0
        remedy = (
            f"write {percent:g} for {self.threshold:g} %"
            if lowest <= percent <= highest
            else f"write a number from {lowest:g} to {highest:g}"
        )
        key = "at_least" if self.is_at_least else "at_most"
        return [Problem((key,), f"{self.threshold:g} is no value of {self.signal}; {remedy}")]


class AllOf(SignalSection[Signal], Generic[Signal]):
    """True where every part is."""

    all: tuple["Expression[Signal]", ...] = Field(min_length=1, max_length=32, description="every part must hold")


class AnyOf(SignalSection[Signal], Generic[Signal]):
    """True where at least one part is."""

    any: tuple["Expression[Signal]", ...] = Field(min_length=1, max_length=32, description="one part must hold")


class KOfN(SignalSection[Signal], Generic[Signal]):
    """True where at least k parts are."""

    k_of_n: int = Field(strict=True, ge=1, le=32, description="how many parts must hold")
    of: tuple["Expression[Signal]", ...] = Field(min_length=1, max_length=32, description="the parts")

    @model_validator(mode="after")
    def _check_k(self) -> Self:
        if self.k_of_n > len(self.of):
            refuse(
                [
                    Problem(
                        ("k_of_n",),
                        f"{self.k_of_n} of {len(self.of)} parts can never hold; write 1 to {len(self.of)}",
                    )
                ]
            )
        return self


def _form(value: Any) -> str:
    """Which form of expression a table or model is, by its key."""
    keys = value if isinstance(value, dict) else type(value).model_fields if isinstance(value, Section) else ()
    return next((f"<{key}>" for key in ("all", "any", "k_of_n") if key in keys), "<condition>")


Expression = TypeAliasType(
    "Expression",
    Annotated[
        Annotated[Condition[Signal], Tag("<condition>")]
        | Annotated[AllOf[Signal], Tag("<all>")]
        | Annotated[AnyOf[Signal], Tag("<any>")]
        | Annotated[KOfN[Signal], Tag("<k_of_n>")],
        Discriminator(_form),
    ],
    type_params=(Signal,),
)
"""``{ signal, window_days, at_least | at_most }``, ``{ all }``, ``{ any }`` or ``{ k_of_n, of }``."""


def parts_of(expression: "Expression[Signal]") -> "tuple[Expression[Signal], ...]":
    """What an inner node joins; nothing for a condition."""
    if isinstance(expression, AllOf):
        return expression.all
    if isinstance(expression, AnyOf):
        return expression.any
    return expression.of if isinstance(expression, KOfN) else ()


def conditions_in(expression: "Expression[Signal]", place: Place = ()) -> "list[tuple[Place, Condition[Signal]]]":
    """The leaves as written, each with its place; `place` is the expression's own."""
    if isinstance(expression, Condition):
        return [(place, expression)]
    key = "all" if isinstance(expression, AllOf) else "any" if isinstance(expression, AnyOf) else "of"
    return [
        leaf
        for position, part in enumerate(parts_of(expression))
        for leaf in conditions_in(part, (*place, key, position))
    ]
