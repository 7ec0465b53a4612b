"""Starting: quick help, and caches that cannot be written or were left half written."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backstop.cli.commands import MODULES
from backstop.kernels.machine.cache import compiled_folder, compiled_folder_name
from backstop.kernels.machine.mode import DISABLED
from commands import SMALL, command_line, run_apart

HEAVY = ("polars", "numba", "arch", "pyarrow", "pydantic", "scipy", "rich", "numpy")
compiles = pytest.mark.skipif(DISABLED, reason="nothing is compiled")
WARNING = "backstop: no writable cache folder: kernels compile anew at every start; set BACKSTOP_CACHE_DIR\n"


def test_help_lists_the_commands_without_loading_what_they_need():
    code = ("import sys\nsys.argv = ['backstop', '--help']\nfrom backstop.cli import main\n"
            "try:\n    main()\nexcept SystemExit as ended:\n    print(ended.code, *sys.modules, file=sys.stderr)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, *modules = done.stderr.split()
    assert status == "0"
    assert {"init", "check", "schema", "run", "trace"} <= set(done.stdout.split())
    assert set(HEAVY) & set(modules) == set()


def test_help_of_a_command_loads_nothing_that_commands_need():
    code = ("import sys\nfrom backstop.cli import main\nfrom backstop.cli.commands import MODULES\n"
            "for name in MODULES:\n    sys.argv = ['backstop', name, '--help']\n"
            "    try:\n        main()\n    except SystemExit as ended:\n        assert ended.code == 0\n"
            "print(*sys.modules, file=sys.stderr)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(HEAVY) & set(done.stderr.split()) == set()


def test_help_of_a_command_imports_no_other_commands_module():
    code = ("import sys\nsys.argv = ['backstop', 'size', '--help']\nfrom backstop.cli import main\n"
            "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {f"backstop.cli.{module}" for module in MODULES.values()} & set(done.stderr.split()) == {
        "backstop.cli.sizing"}


def cpu_seconds(command):
    """The least of seven times, since other programs share the caches."""
    def once():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(7))


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help")])
def test_help_takes_little_more_than_typer_itself(arguments):
    # 0.15 s on the machine it is meant for
    assert cpu_seconds(command_line(*arguments)) < 2.0 * cpu_seconds([sys.executable, "-c", "import typer"])


@pytest.mark.long
def test_a_run_needs_no_cache(tmp_path, finished):
    (tmp_path / "file").write_text("")
    ended = run_apart("run", SMALL, "-o", tmp_path / "run", "--quiet", timeout=1200,
                           BACKSTOP_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert (ended.code, ended.err) == (0, WARNING)
    part = "paths/part-000000.parquet"
    assert (tmp_path / "run" / part).read_bytes() == (finished[0] / part).read_bytes()


def compiled(cache):
    return sorted(path.name.split("-")[0].removeprefix("backstop.kernels.") for path in cache.rglob("*.o"))


@pytest.fixture
def copied(tmp_path, finished):
    """A cache of its own, with all that the small run compiled."""
    folder = tmp_path / "cache" / "backstop" / compiled_folder_name()
    shutil.copytree(compiled_folder(), folder)
    return folder


OPENED = ("import sys\nsys.addaudithook(lambda event, given: event == 'open' and str(given[0]).endswith('.o')\n"
          "                  and print('loaded', given[0], file=sys.stderr))\n"
          "from backstop.__main__ import main\nmain()\n")


def objects_of(run, cache):
    """Files that a run opened for the objects in them."""
    done = subprocess.run([sys.executable, "-c", OPENED, "run", str(SMALL), "-o", str(run), "--quiet"], text=True,
                          capture_output=True, check=True, env=os.environ | {"BACKSTOP_CACHE_DIR": str(cache)})
    return {Path(line.removeprefix("loaded ")) for line in done.stderr.splitlines() if line.startswith("loaded ")}


@compiles
def test_a_run_compiles_again_what_was_left_half_written(copied, tmp_path, finished):
    # the folder has an object of each edit of a kernel: what this run loads is torn, and nothing else
    opened = objects_of(tmp_path / "first", tmp_path / "cache")
    (torn,) = (file for file in opened if "_close_arm" in file.name and file.parent == copied)
    others = {file: file.stat().st_mtime_ns for file in copied.glob("*.o") if file != torn}
    whole = torn.stat().st_size
    torn.write_bytes(torn.read_bytes()[:1000])
    ended = run_apart("run", SMALL, "-o", tmp_path / "run", BACKSTOP_CACHE_DIR=str(tmp_path / "cache"))
    assert ended.code == 0
    assert ended.err.startswith("backstop: compiling, once on this machine: 1 parts\n")
    assert torn.stat().st_size == whole
    assert {file: file.stat().st_mtime_ns for file in others} == others
    part = "paths/part-000000.parquet"
    assert (tmp_path / "run" / part).read_bytes() == (finished[0] / part).read_bytes()


@compiles
def test_a_second_run_imports_neither_numba_nor_arch_nor_pandas(copied, tmp_path):
    code = ("import sys\nfrom backstop.__main__ import main\n"
            "try:\n    main()\nexcept SystemExit as ended:\n    print(ended.code, *sys.modules, file=sys.stderr)\n")
    done = subprocess.run([sys.executable, "-c", code, "run", str(SMALL), "-o", str(tmp_path / "run"), "--quiet"],
                          capture_output=True, text=True, check=True,
                          env=os.environ | {"BACKSTOP_CACHE_DIR": str(tmp_path / "cache")})
    status, *modules = done.stderr.split()
    assert status in ("0", "None")
    assert {"numba", "arch", "statsmodels", "pandas"} & set(modules) == set()
    assert "llvmlite" in modules
