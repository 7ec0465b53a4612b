"""Runs drawn mutants: each is written into a copy of the sources, and tests run in a process forked for it.

What all of them need is imported before, and functions of the changed module get their code in the process. Kernels
that are changed run as plain Python; all others are the compiled ones that are kept. The tests near to a module come
first; what survives these is tried again with those of commands that show it.
"""

import json
import math
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.drawn_mutants import Drawn
from bench.warm import forget, replace, warm

SECONDS = 240
"""Most that the tests of one mutant may take. A change that makes a loop endless is found by that alone."""
BROKEN = 99
"""Exit code of a process that could not run tests."""
_DESIGNS = "tests/oracle/test_few_designs.py"
_FIGURES = ("tests/unit/answers/test_metric_meanings.py", "tests/unit/answers/test_models.py")
_NEAR = {"answers": _FIGURES, "report": ("tests/unit/report",), "market": (), "kernels": (_DESIGNS,),
         "kernels/market": ("tests/unit/kernels/market",), "answers/history": (), "answers/rare": (),
         "answers/reverse": (), "answers/sensitivity": (), "answers/sizing": (), "answers/sweeping": (),
         "market/price_columns": ("tests/unit/market/test_price_files.py", "tests/unit/market/test_price_reader.py")}
"""Beside the tests that mirror a module, by the start of its path."""
_SCREENS = "tests/cli/test_screens.py"
_WIDE = {"answers": (_SCREENS,), "answers/history": ("tests/cli/test_history.py",),
         "answers/rare": ("tests/cli/test_rare.py",), "answers/reverse": ("tests/cli/test_reverse.py",),
         "answers/sizing": ("tests/cli/test_size.py", "tests/identities/test_sizing.py", "tests/known/test_ruin.py"),
         "answers/sweeping": ("tests/cli/test_sweep.py", "tests/cli/test_optimise.py"),
         "report": (_SCREENS,), "report/page": ("tests/cli/test_report.py",),
         "report/history": ("tests/cli/test_history.py", _SCREENS),
         "market": ("tests/cli/test_markets.py", "tests/unit/market/test_prepare.py"),
         "kernels": ("tests/unit/kernels",), "kernels/facility": ("tests/unit/kernels/facility",),
         "kernels/funds": ("tests/unit/kernels/funds",), "kernels/pool": ("tests/unit/kernels/pool",),
         "kernels/prices": ("tests/unit/kernels/prices",)}
"""Tests of commands, known answers, and other kernels, by the start of a module's path."""


class Verdict(NamedTuple):
    """What became of a mutant."""

    verdict: str
    """``found``, ``timeout`` where tests end no more, else ``survives``."""
    by: str
    """The test that failed."""
    seconds: float


def near(mutant: Drawn, root: Path) -> list[str]:
    """The tests that mirror its module or import it, or its folder where there are none; then those of its room."""
    folder, _, name = mutant.file.rpartition("/")
    mirrored = f"tests/unit/{folder}/test_{name}"
    own = [mirrored] if (root / mirrored).exists() else []
    if not mutant.file.startswith("kernels/"):
        own += _that_import(mutant, root)
        own = own or ([f"tests/unit/{folder}"] if "/" in folder and (root / "tests/unit" / folder).exists() else [])
    return list(dict.fromkeys([*own, *_longest(_NEAR, mutant.file)]))


def wide(mutant: Drawn, root: Path) -> list[str]:
    """The tests of its command and of its room."""
    name = mutant.file.rpartition("/")[2]
    mirrored = f"tests/cli/test_{name}"
    own = [mirrored] if not mutant.file.startswith("kernels/") and (root / mirrored).exists() else []
    return list(dict.fromkeys([*own, *_longest(_WIDE, mutant.file)]))


def _that_import(mutant: Drawn, root: Path) -> list[str]:
    """Unit tests that name its module."""
    package, _, name = mutant.file.removesuffix(".py").replace("/", ".").rpartition(".")
    named = re.compile(rf"backstop\.{package}\.{name}\b|from backstop\.{package} import [^\n]*\b{name}\b")
    return [str(file.relative_to(root)) for file in sorted((root / "tests/unit").rglob("test_*.py"))
            if named.search(file.read_text())]


def _longest(by_start: dict[str, tuple[str, ...]], file: str) -> tuple[str, ...]:
    """What the longest start of a path has."""
    return by_start[max((start for start in by_start if file.startswith(start)), key=len)]


