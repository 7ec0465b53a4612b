"""From pydantic's errors to problems a user can act on: where, what is wrong, what to write instead."""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from backstop.config.base import CHECK, Place, Problem, Section

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_SHOWN = 40


def problems_of(error: ValidationError, tree: Any, model: type[Section]) -> list[Problem]:
    """Every error that validating `tree` as `model` met."""
    return [_problem(dict(details), tree, model) for details in error.errors(include_url=False)]


def written(tree: Any, place: Place) -> str:
    """`place` as a user writes it: items of lists by name where they have one, else by position."""
    parts, node = [], tree
    for step in place:
        node = _child(node, step)
        name = node.get("name") if isinstance(step, int) and isinstance(node, Mapping) else None
        part = str(name if isinstance(name, str) else step)
        parts.append(part if _BARE.fullmatch(part) else json.dumps(part))
    return ".".join(parts)


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, Mapping):
        return node.get(step)
    if isinstance(node, list | tuple) and isinstance(step, int) and 0 <= step < len(node):
        return node[step]
    return None


def _problem(details: dict[str, Any], tree: Any, model: type[Section]) -> Problem:
    place = _place(details["loc"], tree)
    context = details.get("ctx", {})
    if details["type"].startswith("union_tag"):
        place = (*place, str(context["discriminator"]).strip("'"))
    if details["type"] == CHECK:
        return Problem(place, str(context["message"]))
    say = _MESSAGES.get(details["type"], _anything_else)
    return Problem(place, say(details, context, _Fields(model, details["loc"])))


def _place(loc: Place, tree: Any) -> Place:
    """`loc` without the steps that pydantic adds for the members of a union: they are no keys of the tree."""
    place: list[str | int] = []
    node = tree
    for position, step in enumerate(loc):
        is_last = position == len(loc) - 1
        if isinstance(node, Mapping) and (step in node or (is_last and not _is_tag(step))):
            place.append(step)
            node = node.get(step)
        elif isinstance(node, list | tuple) and isinstance(step, int):
            place.append(step)
            node = _child(node, step)
    return tuple(place)


def _is_tag(step: str | int) -> bool:
    return isinstance(step, str) and step[:1] in ("<", "[")


class _Fields:
    """The fields of the models that an error's place leads to, and the field it is about."""

    def __init__(self, model: type[Section], loc: Place) -> None:
        self.last = str(loc[-1]) if loc else ""
        models: list[type[BaseModel]] = [model]
        for step in loc[:-1]:
            if isinstance(step, str):
                models = _step(models, step)
        self.known: dict[str, FieldInfo] = {
            name: info for kind in models for name, info in kind.model_fields.items()
        }

    @property
    def description(self) -> str:
        """What the field is, from the schema."""
        info = self.known.get(self.last)
        return (info.description or "") if info else ""


def _step(models: list[type[BaseModel]], step: str) -> list[type[BaseModel]]:
    """One step of a place: into a field of a model, or onto the member of a union that a tag names."""
    fields = [
        m for kind in models if (info := kind.model_fields.get(step)) for m in _models_in(info.annotation)
    ]
    tagged = [kind for kind in models if step in _tags(kind)]
    return fields or tagged or models


def _tags(kind: type[BaseModel]) -> set[str]:
    """What may name `kind` in a place: the values of its literal fields."""
    return {
        str(value)
        for info in kind.model_fields.values()
        for value in get_args(info.annotation)
        if isinstance(value, str)
    }


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    inner = [*get_args(annotation), getattr(getattr(annotation, "__origin__", annotation), "__value__", None)]
    for part in inner:
        if part is not None and not isinstance(part, str):
            yield from _models_in(part)


def _shown(value: Any) -> str:
    """`value` as TOML would write it, cut to a line's taste."""
    try:
        text = json.dumps(value, default=str)
    except ValueError:  # a whole number of thousands of digits, which Python will not print
        return "a number beyond measure"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _missing(details: Any, context: Any, fields: _Fields) -> str:
    about = f" ({fields.description})" if fields.description else ""
    return f"is missing; write {fields.last} = ...{about}"


