"""Every error a user can meet, named by the phase it comes from.

Each carries lines a user can act on: what is wrong and what to write instead. Text of files that stands in them
cannot steer a terminal.
"""

import unicodedata


def visible(text: str) -> str:
    """`text` with what is no glyph written out by its number: ESC, bells, marks of direction and of no width."""
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text)


class BackstopError(Exception):
    """Base of all errors that are the user's to mend; ``exit_code`` is what the command line returns."""

    exit_code = 2

    def __init__(self, text: str) -> None:
        super().__init__("\n".join(map(visible, text.split("\n"))))


class ConfigError(BackstopError):
    """A configuration that cannot be run. ``lines`` holds every problem at once, one line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [visible(line) for line in lines]
        super().__init__("\n".join(self.lines))


class DataError(BackstopError):
    """A file of prices, funds or paths that cannot be read or trusted; a line for each thing wrong."""


class CalibrationError(BackstopError):
    """A fit that must not be used: too few rows, no convergence, not stationary."""


class MarketExploded(BackstopError):
    """A market model gives a return that no market can."""


class BeyondMoney(BackstopError):
    """Amounts that float64 does not count to the last quantum."""


class EnvironmentFailure(BackstopError):
    """Disk, permission or memory: nothing is wrong with the input."""

    exit_code = 3


class DirectoryRefused(BackstopError):
    """A folder that must not be written to: it holds something else, or a run that is complete."""


class RunIsThere(DirectoryRefused):
    """What it holds is a run, complete or of other terms, that a command may offer to replace."""


class RunIncomplete(BackstopError):
    """A run directory without a manifest, or whose parts do not match it."""


class NotFinite(BackstopError):
    """An outcome is infinite or not a number: a bug of ours, never averaged away."""

    exit_code = 70


class AccountingError(BackstopError):
    """Money was created or destroyed: a bug of ours, never the user's."""

    exit_code = 70
