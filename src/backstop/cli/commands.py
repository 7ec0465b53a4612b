"""The commands by name. Each is made when it is asked for, so that ``--help`` of one imports the module of one."""

import importlib
from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from backstop.cli.usage import refuse

MODULES = {
    "init": "configs", "check": "configs", "schema": "configs", "calibrate": "calibrating", "simulate": "simulating",
    "run": "runs", "merge": "runs", "show": "runs", "trace": "runs", "history": "history", "size": "sizing",
    "sensitivity": "assuming", "sweep": "sweeping", "optimise": "sweeping", "reverse": "breaking", "rare": "rarely",
    "quality": "judging", "hazard": "judging",
    "designs": "comparing", "compare": "comparing", "export": "report", "report": "report", "validate": "trust",
    "verify": "trust", "diff": "trust",
}
"""The module of this folder that a command is written in, in the order of the help."""

_FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""Of the modules that are imported."""

AS_TEXT: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
"""Help through rich takes twice as long to appear."""


def register(function: Callable[..., Any]) -> None:
    """`function` is the command of its name."""
    if MODULES.get(function.__name__) != function.__module__.rpartition(".")[2]:
        raise KeyError(f"{function.__name__}: name its module in {__name__}.MODULES")
    _FUNCTIONS[function.__name__] = function


@cache
def _function(name: str) -> Callable[..., Any]:
    importlib.import_module(f"{__package__}.{MODULES[name]}")
    return _FUNCTIONS[name]


class _Command(TyperCommand):
    """A command whose line is refused in one line."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Options and arguments."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            refuse(error, ctx.command_path, given)


@cache
def _made(name: str) -> Any:
    alone = typer.Typer(add_completion=False, **AS_TEXT)
    alone.command(name, cls=_Command)(_function(name))
    return typer.main.get_command(alone)


class _All(MutableMapping[str, Any]):
    """What typer takes for all commands; there are no others."""

    def __getitem__(self, name: str) -> Any:
        if name not in MODULES:
            raise KeyError(name)
        return _made(name)

    def __setitem__(self, name: str, made: Any) -> NoReturn:
        raise TypeError(f"{name}: commands are those of MODULES")

    def __delitem__(self, name: str) -> NoReturn:
        raise TypeError(f"{name}: commands are those of MODULES")

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _All()

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the help."""
        return list(MODULES)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """From the first lines of what they say of themselves, without their options."""
        named: dict[str, Any] = {name: TyperCommand(name=name, help=_function(name).__doc__) for name in MODULES}
        TyperGroup(commands=named).format_commands(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Options of the whole."""
        for option in self.get_params(ctx):
            # typer imports pydantic to know None from a flag that is not given
            option.default = option.default or False
        if not args:
            return super().parse_args(ctx, args)
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            refuse(error, ctx.command_path, given)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is asked for."""
        try:
            return super().resolve_command(ctx, args)
        except TyperException as error:
            refuse(error, ctx.command_path, args)
