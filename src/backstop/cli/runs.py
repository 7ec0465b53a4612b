"""Commands that make runs: the stress run, one path of it day by day."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from backstop.cli.app import command, resumable
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.groups import Without
from backstop.cli.options import (
    ConfigFile,
    Decompose,
    LooksSpend,
    Merged,
    Out,
    Overwrite,
    ParquetFile,
    Quiet,
    Run,
    RunOrConfig,
    Shards,
    TargetError,
    Threads,
)
from backstop.cli.places import Url
from backstop.cli.planned import Planned
from backstop.cli.settings import Settings
from backstop.cli.shards import Maker, bring_together, brought_whole, landing, publish, say_made
from backstop.cli.shown import Shown, with_paths_of
from backstop.cli.sources import assembled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backstop.answers.decompose import Contribution
    from backstop.answers.looks import Goal
    from backstop.answers.summary import Row
    from backstop.runs.assemble import Assembled
    from backstop.runs.progress import OnProgress
    from backstop.runs.request import RunRequest


class Aim(NamedTuple):
    """The options that stop a run once a figure is known."""

    target_error: TargetError = None
    spending: LooksSpend = "equal"

    @property
    def goal(self) -> "Goal | None":
        """What is to be known, if anything."""
        from backstop.answers.looks import parse_goal

        return None if self.target_error is None else parse_goal(self.target_error)


@resumable
def run(
    config: ConfigFile,
    out: Out = None,
    *,
    settings: Settings,
    overwrite: Overwrite = False,
    maker: Maker,
    decompose: Decompose = False,
    aim: Aim,
    planned: Planned,
    shown: Shown,
) -> None:
    """Run the stress, all designs on the same shocks.

    Example: backstop run configs/ashare.toml --paths 1000 --set scenario.preset=crash-2015
    """
    maker.refuse(out, {"--overwrite": overwrite, "--decompose": decompose, "--dry-run": planned.dry_run,
                       "--target-error": aim.target_error is not None, "--full": shown.full})
    planned.refuse_in_part()
    started = time.perf_counter()
    found = _of_file(config, settings)
    timings = {"reading and fitting": time.perf_counter() - started}
    goal = aim.goal
    if planned.dry_run:
        planned.tell(found.request, settings.n_threads, shown.quiet, shown.json)
        return
    folder = out or _folder_of(found, goal)
    if maker.is_for(folder):
        _make_apart(maker, found, config, settings, folder, shown)
        return
    stress = _Stress(found.request, Path(folder), settings.n_threads, aim, overwrite)
    rows = (stress.known() if stress.is_known(out) else None) or stress.made(shown.quiet, timings)
    found = with_paths_of(stress.folder, found)
    shares = _decomposed(found.request, stress.folder, settings.n_threads, shown.quiet) if decompose else None
    shown.answer(found, stress.folder, rows, str(config), shares)


def _of_file(config: Path, settings: Settings) -> "Assembled":
    """All that follows from a config; a folder is told what shows it."""
    if config.is_dir():
        fail(f"{config}: is a folder, and a config is a file; a finished run is shown by `backstop show {config}`",
             EXIT_USAGE)
    return assembled(config, settings.overrides)


def _folder_of(found: "Assembled", goal: "Goal | None") -> Path:
    """Where a run goes that is told no place."""
    suffix = f"-{goal.metric}-{goal.error:g}" if goal else ""
    return Path("runs") / found.request.folder_name(f"{found.config.run.name}{suffix}")


def _make_apart(maker: Maker, found: "Assembled", config: Path, settings: Settings, place: Path | Url, shown: Shown
                ) -> None:
    """The run made block by block, or some of its blocks."""
    made = maker.make(found, config, settings, place, shown.quiet)
    if maker.blocks is not None:
        say_made(made, place, shown.json)
    else:
        _merge([place], None, settings.n_threads, shown)


class _Stress(NamedTuple):
    """A run that one command makes in a folder: of all paths, or of as many as the aim takes."""

    request: "RunRequest"
    folder: Path
    threads: int
    aim: Aim = Aim()
    is_anew: bool = False

    def is_known(self, out: object) -> bool:
        """Whether the folder may hold just this run: it is named after it, or says so."""
        from backstop.runs.store import is_run_of

        return not self.is_anew and (
            out is None or (self.aim.target_error is None and is_run_of(self.request, self.folder)))

    def known(self) -> "list[Row] | None":
        """The summary of a run that is there already; None where there is none."""
        from backstop.answers.stress import read_rows
        from backstop.report.terminal import print_warning

        rows = read_rows(self.folder)
        if rows is not None:
            print_warning(f"{self.folder}: this run is there already; --overwrite makes it anew")
        return rows

    def made(self, quiet: bool, timings: dict[str, float]) -> "list[Row]":
        """Make the run; where one is there that may be replaced, it is said how."""
        from backstop.errors import DirectoryRefused, RunIsThere

        try:
            return stressed(self.make, self.folder, quiet, timings, self.is_anew)
        except RunIsThere as error:
            raise DirectoryRefused(f"{error}, or add --overwrite") from None

    def make(self, on_progress: "OnProgress") -> "list[Row]":
        """The run itself; what came of an aim is told on standard error."""
        from backstop.answers.precise import stress_until
        from backstop.answers.stress import stress
        from backstop.report.terminal import print_precision

        goal = self.aim.goal
        if goal is None:
            return stress(self.request, self.folder, self.threads, self.is_anew, on_progress)
        rows, precision = stress_until(self.request, self.folder, goal, self.aim.spending, self.threads, self.is_anew,
                                       on_progress=on_progress)
        print_precision(precision)
        return rows


def stressed(make: "Callable[[OnProgress], list[Row]]", folder: Path, quiet: bool, timings: dict[str, float],
             is_anew: bool) -> "list[Row]":
    """The summary of a run that is made or taken up; `timings` of what came before it are told with its own."""
    from backstop.report.progress import progress
    from backstop.report.terminal import print_timings, print_warning
    from backstop.runs.directory import RunDirectory

    n_kept = len(RunDirectory(folder).parts("paths"))
    with progress(quiet) as on_progress:
        rows = make(on_progress)
    if n_kept and not is_anew:
        print_warning(f"{folder}: went on where it was stopped, {n_kept} blocks were made before")
    if not quiet:
        print_timings(timings | RunDirectory(folder).read_manifest()["timings"])
    return rows


def _decomposed(request: "RunRequest", folder: Path, threads: int, quiet: bool) -> "list[Contribution]":
    from backstop.answers.decompose import decompose_run
    from backstop.report.progress import progress

    with progress(quiet) as on_progress:
        return decompose_run(request, folder, threads, on_progress)


@resumable
def merge(
    shards: Shards,
    out: Merged = None,
    *,
    threads: Threads = None,
    shown: Shown,
) -> None:
    """Verify blocks that were made apart, and make them a run.

    Example: backstop merge shards/0 shards/1 -o runs/big
    """
    if out is None and len(shards) > 1:
        fail(f"merge: blocks of {len(shards)} places go to one folder; name it with --out", EXIT_USAGE)
    _merge(shards, out, Settings(threads=threads).n_threads, shown)


def _merge(shards: "Sequence[Path | Url]", out: Path | None, threads: int, shown: Shown) -> None:
    """Bring blocks together, finish the run, and show it; where it began at a URL and goes nowhere else, there."""
    if brought_whole(shards[0], out, shown.quiet):
        shown.finished(Path(str(out)))
        return
    with landing(shards[0], out) as folder:
        found, config = bring_together(shards, folder, shown.quiet)
        rows = stressed(_Stress(found.request, folder, threads).make, folder, shown.quiet, {}, is_anew=True)
        publish(folder)
        shown.answer(found, folder, rows, config)


@command
def show(
    run: Run,
    *,
    shown: Annotated[Shown, Without("quiet")],
) -> None:
    """Show the answer of a finished run again; --full: all of it.

    Example: backstop show runs/ashare-1a2b3c4d --full
    """
    shown.finished(run)


@command
def trace(
    source: RunOrConfig,
    path: Annotated[int, typer.Option("--path", min=0, max=10**10, help="number of the path, from 0")],
    out: ParquetFile,
    *,
    settings: Annotated[Settings, Without("threads")],
    wide: Annotated[bool, typer.Option("--wide", help="a row an arm and day, a column a variable and item")] = False,
    quiet: Quiet = False,
) -> None:
    """Replay one path and write every state variable of every day, amounts in quanta.

    Example: backstop trace runs/ashare-1a2b3c4d --path 17 -o path.parquet
    """
    from backstop.errors import RunIncomplete
    from backstop.runs.directory import RunDirectory
    from backstop.runs.files import PARQUET, check_replaceable, write_whole
    from backstop.runs.store import table_bytes
    from backstop.runs.trace import differences, trace_path
    from backstop.runs.wide_trace import wide_trace

    check_replaceable(out, PARQUET)
    request = assembled(source, settings.overrides).request
    n_paths = RunDirectory(source).read_manifest()["paths"] if source.is_dir() else request.n_paths
    if path >= n_paths:
        fail(f"--path {path}: there are {n_paths:,} paths; write 0 to {n_paths - 1}"
             f"{'' if source.is_dir() else ', or more --paths'}", EXIT_USAGE)
    found = trace_path(request.terms, request.seed, path, request.market, request.dates)
    if source.is_dir():
        other = differences(found, RunDirectory(source))
        if other:
            raise RunIncomplete(f"{source}: the replay of path {path} differs in {', '.join(other)}; run it anew")
    days = wide_trace(found.days) if wide else found.days
    write_whole(out, table_bytes(days))
    if not quiet:
        print(f"{out}: {days.num_rows:,} rows", file=sys.stderr)
