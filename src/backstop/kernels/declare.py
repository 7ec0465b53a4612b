"""What a declaration of state is: each row that an arm carries says its unit, meaning and axes where it stands.

State is ``name: Annotated[Floats, State(unit, meaning)]`` of a NamedTuple under `declared`, such a NamedTuple is a
``part: Annotated[Funds, Part("fund")]`` of `backstop.kernels.state.ArmState`. Memory, rows that only some arms have,
the opening and the labels of a trace derive from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from backstop.terms import ArmTerms, Floats
from backstop.terms.declare import wrong_axes, wrong_unit

Condition: TypeAlias = Callable[[ArmTerms], bool]
"""Whether an arm has a rule."""
Opening: TypeAlias = float | Callable[[ArmTerms], Floats]
"""A number for all rows, or what an arm opens with: values that fill the rows in order."""


@dataclass(frozen=True)
class State:
    """Rows of lanes, one for each item along its axes.

    Attributes
    ----------
    unit, meaning
        Of `backstop.terms.declare.UNITS`; a line.
    axes
        From slow to fast, separated by spaces, empty for one row; those of its part unless given.
    when
        The rule that an arm must have for there to be any rows; always, unless given.
    opening
        Before day 1.
    is_traced
        Whether a trace keeps it: not what repeats the past, nor what lives within a stage.
    """

    unit: str
    meaning: str
    axes: str | None = None
    when: Condition | None = None
    opening: Opening = 0.0
    is_traced: bool = True

    def problem(self, base: Any) -> str:
        """What is wrong with it for a field of type `base`; empty for nothing."""
        if base != Floats:
            return f"is of {base}; write Floats"
        no_meaning = "" if self.meaning else "has no meaning; write one"
        return wrong_axes(self.axes or "") or wrong_unit(self.unit) or no_meaning


@dataclass(frozen=True)
class Part:
    """A tuple of state.

    Attributes
    ----------
    axes
        Of all fields that say nothing else.
    when
        The rule that an arm must have for there to be any of it.
    is_shared
        Whether arms of a tile share it: then an arm allocates no rows of it and leaves them as they are.
    """

    axes: str
    when: Condition | None = None
    is_shared: bool = False

    def problem(self, base: Any) -> str:
        """What is wrong with it for a field of type `base`; empty for nothing."""
        return wrong_axes(self.axes) if hasattr(base, "_fields") else f"is of {base}; write a NamedTuple of State"