def _unknown_key(details: Any, context: Any, fields: _Fields) -> str:
    near = difflib.get_close_matches(fields.last, fields.known, n=1, cutoff=0.5)
    return (
        f"is no known key; did you mean {near[0]}?"
        if near
        else f"is no known key; write {', '.join(fields.known)}"
    )


def _not_a_choice(details: Any, context: Any, fields: _Fields) -> str:
    expected = str(context.get("expected") or context.get("expected_tags"))
    given = details["input"] if "expected" in context else context.get("tag")
    near = difflib.get_close_matches(str(given), re.findall(r"'([^']*)'", expected), n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{_shown(given)} is not among the choices; {hint}write {expected}"


def _untagged(details: Any, context: Any, fields: _Fields) -> str:
    return f"is missing; write {str(context['discriminator']).strip(chr(39))} = ... to say which kind this is"


def _not_of_type(wanted: str) -> Callable[[Any, Any, _Fields], str]:
    def say(details: Any, context: Any, fields: _Fields) -> str:
        return (
            f"{_shown(details['input'])} is no {wanted.partition(',')[0]}; write {wanted.replace(',', '', 1)}"
        )

    return say


def _not_whole(details: Any, context: Any, fields: _Fields) -> str:
    value = details["input"]
    remedy = (
        f"write {int(value)}"
        if isinstance(value, float) and value.is_integer()
        else "write digits only, such as 250"
    )
    return f"{_shown(value)} is no whole number; {remedy}"


def _too_large(details: Any, context: Any, fields: _Fields) -> str:
    value, limit = details["input"], next(iter(context.values()))
    if limit == 1.0 and isinstance(value, int | float) and 1.0 < value <= 100.0:
        return f"{value:g} is no share of one; write {value / 100:g} for {value:g} %"
    return f"{_shown(value)} is too large; write {_bound(details)} {limit:.12g}"


def _too_small(details: Any, context: Any, fields: _Fields) -> str:
    limit = next(iter(context.values()))
    return f"{_shown(details['input'])} is too small; write {_bound(details)} {limit:.12g}"


def _bound(details: Any) -> str:
    return {
        "less_than_equal": "at most",
        "less_than": "less than",
        "greater_than_equal": "at least",
        "greater_than": "more than",
    }[details["type"]]


def _not_finite(details: Any, context: Any, fields: _Fields) -> str:
    return "is infinite or no number; write a finite number"


def _bad_text(details: Any, context: Any, fields: _Fields) -> str:
    pattern = str(context["pattern"])
    wanted = (
        "a letter, then letters, digits, - or _, 40 at most"
        if pattern.startswith("^[A-Za-z]")
        else f"text of the form {pattern}"
    )
    return f"{_shown(details['input'])} will not do; write {wanted}"


def _wrong_length(details: Any, context: Any, fields: _Fields) -> str:
    least, most = context.get("min_length"), context.get("max_length")
    wanted = f"at least {least}" if least else f"at most {most}"
    return f"has {context.get('actual_length')} items; write {wanted}"


def _own_words(details: Any, context: Any, fields: _Fields) -> str:
    return str(context.get("error", details["msg"]))


def _anything_else(details: Any, context: Any, fields: _Fields) -> str:
    message = str(details["msg"])
    return f"{message[:1].lower()}{message[1:]}; write {fields.description or 'another value'}"


_MESSAGES: dict[str, Callable[[Any, Any, _Fields], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _not_a_choice,
    "union_tag_invalid": _not_a_choice,
    "union_tag_not_found": _untagged,
    "float_type": _not_of_type("number, such as 0.15"),
    "float_parsing": _not_of_type("number, such as 0.15"),
    "int_type": _not_whole,
    "int_parsing": _not_whole,
    "int_from_float": _not_whole,
    "string_type": _not_of_type('text, in "quotes"'),
    "bool_type": _not_of_type("switch, true or false"),
    "bool_parsing": _not_of_type("switch, true or false"),
    "dict_type": _not_of_type("table, { key = value }"),
    "model_type": _not_of_type("table, { key = value }"),
    "model_attributes_type": _not_of_type("table, { key = value }"),
    "tuple_type": _not_of_type("list, [ ... ]"),
    "list_type": _not_of_type("list, [ ... ]"),
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
