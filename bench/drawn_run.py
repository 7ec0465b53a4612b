"""Runs drawn mutants: each in a process of its own that imports one module changed, and runs the tests near to it.

Kernels run as plain Python. A survivor is one of these tests alone: tests of commands and statistics may find it yet.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import CodeType

from bench.drawn_mutants import Drawn

SECONDS = 300
"""Most that the tests of one mutant may take. A change that makes a loop endless is found by that alone."""
_QUICK = tuple(f"tests/unit/answers/test_{name}.py" for name in (
    "metric_meanings", "estimators", "quantiles", "shortfalls", "groups", "models"))
_ROOMS = {"answers": _QUICK, "report": ("tests/unit/report",), "market": (),
          "kernels": ("tests/oracle/test_few_designs.py",), "kernels/market": ("tests/unit/kernels/market",)}
"""Beside the tests that mirror a module."""


class _OneChanged(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Loads one module from other text than its file's."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        super().__init__(module, str(path))
        self.text = text

    def find_spec(self, fullname: str, path: object = None, target: object = None
                  ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, of no other."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        """Of the changed text."""
        return compile(self.text, self.path, "exec")


def tests_of(mutant: Drawn, root: Path) -> list[str]:
    """The tests that mirror its module, or its folder where none does, then those of its room."""
    folder, _, name = mutant.file.rpartition("/")
    mirrored = f"tests/unit/{folder}/test_{name}"
    near = mirrored if (root / mirrored).exists() else f"tests/unit/{folder}"
    own = [near] if (root / near).exists() and near.count("/") > 2 else []
    room = "kernels/market" if folder == "kernels/market" else folder.split("/")[0]
    return list(dict.fromkeys([*own, *_ROOMS[room]]))


def judge(mutant: Drawn, root: Path) -> str:
    """``found`` where a test fails on the mutant, ``timeout`` where they end no more, else ``survives``."""
    child = os.fork()
    if child == 0:
        os._exit(_run(mutant, root))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "found"
    return "found" if os.WEXITSTATUS(status) else "survives"


def _run(mutant: Drawn, root: Path) -> int:
    """Exit code of the tests; the process is ended where they take too long."""
    signal.alarm(SECONDS)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    import pytest

    path = root / "src" / "backstop" / mutant.file
    module = "backstop." + mutant.file.removesuffix(".py").replace("/", ".")
    sys.meta_path.insert(0, _OneChanged(module, path, mutant.planted(path.read_text())))
    tests = tests_of(mutant, root)
    if not tests:
        return 0
    options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"]
    return int(pytest.main([*options, *tests]))


def run_all(mutants: list[Drawn], root: Path, out: Path) -> dict[str, str]:
    """What became of each, kept as a line of `out` once it is judged; what stands there is not run again."""
    lines = out.read_text().splitlines() if out.exists() else []
    known: dict[str, str] = {line["name"]: line["verdict"] for line in map(json.loads, lines)}
    for mutant in mutants:
        if mutant.name in known:
            continue
        started = time.perf_counter()
        known[mutant.name] = judge(mutant, root)
        seconds = round(time.perf_counter() - started, 1)
        with out.open("a") as file:
            file.write(json.dumps({"name": mutant.name, "verdict": known[mutant.name], "seconds": seconds}) + "\n")
        print(f"{known[mutant.name]:9} {mutant.name}", flush=True)
    return {mutant.name: known[mutant.name] for mutant in mutants}
