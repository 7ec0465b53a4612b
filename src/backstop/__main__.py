"""``backstop``, and ``python -m backstop``: hears an interruption before anything slow is imported."""

import contextlib
import os
import sys
from typing import NoReturn

from backstop.stopping import StopRequested, heard, listen, taken


def main() -> None:
    """The entry point of the ``backstop`` command."""
    listen()
    try:
        from backstop.cli import main as run

        run()
    except SystemExit:
        if heard() is None:
            raise
        _end()
    except (StopRequested, Exception) as error:
        # what an import makes of an interruption may be any error
        if heard() is None:
            raise error
        print(f"backstop: {heard()}", file=sys.stderr)
        _end()


def _end() -> NoReturn:
    """At once: on a busy machine Python takes seconds to take itself apart."""
    stop = heard()
    taken()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(1 if stop is None else stop.code)


if __name__ == "__main__":
    main()
