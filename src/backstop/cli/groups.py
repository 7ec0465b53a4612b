"""Groups of options: one parameter of a command, several options on the command line.

A group is a NamedTuple whose fields are annotated as options are, each with a default. A command names a parameter
``settings: Settings``, or ``Annotated[Settings, Without(option)]`` where an option has no use. `with_groups` shows
typer a signature in which the options stand in its place, in their order.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar, get_args

R = TypeVar("R")


class Without(NamedTuple):
    """A field of a group that a command does not offer."""

    option: str


class _Group(NamedTuple):
    """A parameter that stands for options."""

    kind: Any
    offered: tuple[str, ...]


def with_groups(function: Callable[..., R]) -> Callable[..., R]:
    """`function`, taking each option of its groups by name; itself if it has none."""
    signature = inspect.signature(function)
    found = {name: _group_of(parameter.annotation) for name, parameter in signature.parameters.items()}
    groups = {name: group for name, group in found.items() if group is not None}
    if not groups:
        return function

    @functools.wraps(function)
    def call(**options: Any) -> R:
        """The command, given its options one by one."""
        given = {name: group.kind(**{option: options.pop(option) for option in group.offered})
                 for name, group in groups.items()}
        return function(**options, **given)

    parameters = [own for parameter in signature.parameters.values()
                  for own in _in_place_of(parameter, groups.get(parameter.name))]
    # inspect looks there
    vars(call)["__signature__"] = signature.replace(parameters=parameters)
    return call


def _group_of(annotation: Any) -> _Group | None:
    """The group that a parameter is, but for the fields left out; None for an option or argument."""
    kind, *marks = get_args(annotation) or (annotation,)
    fields = getattr(kind, "_fields", None)
    if fields is None:
        return None
    return _Group(kind, tuple(name for name in fields if Without(name) not in marks))


def _in_place_of(parameter: inspect.Parameter, group: _Group | None) -> Iterator[inspect.Parameter]:
    """The parameter, or the options that a group stands for."""
    by_name = inspect.Parameter.KEYWORD_ONLY
    if group is None:
        yield parameter.replace(kind=by_name)
        return
    for name in group.offered:
        yield inspect.Parameter(name, by_name, default=group.kind._field_defaults[name],
                                annotation=group.kind.__annotations__[name])
