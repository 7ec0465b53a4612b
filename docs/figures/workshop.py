"""Where commands are run for the pages: in a folder of its own, each command once."""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

import backstop
from backstop.report.amounts import interval, shown

ROOT = Path(__file__).parents[2]


class Found(NamedTuple):
    """A figure of a summary as text."""

    value: str
    ends: str

    def __str__(self) -> str:
        return f"{self.value} [{self.ends.replace(' to ', ', ')}]" if self.ends else self.value


class Summary:
    """The summary of one arm of a run, by figure; of its one arm with a facility where none is named.

    Of all funds, or of one fund of the cohort `fund`.
    """

    def __init__(self, folder: Path, arm: str | None = None, fund: str | None = None) -> None:
        self._folder, self._arm, self._fund = folder, arm, fund

    @cached_property
    def _rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        is_arm = pl.col("arm") != "none" if self._arm is None else pl.col("arm") == self._arm
        frame = backstop.open_run(self._folder).summary.filter(
            is_arm, pl.col("fund").eq_missing(pl.lit(self._fund)),
            pl.col("comparison").is_null() | (pl.col("comparison") == "facility"))
        return {(row["metric"], row["statistic"]): row for row in frame.iter_rows(named=True)}

    def found(self, metric: str, statistic: str) -> Found:
        """Estimate and interval."""
        row = self._rows[metric, statistic]
        return Found(shown(row["estimate"], row["unit"]), interval(row["lower"], row["upper"], row["unit"]))

    def value(self, metric: str, statistic: str) -> float:
        """The estimate as a number."""
        return float(self._rows[metric, statistic]["estimate"])

    def models(self, metric: str, statistic: str) -> str:
        """Least and largest of the market models."""
        row = self._rows[metric, statistic]
        return interval(row["model_low"], row["model_high"], row["unit"])


class Workshop:
    """Runs commands as a reader of the page types them; what a command said is kept in the folder.

    Parameters
    ----------
    folder
        Where runs and answers lie. One that was made by other sources must not be taken.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        (self._folder / "said").mkdir(parents=True, exist_ok=True)
        if not (self._folder / "configs").exists():
            (self._folder / "configs").symlink_to(ROOT / "configs")

    def said(self, command: str, columns: int = 80) -> str:
        """What a command prints on standard output, so many columns wide."""
        return self._kept(f"{command} {columns}", lambda: self._run(command, columns))

    def told(self, command: str) -> Any:
        """What a command tells with ``--json``."""
        return json.loads(self.said(f"{command} --json"))

    def run(self, options: str, arm: str | None = None, fund: str | None = None) -> Summary:
        """The run of the A-share example with these options; see `Summary` for `arm` and `fund`."""
        name = hashlib.sha256(options.encode()).hexdigest()[:12]
        self.said(f"backstop run configs/ashare.toml {options} -o runs/{name} --quiet".replace("  ", " "))
        return Summary(self._folder / "runs" / name, arm, fund)

    def path(self, name: str) -> Path:
        """A run or file that a command left under this name."""
        return self._folder / name

    def _kept(self, key: str, make: Callable[[], str]) -> str:
        file = self._folder / "said" / hashlib.sha256(key.encode()).hexdigest()[:16]
        if not file.exists():
            file.write_text(make(), encoding="utf-8")
        return file.read_text(encoding="utf-8")

    def _run(self, command: str, columns: int) -> str:
        print(command, file=sys.stderr, flush=True)
        program, *arguments = shlex.split(command)
        assert program == "backstop"
        environment = os.environ | {"COLUMNS": str(columns), "PYTHONPATH": str(ROOT / "src")}
        ended = subprocess.run([sys.executable, "-m", "backstop", *arguments], cwd=self._folder, env=environment,
                               stdout=subprocess.PIPE, text=True, check=False)
        if ended.returncode:
            raise SystemExit(f"{command}: ended with {ended.returncode}")
        return ended.stdout
