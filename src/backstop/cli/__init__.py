"""The command line: parse, call, print. What a command needs is imported when it runs, so that ``--help`` is quick."""

# commands register when their module is imported: this is their order in the help
from backstop.cli import configs, calibrating, simulating, runs, history, sizing, assuming, sweeping  # noqa: F401, I001
from backstop.cli import breaking, judging, comparing, report, trust  # noqa: F401
from backstop.cli.app import main

__all__ = ["main"]
