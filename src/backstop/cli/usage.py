"""What is wrong with a command line, in one line: which option, what was given, what to write instead.

Errors are told apart by what typer puts into them: their classes are not for import.
"""

import re
from typing import Any, NoReturn

from typer.exceptions import TyperException

from backstop.cli.failing import EXIT_USAGE, fail


def refuse(error: TyperException, command: str, args: list[str]) -> NoReturn:
    """End `command`, given `args`, with a line for what typer would tell in four."""
    fail(f"{command}: {_said(error, command, args)}", EXIT_USAGE)


def _said(error: Any, command: str, args: list[str]) -> str:
    if re.match("Missing command", error.message):
        return "no command is given; backstop --help lists them"
    if re.match("No such command", error.message):
        return f"there is no command {args[0]!r}; {_meant(error.message) or 'backstop --help lists them'}"
    if hasattr(error, "possibilities"):
        near = " or ".join(error.possibilities or ())
        return (f"there is no option {error.option_name}; "
                f"{f'did you mean {near}?' if near else f'{command} --help lists them'}")
    if hasattr(error, "param_type"):
        return f"{_name_of(error.param)} is missing; write it, as {_example_of(error.ctx)}"
    if found := re.match(r"Got unexpected extra argument\(s\) \((.*)\)", error.message):
        return f"{found[1]} is more than it takes; leave it out"
    if hasattr(error.__cause__, "errors"):
        return f"{_name_of(error.param)}: {_of_value(error)}"
    if found := re.match(r"Option '(\S+)' requires", error.message):
        return f"{found[1]} takes a value, which is missing; write {found[1]} VALUE, or leave it out"
    if found := re.match(r"Option '(\S+)' does not take", error.message):
        return f"{found[1]} is a switch, without a value; write {found[1]} alone"
    return str(error.message)


def _meant(message: str) -> str:
    _, found, names = message.partition("Did you mean ")
    return f"did you mean {names.replace(', ', ' or ')}" if found else ""


def _name_of(param: Any) -> str:
    """An option as people write it; an argument as the help names it."""
    return max(param.opts, key=len) if param.param_type_name == "option" else str(param.metavar or param.name).upper()


def _example_of(ctx: Any) -> str:
    return f"`{ctx.command.help.partition('Example: ')[2].strip()}`"


def _of_value(error: Any) -> str:
    """What a config says of such a value."""
    from backstop.config.text.messages import MESSAGES, Field, anything_else, not_among

    details = error.__cause__.errors()[0]
    context, field = details.get("ctx", {}), Field(error.param.name, "", {})
    if choices := re.search(r"is not one of (.*)\.$", details["msg"]):
        return not_among(details["input"], re.findall(r"'([^']*)'", choices[1]))
    return MESSAGES.get(details["type"], anything_else)(details | {"input": _read(details["input"])}, context, field)


def _read(given: Any) -> Any:
    try:
        return float(given) if "." in str(given) else int(given)
    except (TypeError, ValueError):
        return given
