"""What ``run --dry-run`` says against what the run takes: time, memory at the peak, disk, over unlike configs.

    python -m bench.plans                    # all of them, a table
    python -m bench.plans one 2000-funds     # those

A case ends beyond bounds where the plan and the run are more than `MOST` times apart; then the command ends with 1.
What is compiled and fitted is kept before anything is measured. Times are of CPU, on one thread, so that a machine that
others use too says the same.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.children import run_child

ROOT = Path(__file__).parents[1]
ASHARE = ROOT / "configs" / "ashare.toml"
SMALL = ROOT / "tests" / "cli" / "small.toml"
MOST = 1.5
"""Times that a plan may be off, in either direction."""


class Case(NamedTuple):
    """A config, and the options of its run."""

    write: Callable[[Path], Path]
    """Puts what the run needs into a folder; the config's path."""
    options: tuple[str, ...] = ()


class Took(NamedTuple):
    """Planned or measured."""

    seconds: float
    memory: float
    """MB at the peak."""
    disk: float
    """MB."""


def example(folder: Path) -> Path:
    """The A-share example."""
    return ASHARE


def one_fund(folder: Path) -> Path:
    """One cohort, one asset, 40 days."""
    return SMALL


def many_funds(folder: Path) -> Path:
    """2,000 funds from a file."""
    rows = [f"fund{number},{1 + number % 5},{1e9 + 1e6 * number},{0.9 + 0.00003 * number:.6f}"
            for number in range(2000)]
    (folder / "funds.csv").write_text("\n".join(["name,count,nav,holding_index", *rows]) + "\n")
    text = SMALL.read_text(encoding="utf-8")
    for line in ("count = 20\n", "nav = 1e9\n", "holdings = { index = 0.95 }\n"):
        text = text.replace(line, "", 1)
    config = folder / "many-funds.toml"
    config.write_text(text.replace('name = "equity"\n', 'name = "equity"\nfile = "funds.csv"\n', 1))
    return config


def many_arms(folder: Path) -> Path:
    """24 arms, each with a pool of its own."""
    arms = [f'\n[[arms]]\nname = "pool{number}"\nfacilities = ["backstop"]\n'
            f'overrides = {{ "pool.layers.last.size" = {1e8 * number} }}\n' for number in range(1, 24)]
    config = folder / "many-arms.toml"
    config.write_text(SMALL.read_text(encoding="utf-8") + "".join(arms))
    return config


def stored_paths(folder: Path) -> Path:
    """Paths of one's own, of a file of market paths."""
    command("simulate", SMALL, "--paths", "20000", "-o", folder / "paths.parquet")
    config = folder / "stored.toml"
    text = SMALL.read_text(encoding="utf-8").replace("[market]\n", '[market]\npaths = "paths.parquet"\n', 1)
    config.write_text(text.replace("drift_ann_frac = { index = -1.0 }\n", 'preset = "none"\n'))
    return config


CASES = {
    "example": Case(example, ("--paths", "10000")),
    "example, 1e5 paths": Case(example, ("--paths", "100000")),
    "one fund": Case(one_fund, ("--paths", "20000")),
    "2000 funds": Case(many_funds, ("--paths", "100")),
    "24 arms": Case(many_arms, ("--paths", "10000")),
    "five models": Case(example, ("--paths", "10000", "--models", "egarch,garch,gjr,tarch,fhs")),
    "stored paths": Case(stored_paths, ("--paths", "20000")),
}


def command(*words: object) -> str:
    """What a command of ours prints."""
    return subprocess.run([sys.executable, "-m", "backstop", *map(str, words)], check=True, text=True,
                          capture_output=True).stdout


def planned(config: Path, options: tuple[str, ...]) -> Took:
    """By ``--dry-run``."""
    plan = json.loads(command("run", config, *options, "--threads", 1, "--dry-run", "--json", "--quiet"))
    return Took(plan["seconds"], plan["memory_bytes"] / 1e6, plan["disk_bytes"] / 1e6)


def measured(config: Path, options: tuple[str, ...], folder: Path) -> Took:
    """By the run itself."""
    run = folder / "run"
    child = run_child(["-m", "backstop", "run", str(config), *options, "-o", str(run), "--threads", "1",
                       "--quiet"], dict(os.environ))
    disk = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
    return Took(child.cpu_seconds, child.peak_mb * 2**20 / 1e6, disk / 1e6)


def rows(names: list[str]) -> Iterator[tuple[str, Took, Took]]:
    """Each case: its plan and its run, both with kernels and fits at hand."""
    for name in names:
        case = CASES[name]
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.chdir(folder):
            config = case.write(Path(folder))
            planned(config, case.options)
            yield name, planned(config, case.options), measured(config, case.options, Path(folder))


def ratios(plan: Took, run: Took) -> Took:
    """Plan over run."""
    return Took(*(one / other for one, other in zip(plan, run, strict=True)))


def line(name: str, plan: Took, run: Took) -> str:
    """A row of the table."""
    found = ratios(plan, run)
    cells = [f"{one:.{digits}f} / {other:.{digits}f} = {ratio:.2f}" for one, other, ratio, digits in
             zip(plan, run, found, (1, 0, 1), strict=True)]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Measure and print."""
    print("| plan / run | seconds of CPU | MB of memory | MB of disk |\n|---|---|---|---|")
    worst = 1.0
    for name, plan, run in rows(sys.argv[1:] or list(CASES)):
        print(line(name, plan, run), flush=True)
        worst = max(worst, *(max(ratio, 1.0 / ratio) for ratio in ratios(plan, run)))
    print(f"farthest apart: {worst:.2f} times")
    sys.exit(1 if worst > MOST else 0)


if __name__ == "__main__":
    main()
