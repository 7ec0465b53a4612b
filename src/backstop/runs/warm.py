"""Compiles half of the kernels in a process of its own while the caller compiles the other half.

numba compiles one function at a time in a process. What the other process compiles reaches this one through the disk
cache; without a cache, a second core, or luck, this process compiles it after all.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from backstop.kernels.machine.compiler import COMPILED_FOLDER
from backstop.kernels.state import open_arm
from backstop.kernels.step import PARTS, compile_parts
from backstop.terms import ArmTerms

LONGEST_SECONDS = 600.0
HERE, APART = PARTS[::2], PARTS[1::2]
"""About as much work for each process, the market's kernel being the other's."""


@contextmanager
def compiled_apart(arm: ArmTerms) -> Iterator[None]:
    """Compile parts of a day and the market kernel to the disk cache beside the body, as far as that can be done."""
    child = _start() if COMPILED_FOLDER is not None and len(os.sched_getaffinity(0)) > 1 else None
    try:
        if child is not None:
            _tell(child, arm)
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
    command, nowhere = [sys.executable, "-P", "-m", "backstop.runs.warm"], subprocess.DEVNULL
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)
    except OSError:
        return None


def _tell(child: "subprocess.Popen[bytes]", arm: ArmTerms) -> None:
    """Hand the terms over: kernels take those of any arm in the same form."""
    assert child.stdin is not None, "it was opened as a pipe"
    try:
        with child.stdin as pipe:
            pickle.dump(arm, pipe)
    except OSError:
        # it has ended before its time: then there is nothing to wait for
        pass


def compile_here(arm: ArmTerms) -> None:
    """The caller's half."""
    compile_parts(HERE, arm, open_arm(arm, 1))


def compile_market() -> None:
    """One day of one path of the smallest market: kernels take any market in the same form."""
    import numpy as np

    from backstop.config.market.inputs import MarketInputs
    from backstop.config.market.resolve import resolve_market
    from backstop.config.market.scenario import ScenarioConfig
    from backstop.config.market.section import MarketConfig
    from backstop.runs.seam import SimulatedMarket

    asset = {"name": "a", "volatility": {"model": "constant", "omega": 1e-4}, "innovation": {"distribution": "normal"}}
    config = MarketConfig.model_validate({"index": "a", "assets": [asset]})
    terms, market = resolve_market(config, ScenarioConfig(), MarketInputs(), 1), SimulatedMarket()
    seam = np.empty((2, 1, 1, 1))
    market.fill(terms, market.open(terms, 1), 0, 0, 0, 1, seam[0], seam[1], 1)


if __name__ == "__main__":
    told = pickle.load(sys.stdin.buffer)
    compile_market()
    compile_parts(APART, told, open_arm(told, 1))
