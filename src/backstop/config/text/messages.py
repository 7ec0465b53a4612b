"""What a user is told of each kind of pydantic error: what is wrong; what to write instead."""

import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple, TypeAlias, get_origin

from pydantic import BaseModel

from backstop.tables.faults import LONGEST_SHOWN

_FORMS = {
    "^[A-Za-z]": "a letter, then letters, digits, - or _, 40 at most",
    "^[\\p{L}": "letters of any script, digits, blanks and .-_()&+:, 80 at most",
    "^\\d{4}-\\d": "a date like 2015-06-15",
    "^[A-Z]{3}": "three capital letters, such as CNY",
}
"""What a pattern, by how it begins, asks for."""
_NEAR_ENOUGH = 0.4
"""Of two words, for difflib: `excel` is `xlsx`."""
_OF_PARTS = ("all", "any", "of")
"""What lists the parts of an expression."""
_NO_SHARES = ("exponent", "correlation", "skew", "ewma_lambda")
"""Keys that end at 1 for other reasons than being a share: nobody writes them in percent."""


class Field(NamedTuple):
    """What an error is about: its key, what the schema says of it, and the keys that may stand beside it."""

    key: str
    description: str
    known: Mapping[str, Any]
    elsewhere: str = ""
    """The section that has a key of this name, where this one has not; empty where none has."""


Say: TypeAlias = Callable[[Any, Any, Field], str]
"""From pydantic's details of an error, its context and the field to a message."""


def _shown(value: Any) -> str:
    """`value` as TOML would write it, cut to a line's taste."""
    try:
        text = str(value) if isinstance(value, date | time) else json.dumps(value, default=str, ensure_ascii=False)
    except ValueError:  # a whole number of thousands of digits, which Python will not print
        return "a number beyond measure"
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _missing(details: Any, context: Any, field: Field) -> str:
    about = f" ({field.description})" if field.description else ""
    return f"is missing; write {_as_written(details, field)}{about}"


def _as_written(details: Any, field: Field) -> str:
    """How a key begins: at the top of a config stand tables, in it keys."""
    kind = field.known[field.key].annotation if field.key in field.known else None
    # a section may be judged by itself: only the whole has a [run] beside it
    if len(details["loc"]) > 1 or "run" not in field.known:
        return f"{field.key} = ..."
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{field.key}]"
    return f"[[{field.key}]]" if get_origin(kind) is tuple else f"{field.key} = ..."


def _unknown_key(details: Any, context: Any, field: Field) -> str:
    if field.elsewhere:
        return f"is no key of this section; write it in {field.elsewhere}"
    # pydantic puts the member of a union that a table was taken for into the place, as <all>
    member = str(details["loc"][-2]).strip("<>") if len(details["loc"]) > 1 else ""
    if field.key in field.known and member in _OF_PARTS:
        return f"is of a single condition, and here are several; write it in one of them, as {member}.0.{field.key}"
    others = [key for key in field.known if key != field.key]
    near = difflib.get_close_matches(field.key, others, n=1, cutoff=0.5)
    return f"is no known key; did you mean {near[0]}?" if near else f"is no known key; write {', '.join(others)}"


