"""What a function refuses before it begins, as the command refuses an option: choices, numbers, dates, lists."""

import datetime
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin

from backstop.errors import ConfigError

P = ParamSpec("P")
R = TypeVar("R")

_LEAST = {"threads": 1, "n": 2}
"""Of whole numbers that no config has."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, which raises `ConfigError` with a line for each argument that is not what its annotation says."""
    parameters = inspect.signature(function).parameters

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        """The function, once its arguments are looked at."""
        given = dict(zip(parameters, args, strict=False)) | kwargs
        faults = {name: _fault(name, value, parameters[name].annotation) for name, value in given.items()
                  if name in parameters and value is not None}
        lines = [f"{name}: {fault}" for name, fault in faults.items() if fault]
        if lines:
            raise ConfigError(lines)
        return function(*args, **kwargs)

    return call


def _fault(name: str, value: Any, annotation: Any) -> str:
    """What is wrong with a value; empty where nothing is."""
    kinds = (annotation,) if get_origin(annotation) in (Literal, Sequence) else get_args(annotation) or (annotation,)
    choices = [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
    if choices and value not in choices:
        from backstop.config.text.messages import not_among

        return not_among(str(value), choices)
    if isinstance(value, str) and Sequence[str] in kinds and str not in kinds:
        return f"is a text, and several are taken; write [{value!r}]"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if {int, float} & set(kinds) and not is_number:
        return f"{value!r} is no number; write one such as {0.01 if float in kinds else 100}"
    if datetime.date in kinds and not isinstance(value, datetime.date):
        return f"{value!r} is no date; write datetime.date(2015, 6, 15)"
    if is_number and value < _LEAST.get(name, value):
        return f"{value} is too small; write at least {_LEAST[name]}"
    return ""