class _FirstFailure:
    """Keeps the name of the first test that fails."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a test."""
        self._keep(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Of a file that cannot be imported."""
        self._keep(report)

    def _keep(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and not self.out.exists():
            self.out.write_text(report.nodeid)


class Judge:
    """A copy of the sources, imported, in which one module at a time is changed."""

    def __init__(self, root: Path, folder: Path, is_plain: bool) -> None:
        self.root, self.folder, self.is_plain = root, folder, is_plain
        self.sources = folder / "src" / "backstop"
        self.sound: set[str] = set()
        shutil.copytree(root / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "tests").symlink_to(root / "tests")
        warm(folder, is_plain)

    def judge(self, mutant: Drawn, is_thorough: bool = False) -> Verdict:
        """Near tests; thorough, wide ones too, and all that is made when modules are imported is made anew.

        Raises
        ------
        RuntimeError
            The test that fails on the mutant fails without it.
        """
        file, started = self.sources / mutant.file, time.perf_counter()
        source, found = file.read_text(), ("survives", "")
        try:
            file.write_text(mutant.planted(source))
            for tests in (near(mutant, self.root), wide(mutant, self.root) if is_thorough else []):
                if found[0] == "survives" and tests:
                    found = self._run(tests, (file, source, mutant.planted(source)), is_thorough)
        finally:
            file.write_text(source)
        seconds = round(time.perf_counter() - started, 1)
        if found[0] == "found" and found[1] not in self.sound | {""}:
            self._ask(found[1], (file, source, source))
        return Verdict(*found, seconds)

    def _ask(self, test: str, unchanged: tuple[Path, str, str]) -> None:
        """Whether a test passes on the sources as they are."""
        if self._run([test], unchanged, True)[0] != "survives":
            raise RuntimeError(f"{test} fails without a mutant")
        self.sound.add(test)

    def _run(self, tests: Sequence[str], change: tuple[Path, str, str], is_anew: bool) -> tuple[str, str]:
        """The verdict, and the test that failed."""
        failed = self.folder / "failed"
        failed.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            code = BROKEN
            try:
                self._prepare()
                if is_anew or not replace(*change):
                    forget()
                code = self._ask_pytest(tests, failed)
            finally:
                os._exit(code)
        try:
            _, status = os.waitpid(child, 0)
        finally:
            _end_what_is_left(child)
        if os.WIFSIGNALED(status):
            return "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "found", ""
        if os.WEXITSTATUS(status) == BROKEN:
            raise RuntimeError(f"{tests} could not be run")
        by = failed.read_text() if failed.exists() else ""
        return "found" if os.WEXITSTATUS(status) else "survives", by

    def _prepare(self) -> None:
        """A process group of its own, that ends in time and prints nothing."""
        os.setpgid(0, 0)
        signal.alarm(SECONDS)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        os.chdir(self.root)
        os.environ |= {"PYTHONPATH": str(self.folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        sys.dont_write_bytecode = True

    def _ask_pytest(self, tests: Sequence[str], failed: Path) -> int:
        """Exit code of the tests."""
        options = ["-x", "-q", "-p", "no:cacheprovider", *(["-W", "ignore::RuntimeWarning"] if self.is_plain else [])]
        return int(pytest.main([*options, *tests], plugins=[_FirstFailure(failed)]))


def _end_what_is_left(group: int) -> None:
    """Tests that are told to stop, and commands that they had started."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def run_all(mutants: list[Drawn], root: Path, out: Path, is_again: bool = False, seconds: float = math.inf
            ) -> dict[str, Verdict]:
    """What became of each by its key, kept as a line of `out` once judged: that stands.

    `is_again` tries survivors anew, thoroughly. None is begun later than `seconds` after the first.
    """
    known, started = read(out), time.monotonic()
    for is_plain in (False, True):
        asked = [mutant for mutant in mutants if mutant.file.startswith("kernels/") == is_plain and not (
            mutant.key in known and not (is_again and known[mutant.key].verdict == "survives"))]
        with tempfile.TemporaryDirectory() as folder:
            judge = Judge(root, Path(folder), is_plain) if asked else None
            for mutant in asked:
                if judge is not None and time.monotonic() - started <= seconds:
                    known[mutant.key] = verdict = judge.judge(mutant, is_again)
                    with out.open("a") as file:
                        file.write(json.dumps({"key": mutant.key, "name": mutant.name} | verdict._asdict()) + "\n")
                    print(f"{verdict.verdict:9} {mutant.key} {mutant.name}", flush=True)
    return {mutant.key: known[mutant.key] for mutant in mutants if mutant.key in known}


def read(out: Path) -> dict[str, Verdict]:
    """The last verdict of each key."""
    lines = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    return {line["key"]: Verdict(line["verdict"], line["by"], line["seconds"]) for line in lines}
