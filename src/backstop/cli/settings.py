"""The options that change what a config says: one parameter of a command, several on the command line.

A command names a parameter ``settings: Settings``, or ``Annotated[Settings, Without(option)]`` where an option has no
use. `with_settings` shows typer a signature in which the options stand in its place, in their order.
"""

import functools
import inspect
import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, get_args

from backstop.cli.options import Design, Market, Models, Paths, Seed, Set, Threads

R = TypeVar("R")


class Settings(NamedTuple):
    """As given on the command line; None for what was not."""

    paths: Paths = None
    seed: Seed = None
    threads: Threads = None
    sets: Set = None
    market: Market = None
    models: Models = None
    design: Design = None

    @property
    def overrides(self) -> list[str]:
        """``key=value`` of the config for each option: all but ``--set`` are words for keys."""
        from backstop.config.text.overrides import settings_of

        models = None if self.models is None else [word.strip() for word in self.models.split(",")]
        return settings_of(self.sets or [], paths=self.paths, seed=self.seed, market=self.market, models=models,
                           design=self.design)

    @property
    def n_threads(self) -> int:
        """As told, else one a core that is ours to use."""
        return self.threads or len(os.sched_getaffinity(0))


class Without(NamedTuple):
    """A field of the settings that a command does not offer."""

    option: str


def with_settings(function: Callable[..., R]) -> Callable[..., R]:
    """`function`, taking each of its settings by name; itself if it has none."""
    signature = inspect.signature(function)
    if "settings" not in signature.parameters:
        return function
    offered = _offered(signature.parameters["settings"].annotation)

    @functools.wraps(function)
    def call(**options: Any) -> R:
        settings = Settings(**{name: options.pop(name) for name in offered})
        return function(**options, settings=settings)

    parameters = [own for parameter in signature.parameters.values() for own in _in_place_of(parameter, offered)]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect looks there
    return call


def _offered(annotation: Any) -> list[str]:
    """Fields of the settings, but for those left out."""
    return [name for name in Settings._fields if Without(name) not in get_args(annotation)]


def _in_place_of(parameter: inspect.Parameter, offered: list[str]) -> list[inspect.Parameter]:
    """The parameter, or the options that the settings stand for."""
    by_name = inspect.Parameter.KEYWORD_ONLY
    if parameter.name != "settings":
        return [parameter.replace(kind=by_name)]
    return [inspect.Parameter(name, by_name, default=None, annotation=Settings.__annotations__[name])
            for name in offered]
