"""Questions beyond a run: how large a pool must be, and what a real history tells."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from backstop.api.answers import HistoryAnswer, SizeAnswer
from backstop.api.arguments import checked
from backstop.api.sources import assembled, cores
from backstop.config.text.overrides import settings_of
from backstop.market.one_thread import one_blas_thread


@checked
def size(source: str | Path, *, target: float = 0.01, years: int | None = None,
         crisis: Literal["key", "window"] = "key", arm: str | None = None, overrides: Sequence[str] = (),
         paths: int | None = None, seed: int | None = None, threads: int | None = None) -> SizeAnswer:
    """``backstop size``: how large the pool of an arm must be to run dry with chance `target` at most.

    Parameters
    ----------
    source
        A config, or a run directory, which is repeated as it was.
    target
        Chance of running dry that is borne, between 0 and 1.
    years
        To run, instead of the config's days.
    crisis
        ``key``: a system key on; ``window``: a window of stress in arm none.
    arm
        The design; without it, the first.

    Raises
    ------
    ConfigError, DataError, CalibrationError, RunIncomplete
        What the user has to mend.
    """
    from backstop.answers.sizing.question import Question, days_of
    from backstop.answers.sizing.size import size as sized
    from backstop.config.text.sweeps import design_of

    question = Question.checked(target, crisis)
    found = assembled(Path(source), [*settings_of(overrides, paths=paths, seed=seed), *days_of(years)])
    return SizeAnswer(sized(found.request, design_of(found.config, arm).name, question, cores(threads)))


@checked
def history(config: str | Path | Sequence[str | Path], *, first: datetime.date | None = None,
            last: datetime.date | None = None, designs: Sequence[str] = (), overrides: Sequence[str] = (),
            threads: int | None = None) -> HistoryAnswer:
    """``backstop history``: episode by episode, when it would have acted and what it would have paid.

    Parameters
    ----------
    config
        A config, or several that are set side by side.
    first, last
        Days that episodes may begin on; all without them.
    designs
        Real facilities to set beside each config's own.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    """
    from backstop.answers.history.answer import Request
    from backstop.answers.history.answer import history as asked
    from backstop.config.text.toml_files import read_config

    paths = [config] if isinstance(config, str | Path) else config
    source, *others = [read_config(Path(path)) for path in paths]
    request = Request(source, tuple(others), tuple(overrides), tuple(designs), first, last, cores(threads))
    with one_blas_thread():
        return HistoryAnswer(asked(request))
