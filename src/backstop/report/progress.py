"""Progress while one waits: bars on a terminal, elsewhere lines while something is compiled."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from backstop.runs.progress import OnProgress, Progress, quiet

_WORDS = {"compiling": "compiling, once on this machine", "simulating": "simulating paths",
          "validating": "known answers", "verifying": "files, accounts, replays", "merging": "blocks verified",
          "bringing": "files brought here"}


@contextmanager
def progress(is_quiet: bool) -> Iterator[OnProgress]:
    """Something to tell progress to; it writes to standard error."""
    if is_quiet:
        yield quiet
    elif sys.stderr.isatty():
        with _bars() as show:
            yield show
    else:
        yield _CompilingLines().show


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


LINE_SECONDS = 10.0


class _CompilingLines:
    """A line when compiling begins, and from time to time how much of it is left, by what the parts took so far."""

    def __init__(self) -> None:
        self._started = self._told = time.monotonic()
        self._has_begun = False

    def show(self, step: Progress) -> None:
        """Tell it, if it is time."""
        now = time.monotonic()
        if step.phase != "compiling" or step.done == step.total:
            return
        if not self._has_begun:
            self._started, self._has_begun = now, True
            self._tell(f"{_WORDS['compiling']}: {step.total} parts", now)
        elif now - self._told >= LINE_SECONDS:
            left = (now - self._started) / step.done * (step.total - step.done) if step.done else None
            self._tell(f"compiled {step.done} of {step.total} parts"
                       + (f", about {left:.0f} s left" if left is not None else ""), now)

    def _tell(self, line: str, now: float) -> None:
        self._told = now
        print(f"backstop: {line}", file=sys.stderr, flush=True)
