"""The machine and the versions that figures depend on."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("backstop", "numpy", "numba", "llvmlite", "arch", "polars", "pyarrow")


def describe() -> dict[str, str]:
    """What is said at the head of a report, in order."""
    from backstop.kernels.machine.fingerprint import kernel_hash

    return {
        "cpu": cpu_model(),
        "cores": str(len(os.sched_getaffinity(0))),
        "vectors": f"{vector_bits()} bits",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in PACKAGES},
        "kernels": kernel_hash(),
        "g++": compiler_version(),
    }


def cpu_model() -> str:
    """The model as Linux names it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def vector_bits() -> int:
    """Bits of the widest vectors that kernels compile to."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    widths = {"avx512f": 512, "avx2": 256}
    return next((bits for name, bits in widths.items() if features.get(name)), 128)


def compiler_version() -> str:
    """First line of ``g++ --version``, or ``none``."""
    if shutil.which("g++") is None:
        return "none"
    done = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]
