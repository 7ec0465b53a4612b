"""From pydantic's errors to problems a user can act on: where, what is wrong, what to write instead."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from backstop.config.base import CHECK, Place, Problem, Section
from backstop.config.text.messages import MESSAGES, Field, anything_else
from backstop.config.text.source_lines import nearest_line

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def problems_of(error: ValidationError, tree: Any, model: type[Section]) -> list[Problem]:
    """Every error that validating `tree` as `model` met."""
    every: list[dict[str, Any]] = [dict(details) for details in error.errors(include_url=False)]
    found = [(details["loc"], _problem(details, tree, model)) for details in every if not _is_miscount(details, every)]
    return _without_twins([(loc[-1:] != problem.place[-1:], problem) for loc, problem in found])


def _is_miscount(details: dict[str, Any], every: Sequence[dict[str, Any]]) -> bool:
    """Whether a list seems too short only because pydantic does not count the items in it that are wrong."""
    inside = (len(other["loc"]) > len(details["loc"]) and other["loc"][: len(details["loc"])] == details["loc"]
              for other in every)
    return details["type"] == "too_short" and any(inside)


def _without_twins(found: Sequence[tuple[bool, Problem]]) -> list[Problem]:
    """One problem where a value fits no member of a union: what is wrong for one, then what each would take.

    The bool says whether a problem is that of one member. A member with problems further inside is what was meant.
    """
    inside = {problem.place[:depth] for _, problem in found for depth in range(len(problem.place))}
    kept: dict[Place | int, Problem] = {}
    for position, (is_member, problem) in enumerate(found):
        if is_member and problem.place in inside:
            continue
        key = problem.place if is_member else position
        twin = kept.get(key)
        wanted = problem.message.rpartition("write ")[2]
        kept[key] = problem if twin is None else Problem(problem.place, f"{twin.message} or {wanted}")
    return list(kept.values())


def located(problems: Sequence[Problem], tree: dict[str, Any], places: Sequence[Place], source: str,
            lines: Mapping[Place, int]) -> list[str]:
    """A line for each problem, in the order of the file; those of overrides, which changed `places`, last."""
    in_file, in_settings = [], []
    for place, message in problems:
        what = f"{written(tree, place)}: {message}" if place else message
        if any(place[: len(changed)] == changed for changed in places):
            in_settings.append(f"--set {what}")
        else:
            in_file.append((nearest_line(lines, place), what))
    return [f"{source}:{line}: {what}" for line, what in sorted(in_file, key=lambda item: item[0])] + in_settings


def written(tree: Any, place: Place) -> str:
    """`place` as a user writes it: items of lists by name where they have one, else by position."""
    parts, node = [], tree
    for step in place:
        node = _child(node, step)
        name = node.get("name") if isinstance(step, int) and isinstance(node, Mapping) else None
        part = str(name if isinstance(name, str) else step)
        parts.append(part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False))
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
    say = MESSAGES.get(details["type"], anything_else)
    return Problem(place, say(details, context, _field(model, details["loc"])))


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


def _field(model: type[Section], loc: Place) -> Field:
    """The field of `model`, or of a section within it, that `loc` leads to."""
    models: list[type[BaseModel]] = [model]
    for step in loc[:-1]:
        if isinstance(step, str):
            models = _step(models, step)
    known = {name: info for kind in models for name, info in kind.model_fields.items()}
    key = str(loc[-1]) if loc else ""
    elsewhere = "" if key in known else ".".join(next(_places_of(key, model, set()), ()))
    return Field(key, (known[key].description or "") if key in known else "", known, elsewhere)


def _places_of(key: str, model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[tuple[str, ...]]:
    """Sections of `model` that have a `key`, by their names from the top."""
    seen.add(model)
    for name, info in model.model_fields.items():
        for inner in _models_in(info.annotation):
            if key in inner.model_fields:
                yield (name,)
            if inner not in seen:
                yield from ((name, *rest) for rest in _places_of(key, inner, seen))


def _step(models: list[type[BaseModel]], step: str) -> list[type[BaseModel]]:
    """One step of a place: into a field of a model, or onto the member of a union that a tag names."""
    fields = [m for kind in models if (info := kind.model_fields.get(step)) for m in _models_in(info.annotation)]
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
