"""Compiles the market kernel in a process of its own while the caller compiles the arm's, four times as much work.

numba compiles one function at a time in a process. What the other process compiles reaches this one through the disk
cache; without a cache, a second core, or luck, this process compiles it after all.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from backstop.kernels.compiler import COMPILED_FOLDER
from backstop.terms import Floats, MarketTerms

LONGEST_SECONDS = 600.0


@contextmanager
def market_compiled_apart() -> Iterator[None]:
    """Compile the market kernel to the disk cache beside the body, as far as that can be done."""
    child = _start() if COMPILED_FOLDER is not None and len(os.sched_getaffinity(0)) > 1 else None
    try:
        yield
        if child is not None:
            child.wait(LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()


def _start() -> "subprocess.Popen[bytes] | None":
    # -P: a folder called backstop where the command is given is not this package
    command, nowhere = [sys.executable, "-P", "-m", "backstop.run.warm"], subprocess.DEVNULL
    try:
        return subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere)
    except OSError:
        return None


class StillMarket:
    """A market that needs no kernel and hardly moves, to compile arms on; see `run.seam.Market`."""

    def is_ready(self) -> bool:
        """Nothing of it is compiled."""
        return True

    def open(self, terms: MarketTerms, lanes: int) -> None:
        """Nothing is kept."""

    def reset(self, terms: MarketTerms, state: None) -> None:
        """Nothing changes."""

    def fill(self, terms: MarketTerms, state: None, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """No return, 1 % a day."""
        log_return[:] = 0.0
        volatility[:] = 0.01


def compile_market() -> None:
    """One day of one path of the smallest market: kernels take any market in the same form."""
    import numpy as np

    from backstop.config.inputs import MarketInputs
    from backstop.config.market import MarketConfig
    from backstop.config.resolve_market import resolve_market
    from backstop.config.scenario import ScenarioConfig
    from backstop.run.seam import SimulatedMarket

    asset = {"name": "a", "volatility": {"model": "constant", "omega": 1e-4}, "innovation": {"distribution": "normal"}}
    config = MarketConfig.model_validate({"index": "a", "assets": [asset]})
    terms, market = resolve_market(config, ScenarioConfig(), MarketInputs(), 1), SimulatedMarket()
    seam = np.empty((2, 1, 1, 1))
    market.fill(terms, market.open(terms, 1), 0, 0, 0, 1, seam[0], seam[1], 1)


if __name__ == "__main__":
    compile_market()
