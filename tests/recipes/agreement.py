"""Kernels and oracle on random designs that have what a recipe adds."""

from collections import Counter
from collections.abc import Callable, Iterable

from backstop.kernels.state import ArmState
from oracle.compare import differences, run_kernels, run_oracles
from oracle.designs import Design, random_design
from oracle.engine import OracleResult

DAYS, LANES = 60, 3


def agree(seeds: Iterable[int], change: Callable[[Design], Design] = lambda design: design) -> Counter[str]:
    """The rules that took effect in changed designs; every outcome agrees on each."""
    fired: Counter[str] = Counter()
    for seed in seeds:
        _, results = compared(change(random_design(seed, LANES)))
        fired.update(rule for result in results for rule in result.fired)
    return fired


def compared(whole: Design) -> tuple[ArmState, list[OracleResult]]:
    """A design's first days, run by both."""
    cut = {name: getattr(whole, name)[:DAYS].copy() for name in ("log_return", "volatility", "ahead", "ages")}
    design = whole._replace(**cut)
    state, results = run_kernels(design), run_oracles(design)
    found = [d for d in differences(design, state, results) if not results[d.lane].is_near]
    assert found == [], found
    return state, results
