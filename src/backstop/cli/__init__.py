"""The command line: parse, call, print. What a command needs is imported when it runs, so that ``--help`` is quick."""

from backstop.cli.app import main

__all__ = ["main"]