def _not_a_choice(details: Any, context: Any, field: Field) -> str:
    expected = str(context.get("expected") or context.get("expected_tags"))
    given = details["input"] if "expected" in context else context.get("tag")
    near = difflib.get_close_matches(str(given), re.findall(r"'([^']*)'", expected), n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{_shown(given)} is not among the choices; {hint}write {expected}"


def not_among(given: str, choices: Sequence[str]) -> str:
    """What is said of an option or argument that has a choice of words: the nearest, then all."""
    near = difflib.get_close_matches(given.casefold(), choices, n=1, cutoff=_NEAR_ENOUGH)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{given!r} is not among the choices; {hint}write {', '.join(choices[:-1])} or {choices[-1]}"


def _untagged(details: Any, context: Any, field: Field) -> str:
    return f"is missing; write {str(context['discriminator']).strip(chr(39))} = ... to say which kind this is"


def _not_of_type(kind: str, form: str) -> Say:
    def say(details: Any, context: Any, field: Field) -> str:
        """What was given, and the form to write."""
        return f"{_shown(details['input'])} is no {kind}; write {form}"

    return say


def _not_whole(details: Any, context: Any, field: Field) -> str:
    value = details["input"]
    remedy = (
        f"write {int(value)}" if isinstance(value, float) and value.is_integer() else "write digits only, such as 250"
    )
    return f"{_shown(value)} is no whole number; {remedy}"


def _too_large(details: Any, context: Any, field: Field) -> str:
    value, limit = details["input"], next(iter(context.values()))
    is_share = limit == 1.0 and isinstance(value, int | float) and field.key not in _NO_SHARES
    if is_share and 1.0 < value <= 100.0:
        return f"{value:g} is no share of one; write {value / 100:g} for {value:g} %"
    if is_share and 100.0 < value <= 1e4 and field.key.endswith("_frac"):
        return f"{value:g} is no share of one; write {value / 1e4:g} for {value:g} basis points"
    return f"{_shown(value)} is too large; write {_bound(details)} {limit:.12g}"


def _too_small(details: Any, context: Any, field: Field) -> str:
    limit = next(iter(context.values()))
    return f"{_shown(details['input'])} is too small; write {_bound(details)} {limit:.12g}"


def _bound(details: Any) -> str:
    return {
        "less_than_equal": "at most",
        "less_than": "less than",
        "greater_than_equal": "at least",
        "greater_than": "more than",
    }[details["type"]]


def _not_finite(details: Any, context: Any, field: Field) -> str:
    return "is infinite or no number; write a finite number"


def _bad_text(details: Any, context: Any, field: Field) -> str:
    pattern = str(context["pattern"])
    wanted = next((form for start, form in _FORMS.items() if pattern.startswith(start)), f"text of the form {pattern}")
    return f"{_shown(details['input'])} will not do; write {wanted}"


def _wrong_length(details: Any, context: Any, field: Field) -> str:
    least, most = context.get("min_length"), context.get("max_length")
    wanted = f"at least {least}" if least else f"at most {most}"
    held = context.get("actual_length")
    return f"has {held} item{'' if held == 1 else 's'}; write {wanted}"


def _own_words(details: Any, context: Any, field: Field) -> str:
    return str(context.get("error", details["msg"]))


def anything_else(details: Any, context: Any, field: Field) -> str:
    """For kinds of errors that need no remedy of their own."""
    message = str(details["msg"])
    return f"{message[:1].lower()}{message[1:]}; write {field.description or 'another value'}"


MESSAGES: dict[str, Say] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _not_a_choice,
    "union_tag_invalid": _not_a_choice,
    "union_tag_not_found": _untagged,
    "float_type": _not_of_type("number", "a number, such as 0.15"),
    "float_parsing": _not_of_type("number", "a number, such as 0.15"),
    "int_type": _not_whole,
    "int_parsing": _not_whole,
    "int_from_float": _not_whole,
    "string_type": _not_of_type("text", 'text in "quotes"'),
    "bool_type": _not_of_type("switch", "true or false"),
    "bool_parsing": _not_of_type("switch", "true or false"),
    "dict_type": _not_of_type("table", "{ key = value }"),
    "model_type": _not_of_type("table", "{ key = value }"),
    "model_attributes_type": _not_of_type("table", "{ key = value }"),
    "tuple_type": _not_of_type("list", "[value, ...]"),
    "list_type": _not_of_type("list", "[value, ...]"),
    "less_than_equal": _too_large,
    "less_than": _too_large,
    "greater_than_equal": _too_small,
    "greater_than": _too_small,
    "finite_number": _not_finite,
    "string_pattern_mismatch": _bad_text,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
    "value_error": _own_words,
}
