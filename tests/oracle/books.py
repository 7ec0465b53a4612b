"""The books of random designs by the thousand: every day's identities by the kernels, an integer ledger on a sample.

From the root of the repository, for a million designs on two processes::

    PYTHONPATH=src:tests python -m oracle.books 1000000 2
"""

import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np

from backstop.config.checks import LARGEST_EXACT
from backstop.kernels.state import ArmState
from backstop.outcomes import FUND_OUTCOMES
from oracle.compare import run_kernels, run_oracles
from oracle.designs import Design, random_design, with_another_contract

LANES = 2
VARIANTS = 8
"""Contracts, each with a pool of its own, that are tried on the same funds and market."""
SAMPLE = 2_000
"""One design in so many goes through the integer ledger too."""
CHUNK = 1_000


class Books(NamedTuple):
    """What a set of designs showed."""

    n_designs: int
    n_days: int
    """Path-days, each of which the identities were read on."""
    n_lending: int
    """Designs in which some path was lent to."""
    n_beyond: int
    """Designs with an amount beyond `LARGEST_EXACT`, as after much new money: no identity need hold there, and a run
    ends with an `AccountingError`."""
    money_created: float
    """In all others."""


def designs(numbers: Iterable[int]) -> Iterator[Design]:
    """Designs by number: `VARIANTS` in a row on the same funds."""
    for number in numbers:
        seed, variant = divmod(number, VARIANTS)
        if variant == 0:
            base = random_design(seed, LANES)
        yield base if variant == 0 else with_another_contract(base, np.random.default_rng([seed, 4, variant]))


def read_books(first: int, n: int) -> Books:
    """Designs `first` to `first` + `n` - 1, `first` a multiple of `VARIANTS`; the ledger's asserts may fail."""
    n_days, n_lending, n_beyond, created = 0, 0, 0, 0.0
    for number, design in enumerate(designs(range(first, first + n)), start=first):
        state = run_kernels(design)
        tally, is_beyond = state.path_tally, largest_amount(state) > LARGEST_EXACT
        n_beyond += is_beyond
        created = max(created, 0.0 if is_beyond else float(np.max(tally.money_created)))
        n_days += len(design.log_return) * LANES
        n_lending += bool(np.any(tally.injected))
        if number % SAMPLE == 0:
            created = max(created, *(float(result.path["money_created"]) for result in run_oracles(design)))
    return Books(n, n_days, n_lending, n_beyond, created)


def largest_amount(state: ArmState) -> float:
    """The largest amount that was added up over days, in quanta."""
    amounts = {outcome.name for outcome in FUND_OUTCOMES if outcome.unit == "currency"}
    return max(float(np.abs(np.asarray(getattr(state.fund_tally, name))).max(initial=0.0)) for name in amounts)


def total(parts: Iterable[Books]) -> Books:
    """Sums, and the worst imbalance."""
    columns = list(zip(*parts, strict=True))
    return Books(*(sum(column) for column in columns[:-1]), max(columns[-1]))


def _read(first: int) -> Books:
    return read_books(first, CHUNK)


def main(n_designs: int, n_processes: int) -> int:
    """Print what was found; 1 if any money was created."""
    started = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(n_processes) as pool:
        books = total(chain(pool.imap_unordered(_read, range(0, n_designs, CHUNK)), [Books(0, 0, 0, 0, 0.0)]))
    seconds = time.perf_counter() - started
    print(f"{books.n_designs} designs, {books.n_lending} of which lent, {books.n_days} path-days, "
          f"{books.n_beyond} beyond what is counted exactly, money created in all others {books.money_created:g}, "
          f"{seconds:.0f} s")
    return int(books.money_created != 0.0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
