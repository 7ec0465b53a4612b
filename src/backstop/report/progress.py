"""Progress while one waits: bars on a terminal, elsewhere one line when something is compiled."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from backstop.runs.progress import OnProgress, Progress, quiet

_WORDS = {"compiling": "compiling, once on this machine (under a minute)", "simulating": "simulating paths",
          "validating": "known answers", "verifying": "files, accounts, replays"}


@contextmanager
def progress(is_quiet: bool) -> Iterator[OnProgress]:
    """Something to tell progress to; it writes to standard error."""
    if is_quiet:
        yield quiet
    elif sys.stderr.isatty():
        with _bars() as show:
            yield show
    else:
        yield _tell_compiling


@contextmanager
def _bars() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: Progress) -> None:
            if step.phase not in tasks:
                tasks[step.phase] = bars.add_task(_WORDS.get(step.phase, step.phase), total=step.total)
            bars.update(tasks[step.phase], completed=step.done)

        yield show


def _tell_compiling(step: Progress) -> None:
    if step.phase == "compiling" and step.done == 0:
        print(f"backstop: {_WORDS['compiling']}", file=sys.stderr, flush=True)
