"""What every section of a config is made of: strict models, numbers with bounds, problems with places."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands: table keys and positions in lists, from the top of the config or of a section."""


class Section(BaseModel):
    """A table of the config: unknown keys, infinities and NaN are refused, values never change."""

    # what checks a section is built with that of the config it is in, not once more by itself
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True,
                              defer_build=True)


def stated(table: Mapping[str, Any], section: type[Section], key: str) -> Any:
    """What a table that is not checked yet says of `key`, or the default that its section declares."""
    return table.get(key, section.model_fields[key].default)


Number = Annotated[float, Field(strict=True)]
Frac = Annotated[float, Field(strict=True, ge=0.0, le=1.0)]
"""A share or probability, 0.05 is five per cent."""
PositiveFrac = Annotated[float, Field(strict=True, gt=0.0, le=1.0)]
SignedFrac = Annotated[float, Field(strict=True, ge=-1.0, le=1.0)]
Amount = Annotated[float, Field(strict=True, ge=0.0, le=1e18)]
"""Money in the config's currency."""
PositiveAmount = Annotated[float, Field(strict=True, gt=0.0, le=1e18)]
Days = Annotated[int, Field(strict=True, ge=0, le=100_000)]
"""Trading days."""
PositiveDays = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Date = Annotated[str, Field(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}$")]
Switch = Annotated[bool, Field(strict=True)]
Name = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
"""What assets, facilities, layers and arms are called; becomes part of column names."""
_IN_LABELS = r"\p{L}\p{N}\p{M}._()\uff08\uff09&+:\u00b7\u3001 -"
Label = Annotated[str, Field(strict=True, pattern=rf"^[\p{{L}}\p{{N}}][{_IN_LABELS}]{{0,79}}$")]
"""What funds are called: a code (000001.OF) or a name in any script; stands in cells, never in names of columns."""


class Problem(NamedTuple):
    """One thing wrong: where, and "what is wrong; what to write instead"."""

    place: Place
    message: str


CHECK = "check"
"""Type of the pydantic errors that problems travel in."""


def refuse(problems: Iterable[Problem]) -> None:
    """Raise all `problems` at once, each at its own place, if there are any."""
    details = [
        InitErrorDetails(type=PydanticCustomError(CHECK, "{message}", {"message": p.message}), loc=p.place, input=None)
        for p in problems
    ]
    if details:
        raise ValidationError.from_exception_data("Config", details)


def repeated_names(names: Sequence[str], place: Place) -> list[Problem]:
    """A problem for each name given more than once, in whatever case; `place` is the list they stand in."""
    seen: Counter[str] = Counter()
    problems = []
    for position, name in enumerate(names):
        seen[name.casefold()] += 1
        if seen[name.casefold()] > 1:
            problems.append(Problem((*place, position, "name"), f"{name!r} is taken; write another name"))
    return problems


def not_one(total: float) -> bool:
    """Whether shares that must add up to 1 do not, beyond the rounding of decimals."""
    return abs(total - 1.0) > 1e-9
