"""The application, and how its commands end: a line and an exit code, never a traceback."""

import contextlib
import functools
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from backstop.cli.commands import AS_TEXT, Commands, register
from backstop.cli.failing import EXIT_BUG, EXIT_ENVIRONMENT, fail
from backstop.cli.groups import with_groups
from backstop.cli.places import at_hand
from backstop.errors import BackstopError
from backstop.stopping import EXIT_INTERRUPTED, StopRequested, heard, taken

# BLAS adds in an order that follows the number of cores: a fit, and all that rests on it, would differ in its last
# bits. Read when numpy is first imported, which commands do when they run
for _count in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_count] = "1"

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(name="backstop", cls=Commands, no_args_is_help=True, **AS_TEXT,
                  help="Stress-test a long-term capital liquidity backstop.")


def _show_version(is_asked: bool) -> None:
    if is_asked:
        import importlib.metadata

        print(f"backstop {importlib.metadata.version('backstop')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_show_version,
                                          help="which version this is")] = False,
) -> None:
    """Options of the whole."""


def command(function: Callable[P, R]) -> Callable[P, R]:
    """A command of the application, whose errors end in one line each and the exit code that goes with them."""
    return _registered(function, "nothing is left behind, give the command again")


def resumable(function: Callable[P, R]) -> Callable[P, R]:
    """A command that goes on where it was stopped."""
    return _registered(function, "the same command goes on from here")


def _registered(function: Callable[P, R], after_stop: str) -> Callable[P, R]:
    guarded = _guarded(with_groups(function), after_stop)
    register(guarded)
    return guarded


def _guarded(function: Callable[P, R], after_stop: str) -> Callable[P, R]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        """The command, its errors told in a line each."""
        try:
            with _muted(bool(kwargs.get("quiet")) and not kwargs.get("json")), at_hand(kwargs) as options:
                return function(*args, **options)
        except BackstopError as error:
            fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            fail(f"backstop: interrupted; {after_stop}", EXIT_INTERRUPTED)
        except StopRequested as stop:
            taken()
            fail(f"backstop: {stop.word}; {after_stop}", stop.code)
        except BrokenPipeError:
            # who reads the output has seen enough; Python's own flush at the end must find a pipe that holds
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except MemoryError:
            fail("backstop: out of memory; use fewer --threads, or fewer funds and days", EXIT_ENVIRONMENT)
        except Exception as error:
            lost = heard()
            if lost is not None:
                # what a library made of it
                taken()
                fail(f"backstop: {lost.word}; {after_stop}", lost.code)
            if os.environ.get("BACKSTOP_DEBUG") or isinstance(error, typer.Exit):
                raise
            fail(f"backstop: a bug of ours: {type(error).__name__}: {error}; BACKSTOP_DEBUG=1 shows where", EXIT_BUG)

    return run


@contextlib.contextmanager
def _muted(is_quiet: bool) -> Iterator[None]:
    """Nothing on standard output, if `is_quiet`: what was found and what went wrong stays on standard error."""
    if not is_quiet:
        yield
        return
    with (open(os.devnull, "w", encoding="utf-8", errors="backslashreplace") as nowhere,
          contextlib.redirect_stdout(nowhere)):
        yield


def _show_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    """One line, as errors have."""
    print(f"backstop: {message}", file=sys.stderr)


def main() -> None:
    """Take the command line; see `backstop.__main__`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # where the terminal has fewer characters than names have, they are written out
        sys.stdout.reconfigure(errors="backslashreplace")
    warnings.showwarning = _show_warning
    app(prog_name="backstop")
