"""Kernels against oracle on random designs, kept design by design in a file, so that a thousand can be run in pieces.

From the root of the repository, for the designs of the long test, or for what FILE holds of them so far::

    PYTHONPATH=src:tests python -m oracle.thousand FILE
    PYTHONPATH=src:tests python -m oracle.thousand FILE held

A file goes on where it ended; designs that other code was compared on are compared anew.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backstop.kernels.machine.fingerprint import code_of
from oracle.compare import differences, run_kernels, run_oracles
from oracle.designs import random_design
from oracle.gauge import RULES

LANES = 4
SMALL_SET = (*range(24), 39, 41, 49, 51, 76, 84, 88, 96, 99, 107, 135, 209, 283, 294, 314, 330, 369, 373, 379, 444, 447,
             611, 660, 994, 1033, 2954)
"""The first designs, and some in which rare rules (losses, their recovery, defaults) take effect."""
MIXED_SET = (42, 52, 74, 81, 102, 114, 124, 129, 131, 145, 155, 167, 174, 180, 207, 213, 226, 236, 243, 254,
             1362, 1654, 1692)
GUARANTEED_SET = (7, 11, 41, 107, 135, 209, 283, 330, 758, 2017)
"""Designs that show the other instruments, and what becomes of advances that a bank gives under a guarantee."""
CHOSEN = {"advances": SMALL_SET, "mixed": MIXED_SET, "guaranteed": GUARANTEED_SET}
THOUSAND = {"advances": range(1000, 1500), "mixed": range(1500, 1800), "guaranteed": range(1800, 2000)}
QUICK = {"advances": (*range(8), 11, 13, 15, 16, 17, 18, 23, 39, 49, 135, 283, 294, 314, 330, 611),
         "mixed": (74, 81, 114, 124, 129, 145, 155, 174, 180, 213, 1362, 1654), "guaranteed": (107, 283, 330, 2017)}
"""Of those chosen: in two of these each rule takes effect that does so in two of all, at a third of their time."""
ROOT = Path(__file__).parents[2]


class Compared(NamedTuple):
    """What one design showed."""

    kind: str
    seed: int
    near: list[list[str]]
    """By path: functions of the oracle that met a comparison within rounding."""
    differing: dict[str, list[str]]
    """By path that differs: the outcomes, and what kernels and oracle say of each."""
    money_created: float
    fired: dict[str, int]
    """By rule: how many times it took effect, on all paths."""


def compare_design(kind: str, seed: int) -> Compared:
    """One design, `LANES` paths of it."""
    design = random_design(seed, LANES, kind)
    state, results = run_kernels(design), run_oracles(design)
    differing: dict[str, list[str]] = {}
    for lane, outcome, kernel, oracle in differences(design, state, results):
        differing.setdefault(str(lane), []).append(f"{outcome}: {kernel!r}, {oracle!r}")
    fired = sum((result.fired for result in results), Counter())
    return Compared(kind, seed, [sorted(result.near) for result in results], differing,
                    float(np.max(state.path_tally.money_created)), dict(fired))


class Tally(NamedTuple):
    """What a set of designs showed."""

    designs: list[Compared]

    @property
    def n_paths(self) -> int:
        """Paths of all designs."""
        return LANES * len(self.designs)

    @property
    def n_near(self) -> int:
        """Paths that met a comparison within rounding."""
        return sum(bool(places) for design in self.designs for places in design.near)

    def differing(self, is_near: bool) -> list[tuple[str, int, int, list[str], list[str]]]:
        """Kind, seed and path, comparisons met within rounding, and the outcomes that differ."""
        paths = [(design, int(lane), found) for design in self.designs for lane, found in design.differing.items()]
        return [(design.kind, design.seed, lane, design.near[lane], found) for design, lane, found in paths
                if bool(design.near[lane]) == is_near]

    def money_created(self) -> float:
        """The most that any day of any path did."""
        return max(design.money_created for design in self.designs)

    def designs_by_rule(self) -> Counter[str]:
        """Designs in which a rule took effect."""
        return Counter(rule for design in self.designs for rule in design.fired)

    def times_by_rule(self) -> Counter[str]:
        """Times that a rule took effect."""
        return sum((Counter(design.fired) for design in self.designs), Counter())


def compare(seeds_by_kind: Mapping[str, Iterable[int]]) -> Tally:
    """Every design of each kind."""
    return Tally([compare_design(kind, seed) for kind, seeds in seeds_by_kind.items() for seed in seeds])


def hash_of_sources() -> str:
    """Of kernels, terms and oracle, without what is prose."""
    files = [file for room in ("src/backstop/kernels", "src/backstop/terms", "tests/oracle")
             for file in (ROOT / room).rglob("*.py") if not file.name.startswith("test_")]
    code = "".join(code_of(file.read_text(encoding="utf-8")) for file in sorted(files))
    return sha256(code.encode()).hexdigest()[:16]


def held(file: Path) -> dict[tuple[str, int], Compared]:
    """What `file` holds of the code of today, by kind and seed."""
    sources, lines = hash_of_sources(), file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [json.loads(line) for line in lines]
    return {(of["kind"], of["seed"]): Compared(**of) for sources_then, of in kept if sources_then == sources}


def resume(file: Path, seeds_by_kind: Mapping[str, Iterable[int]]) -> Tally:
    """Compare what `file` does not hold yet of these designs, a line for each; all kinds in turn."""
    sources, known = hash_of_sources(), held(file)
    asked = [(kind, seed) for seeds in zip_longest(*seeds_by_kind.values())
             for kind, seed in zip(seeds_by_kind, seeds, strict=True) if seed is not None]
    with file.open("a", encoding="utf-8") as handle:
        for key in asked:
            if key not in known:
                known[key] = compare_design(*key)
                handle.write(json.dumps([sources, known[key]._asdict()]) + "\n")
                handle.flush()
    return Tally([known[key] for key in asked])


def report(tally: Tally) -> str:
    """Designs, paths, what differs and why, and how often each rule took effect."""
    edge, other = tally.differing(True), tally.differing(False)
    designs, times = tally.designs_by_rule(), tally.times_by_rule()
    lines = [f"{len(tally.designs)} designs, {tally.n_paths} paths, {tally.n_near} of which met a comparison within "
             f"rounding; {len(edge)} of those differ, and {len(other)} others; money created "
             f"{tally.money_created():g}"]
    for kind, seed, lane, near, found in other + edge:
        lines.append(f"  {kind} {seed} path {lane}: {', '.join(near) or 'no comparison'} within rounding, "
                     f"{len(found)} outcomes differ, the first {found[0]}")
    lines += [f"  {rule}: {times[rule]} times in {designs[rule]} designs" for rule in RULES]
    return "\n".join(lines)


def long_set() -> dict[str, list[int]]:
    """The thousand designs, and those chosen for rare rules."""
    return {kind: [*CHOSEN[kind], *THOUSAND[kind]] for kind in CHOSEN}


if __name__ == "__main__":
    name, *what = sys.argv[1:]
    print(report(Tally([*held(Path(name)).values()]) if what == ["held"] else resume(Path(name), long_set())))
