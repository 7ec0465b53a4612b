"""What a declaration is: each field of terms and of state says its axes, unit and meaning where it stands.

A field is ``name: Annotated[Floats, Term(axes, unit, meaning)]`` of a NamedTuple under `declared`, which refuses what
is missing or wrong when the module is imported. Units, descriptions and checks of shapes derive from it. Modules with
declarations do not postpone their annotations (``from __future__ import annotations``): they are read as they are.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, Self, TypeVar, get_args, get_type_hints, runtime_checkable

from backstop.terms.numbers import Floats, Integers

T = TypeVar("T")

AXES = {
    "arm": "arms of the run",
    "day": "days of the run",
    "asset": "assets of the market",
    "fed_asset": "assets, or none where impact feeds no variance",
    "fund": "funds",
    "class": "investor classes of a fund",
    "cause": "causes of requests beyond the base rate: losses (stressed), then gains",
    "rung": "rungs of a score ladder",
    "year": "calendar years of the run, the first of them the one that day 1 lies in",
    "comparison": "sets of peers, each with a window that some score looks back on",
    "sample": "samples of the score, the latest of them the opening",
    "nav": "closing NAV per share before day 1, oldest first",
    "facility": "facilities in force",
    "step": "steps of a rate",
    "layer": "layers of the pool, the first loses first",
    "market_signal": "distinct signals of the index",
    "fund_signal": "distinct signals of a fund",
    "close": "closes of the index before day 1, oldest first",
    "replayed_asset": "assets, or none where none takes a real window",
    "high_close": "closes of the index that its high looks back on, oldest first",
    "bottom": "days whose prices a window's sales are held to, a ring",
    "key": "keys: of facility k the system key 2k and the fund key 2k+1",
    "node": "nodes of all expressions",
    "child": "places of child nodes",
    "latch": "conditions with a past",
    "hand": "stretches of days on which a key is turned by hand",
    "suspension": "stretches of days on which an asset does not trade",
    "lag": "lags of a volatility recursion, lag 1 first",
    "level": "days whose level a recursion knows at the opening: a day more than lags",
    "map": "functions kept as tables",
    "map_word": "words of such a table: value and slope, node by node",
    "replayed_day": "days from the first whose closes are those of a real window",
    "residual_day": "days of standardised residuals",
    "joint": "assets drawn together, the longest pinned first",
    "other_joint": "the same, as columns of a matrix",
    "pinned_day": "days from the first on which returns are given",
    "jump": "assets that jump",
    "jump_count": "numbers of jumps in a day",
    "notice": "days of notice, a ring",
    "settlement": "days on which sales may settle, a ring",
    "arrival": "days on which what is approved may arrive, a ring",
    "call": "days on which called capital may arrive, a ring",
    "metric": "daily metrics",
    "bin": "bins of a daily metric",
    "moving": "assets drawn together, or none where their correlation does not move",
    "other_moving": "the same, as columns of a matrix",
    "fed_day": "days of the run, or none where impact feeds no variance",
}
"""Every axis of terms and of state, and what stands along it; lanes are never named."""

UNITS = {
    "1": "a pure number",
    "0 or 1": "a truth value",
    "sign": "1 or -1",
    "code": "which of a table of kinds",
    "number": "a position, from 0; -1 for none",
    "count": "a whole number of things",
    "trading days": "days on which the market is open",
    "day": "a day of the run, from 1",
    "samples": "score samples, 21 trading days apart",
    "share": "a decimal share of what follows",
    "chance": "a probability",
    "times": "a multiple of what follows",
    "quanta": "money, in whole quanta",
    "currency": "money, in the config's currency",
    "units": "of an asset, each worth one quantum at the opening",
    "shares of a fund": "each worth one quantum at the opening",
    "price": "over the opening price",
    "log price": "its natural logarithm, or a distance of two of them",
    "NAV per share": "over that of the opening",
    "log NAV per share": "its natural logarithm",
    "log return": "of a day, as a decimal",
    "squared log return": "of a day",
    "return a year": "as a decimal",
    "volatility a day": "standard deviation of a day's log return",
    "volatility a year": "the same, times the square root of 252",
    "rate a day": "simple interest, as a decimal",
    "level": "of a volatility model, in the power that it runs on",
    "standard deviations": "of a standardised shock",
    "unit of the signal": "that of the signal that a condition reads",
}
"""Every unit. What it is a share or a number of, or per what time, may follow: ``share of NAV a day``."""


@dataclass(frozen=True)
class Rule:
    """The row of a kind that needs no more than a name."""

    key: str
    """As a config writes it."""
    meaning: str


class Kind(IntEnum):
    """A table of kinds: a member a row, ``NAME = Rule(key, meaning, ...)``; codes are 0, 1, ... in order.

    Terms hold the codes and kernels compare with the members, which are numbers to them.
    """

    rule: Any

    def __new__(cls, rule: Any) -> Self:
        """The next member, numbered by its place."""
        member = int.__new__(cls, len(cls.__members__))
        member._value_, member.rule = len(cls.__members__), rule
        return member

    @property
    def key(self) -> str:
        """What a config calls it."""
        return str(self.rule.key)

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """What a config may write, in the order of the codes."""
        return tuple(kind.key for kind in cls)

    @classmethod
    def of(cls, key: str) -> Self:
        """The member that a config calls `key`.

        Raises
        ------
        KeyError
            There is none.
        """
        for kind in cls:
            if kind.key == key:
                return kind
        raise KeyError(f"{key!r} is no {cls.__name__}; write one of {', '.join(cls.keys())}")


def covers(kinds: type[Kind], *functions: Any, elsewhere: Collection[Kind] = ()) -> None:
    """Make sure that `functions`, which choose by a code, name every member of its table, or `elsewhere` does.

    Raises
    ------
    TypeError
        They name fewer: a kind would be left out, or taken for another.
    """
    named = {name for function in functions for name in getattr(function, "py_func", function).__code__.co_names}
    missing = [kind.name for kind in kinds if kind.name not in named and kind not in elsewhere]
    if missing:
        where = ", ".join(getattr(function, "py_func", function).__name__ for function in functions)
        raise TypeError(f"{kinds.__name__}.{missing[0]} is not chosen in {where}")


@runtime_checkable
class Declares(Protocol):
    """What may stand beside the type of a field."""

    def problem(self, base: Any) -> str:
        """What is wrong with it for a field of type `base`; empty for nothing."""


@dataclass(frozen=True)
class Declaration:
    """Axes from slow to fast, separated by spaces (none for a number), unit and meaning of a field."""

    axes: str
    unit: str
    meaning: str

    def problem(self, base: Any) -> str:
        """What is wrong with it for a field of type `base`; empty for nothing."""
        return wrong_axes(self.axes) or wrong_unit(self.unit) or ("" if self.meaning else "has no meaning; write one")


@dataclass(frozen=True)
class Term(Declaration):
    """What kernels read.

    Attributes
    ----------
    kinds
        The table that a code is of.
    none
        The number that stands for none, such as no cap.
    of
        The axis on which a number is a position.
    """

    kinds: type[Kind] | None = None
    none: float | None = None
    of: str = ""

    def problem(self, base: Any) -> str:
        """As of every declaration; besides, arrays have axes and numbers have none."""
        if base not in (Floats, Integers, float, int):
            return f"is of {base}; write Floats or Integers, float or int"
        if bool(self.axes) != (base in (Floats, Integers)):
            return "is a number with axes, or an array without"
        if (self.unit == "code") != (self.kinds is not None):
            return "has a table of kinds without the unit 'code', or the unit without the table"
        return super().problem(base) or wrong_axes(self.of)


def wrong_axes(axes: str) -> str:
    """What is wrong with the names of `axes`; empty for nothing."""
    unknown = [axis for axis in axes.split() if axis not in AXES]
    return f"has the axis {unknown[0]!r}; write one of {', '.join(AXES)}" if unknown else ""


def wrong_unit(unit: str) -> str:
    """What is wrong with the name of a `unit`; empty for nothing."""
    is_known = any(unit == known or unit.startswith(f"{known} ") for known in UNITS)
    return "" if is_known else f"has the unit {unit!r}; write one of {', '.join(UNITS)}, and of what"


def fields_of(kind: Any) -> dict[str, tuple[Any, Any]]:
    """Type and declaration (None without one) of every field of the NamedTuple `kind`, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: get_args(hints[name])[:2] if hasattr(hints[name], "__metadata__") else (hints[name], None)
        for name in kind._fields
    }


def declared(kind: type[T]) -> type[T]:
    """The NamedTuple `kind`, once each field is declared or is a declared NamedTuple itself.

    Raises
    ------
    TypeError
        A field is not, or its declaration is wrong: type checkers do not look into ``Annotated``.
    """
    for name, (base, said) in fields_of(kind).items():
        if said is None and _is_nested(base):
            continue
        problem = (
            said.problem(base)
            if isinstance(said, Declares)
            else "has no axes and unit; write Annotated[..., Term(axes, unit, meaning)]"
        )
        if problem:
            raise TypeError(f"{kind.__name__}.{name} {problem}")
    return kind


def _is_nested(base: Any) -> bool:
    """Whether a field is a NamedTuple of its own, or several of one kind."""
    return any(hasattr(kind, "_fields") for kind in (base, *get_args(base)))


def terms_of(section: Any, path: str = "") -> Iterator[tuple[str, Term, Any]]:
    """Dotted path, declaration and value of every term below `section`, a declared NamedTuple."""
    for (name, (_, said)), value in zip(fields_of(type(section)).items(), section, strict=True):
        if said is None:
            yield from terms_of(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", said, value
