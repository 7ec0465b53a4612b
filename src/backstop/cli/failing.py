"""How a command ends that fails: a line on standard error, and an exit code."""

import sys
from typing import NoReturn

import typer

from backstop.errors import visible

EXIT_FOUND, EXIT_USAGE, EXIT_ENVIRONMENT, EXIT_BUG = 1, 2, 3, 70


def fail(lines: str, code: int) -> NoReturn:
    """End the command with `lines` on standard error."""
    print("\n".join(map(visible, lines.split("\n"))), file=sys.stderr)
    raise typer.Exit(code)
