"""Files side by side: an object store answers each after many milliseconds; a disk is read while hashes are made."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 16


def side_by_side(function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """`function` of each item, in order; an exception leaves undone what has not begun."""
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        yield from pool.map(function, items)
    finally:
        pool.shutdown(cancel_futures=True)
