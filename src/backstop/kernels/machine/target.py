"""The CPU that code is compiled for: as LLVM names it, and what it can do."""

import os
from functools import cache
from typing import NamedTuple


class Target(NamedTuple):
    """As LLVM takes it."""

    cpu: str
    features: str


@cache
def host() -> Target:
    """That of this machine, or what ``NUMBA_CPU_NAME`` and ``NUMBA_CPU_FEATURES`` say in its place.

    With 512-bit vectors where the CPU has them: LLVM prefers 256 bits on many, which costs 10-15 % here.
    """
    import llvmlite.binding as llvm

    named = os.environ.get("NUMBA_CPU_NAME")
    if named:
        return Target(named, os.environ.get("NUMBA_CPU_FEATURES", ""))
    features = llvm.get_host_cpu_features()
    wide = ",-prefer-256-bit" if features.get("avx512f") else ""
    return Target(llvm.get_host_cpu_name(), features.flatten() + wide)


_LEVEL_3 = ("avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe")
_LEVEL_4 = (*_LEVEL_3, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")
LEVELS = {Target("x86-64-v4", "-prefer-256-bit"): _LEVEL_4, Target("x86-64-v3", ""): _LEVEL_3}
"""What a wheel is compiled for, the widest first, and the features that it takes."""


@cache
def levels() -> tuple[Target, ...]:
    """Those of `LEVELS` that this machine has."""
    import llvmlite.binding as llvm

    if os.environ.get("NUMBA_CPU_NAME"):
        return ()
    features = llvm.get_host_cpu_features()
    return tuple(level for level, needed in LEVELS.items() if all(features.get(name) for name in needed))


def as_environment(target: Target) -> dict[str, str]:
    """What numba reads when it is imported."""
    return {"NUMBA_CPU_NAME": target.cpu, "NUMBA_CPU_FEATURES": target.features}
