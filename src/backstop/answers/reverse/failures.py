"""What is called a failure of a facility, path by path."""

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from backstop.answers.gather import stream
from backstop.answers.held import Held
from backstop.answers.reverse.prim import Flags
from backstop.answers.sweeping.objectives import Limit, parse_limits
from backstop.answers.values import values_of
from backstop.errors import ConfigError
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.runs.workers import Workers
from backstop.terms import Floats

FAILURES = {
    "dry": "the pool runs dry: a valid claim is cut for want of money",
    "failed": "a cohort fails",
    "relief_negative": "relief is negative: more sales are forced than averted",
}


def parse_failures(texts: Sequence[str], option: str = "--failure") -> list[str | Limit]:
    """Names of `FAILURES`, ``METRIC<NUMBER`` or ``METRIC>NUMBER``; all names where there are no texts.

    Raises
    ------
    ConfigError
        One is neither; it speaks of `option`.
    """
    return [_parsed(text, option) for text in texts or FAILURES]


def _parsed(text: str, option: str) -> str | Limit:
    if text in FAILURES:
        return text
    if "<" in text or ">" in text:
        return parse_limits([text], option)[0]
    near = get_close_matches(text, FAILURES, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError([f"{option} {text}: is no such event; {hint}write {', '.join(FAILURES)}, METRIC<NUMBER or "
                       "METRIC>NUMBER, in quotes"])


def failing(request: RunRequest, arm: str, asked: Sequence[str | Limit], workers: Workers,
            on_progress: OnProgress = quiet) -> tuple[list[Flags], Floats]:
    """(N,) of each failure whether a path has it, and the (N,) weights of paths.

    Raises
    ------
    ConfigError
        No such metric.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    flags = [np.zeros(request.n_paths, dtype=np.bool_) for _ in asked]
    weight = np.ones(request.n_paths)

    def add(tables: BlockTables) -> None:
        """Flags and weights of a block's paths, into their places."""
        parts, first = Held(request, tables), tables.block.first_path
        chosen = slice(first, first + parts.n_paths)
        weight[chosen] = parts.weight
        for own, failure in zip(flags, asked, strict=True):
            own[chosen] = failure_of_block(parts, arm, failure)

    stream(request, workers, add, on_progress)
    return flags, weight * request.terms.mixture.balance(np.arange(request.n_paths))


def failure_of_block(parts: Held, arm: str, failure: str | Limit) -> Flags:
    """(N,) whether each path of a block has the failure."""
    number = parts.arms.index(arm)
    if failure == "failed":
        return np.asarray((parts.fund_column("failed", slice(None))[number] > 0.0).any(axis=0))
    if isinstance(failure, str):
        return np.asarray(values_of(parts, failure)[arm][0] > 0.0)
    values = values_of(parts, failure.metric)[arm][0]
    return np.asarray(values < failure.bound if failure.is_most else values > failure.bound)
