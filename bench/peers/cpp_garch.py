"""The C++ peer of the workload garch: compiled on the fly, run like any external program."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parent / "garch.cpp"
FLAGS = ("-std=c++17", "-O3", "-mprefer-vector-width=512", "-fopenmp-simd", "-ffast-math", "-pthread")
ARGUMENTS = "--law {law} --paths {paths} --days {days} --threads {threads} --seed {seed}"


LANES = 256
"""Of its tiles."""


def compiled(folder: Path, march: str = "native") -> str:
    """The program, compiled in `folder` for CPUs of the kind `march`."""
    program = folder / "garch"
    subprocess.run(["g++", *FLAGS, f"-march={march}", f"-DLANES={LANES}", str(SOURCE), "-o", str(program)], check=True)
    return str(program)


def command(folder: Path | None = None) -> str | None:
    """The command of the compiled peer, in `folder` or a new one; None, and a line, where there is no compiler."""
    if shutil.which("g++") is None:
        print("garch: no g++ here, the C++ peer is left out", file=sys.stderr)
        return None
    return f"{compiled(folder or Path(tempfile.mkdtemp(prefix='bench-')))} {ARGUMENTS}"
