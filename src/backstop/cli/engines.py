"""The options that say who makes blocks: threads of the command, or workers of Dask."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import Engine, Scheduler, Scratch

if TYPE_CHECKING:
    from backstop.runs.workers import Workers


class Engines(NamedTuple):
    """As given on the command line."""

    engine: Engine = "local"
    scheduler: Scheduler = None
    scratch: Scratch = None

    @contextmanager
    def workers(self, threads: int) -> "Iterator[Workers]":
        """Who makes blocks while the context lasts."""
        refuse_for_local(self.engine, {"--scheduler": self.scheduler, "--scratch": self.scratch})
        if self.engine == "local":
            yield threads
            return
        if self.scheduler is not None and self.scratch is None:
            fail(f"--scheduler {self.scheduler}: its workers hand their outcomes to this command through a place that "
                 "they and this machine see; name it with --scratch, a folder or a URL", EXIT_USAGE)
        from backstop.runs.dask_workers import dask_workers

        with dask_workers(self.scheduler, self.scratch, threads) as workers:
            yield workers


def refuse_for_local(engine: str, given: Mapping[str, str | None]) -> None:
    """Refuse what is said of the engine that is not asked for."""
    for option, value in given.items():
        if value is not None and engine == "local":
            fail(f"{option} {value}: is for --engine dask; add that", EXIT_USAGE)
