"""Commands that make runs: the stress run, one path of it day by day."""

import functools
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from backstop.cli.app import command, resumable
from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import (
    Blocks,
    ConfigFile,
    CoreHour,
    Cores,
    Decompose,
    DryRun,
    Engine,
    Full,
    Json,
    Language,
    LooksSpend,
    Merged,
    Out,
    Overwrite,
    ParquetFile,
    Quiet,
    Run,
    RunOrConfig,
    Scheduler,
    Shards,
    TargetError,
    Threads,
)
from backstop.cli.places import Url, said
from backstop.cli.settings import Settings, Without
from backstop.cli.shards import Maker, bring_together, brought_whole, landing, publish, say_made
from backstop.cli.sources import assembled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backstop.answers.decompose import Contribution
    from backstop.answers.looks import Goal, Spending
    from backstop.answers.sizing.of_run import Enough
    from backstop.answers.summary import Row
    from backstop.runs.assemble import Assembled
    from backstop.runs.progress import OnProgress
    from backstop.runs.request import RunRequest


@resumable
def run(
    config: ConfigFile,
    out: Out = None,
    *,
    settings: Settings,
    overwrite: Overwrite = False,
    blocks: Blocks = None,
    engine: Engine = "local",
    scheduler: Scheduler = None,
    decompose: Decompose = False,
    target_error: TargetError = None,
    spending: LooksSpend = "equal",
    dry_run: DryRun = False,
    cores: Cores = None,
    core_hour: CoreHour = None,
    full: Full = False,
    language: Language = "en",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run the stress, all designs on the same shocks.

    Example: backstop run configs/ashare.toml --paths 1000 --set scenario.preset=crash-2015
    """
    from backstop.answers.looks import parse_goal
    from backstop.report.decomposition import print_decomposition
    from backstop.runs.directory import RunDirectory
    from backstop.runs.store import is_run_of

    maker = Maker(blocks, engine, scheduler)
    maker.refuse(out, {"--overwrite": overwrite, "--decompose": decompose, "--dry-run": dry_run,
                       "--target-error": target_error is not None, "--full": full})
    if (cores is not None and not dry_run) or (core_hour is not None and cores is None):
        fail("--cores, --core-hour: are for --dry-run, the second with the first", EXIT_USAGE)
    started = time.perf_counter()
    found = _of_file(config, settings)
    timings = {"reading and fitting": time.perf_counter() - started}
    request = found.request
    goal = None if target_error is None else parse_goal(target_error)
    if dry_run:
        _print_plan(request, settings.n_threads, (cores, core_hour), quiet, json)
        return
    folder = out or _folder_of(found, goal)
    if maker.is_for(folder):
        made = maker.make(found, config, settings, folder, quiet)
        if blocks is not None:
            say_made(made, folder, json)
        else:
            _merge([folder], None, settings.n_threads, quiet, None if json else _Shown(full, language))
        return
    make = functools.partial(_made, request, folder, settings.n_threads, overwrite, goal and (goal, spending))
    is_known = not overwrite and (out is None or (goal is None and is_run_of(request, folder)))
    rows = (_known(folder) if is_known else None) or _stressed(make, folder, quiet, timings, overwrite)
    request = replace(request, n_paths=RunDirectory(folder).read_manifest()["paths"])
    shares = _decomposed(request, folder, settings.n_threads, quiet) if decompose else None
    if json:
        _print_as_json(request, folder, rows, shares)
        return
    _print_answer(rows, replace(found, request=request), folder, None if full else language, str(config))
    if shares is not None:
        print_decomposition(shares, request.currency)


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


def _known(folder: Path) -> "list[Row] | None":
    """The summary of a run that is there already; None where there is none."""
    from backstop.answers.stress import read_rows
    from backstop.report.terminal import print_warning

    rows = read_rows(folder)
    if rows is not None:
        print_warning(f"{folder}: this run is there already; --overwrite makes it anew")
    return rows


@resumable
def merge(
    shards: Shards,
    out: Merged = None,
    *,
    threads: Threads = None,
    full: Full = False,
    language: Language = "en",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Verify blocks that were made apart, and make them a run.

    Example: backstop merge shards/0 shards/1 -o runs/big
    """
    if out is None and len(shards) > 1:
        fail(f"merge: blocks of {len(shards)} places go to one folder; name it with --out", EXIT_USAGE)
    _merge(shards, out, Settings(threads=threads).n_threads, quiet, None if json else _Shown(full, language))


class _Shown(NamedTuple):
    """How an answer is shown that is not JSON."""

    full: bool
    language: str


def _merge(shards: "Sequence[Path | Url]", out: Path | None, threads: int, quiet: bool, shown: _Shown | None) -> None:
    """Bring blocks together, finish the run, and show it; where it began at a URL and goes nowhere else, there."""
    if brought_whole(shards[0], out, quiet):
        _show(Path(str(out)), shown)
        return
    with landing(shards[0], out) as folder:
        found, config = bring_together(shards, folder, quiet)
        make = functools.partial(_made, found.request, folder, threads, False, None)
        rows = _stressed(make, folder, quiet, {}, is_anew=True)
        publish(folder)
        if shown is None:
            _print_as_json(found.request, folder, rows, None)
        else:
            _print_answer(rows, found, folder, None if shown.full else shown.language, config)


@command
def show(
    run: Run,
    full: Full = False,
    language: Language = "en",
    json: Json = False,
) -> None:
    """Show the answer of a finished run again; --full: all of it.

    Example: backstop show runs/ashare-1a2b3c4d --full
    """
    _show(run, None if json else _Shown(full, language))


def _show(run: Path, shown: _Shown | None) -> None:
    from backstop.answers.stress import read_rows
    from backstop.runs.directory import RunDirectory

    n_paths = RunDirectory(run).read_manifest()["paths"]
    rows, found = read_rows(run) or [], assembled(run, [])
    found = replace(found, request=replace(found.request, n_paths=n_paths))
    if shown is None:
        _print_as_json(found.request, run, rows, None)
    else:
        _print_answer(rows, found, run, None if shown.full else shown.language, "")


def _print_answer(rows: "list[Row]", found: "Assembled", folder: Path, language: str | None, config: str) -> None:
    """One screen in a language, or all of it without one."""
    from backstop.report.language.catalogue import texts_in
    from backstop.report.screen.told import Told
    from backstop.report.terminal import print_first_screen, print_run

    name = found.config.run.name
    if language is None:
        print_run(rows, found.request, said(folder), name)
        return
    pools = _pools(found.request, folder)
    print_first_screen(Told(name, said(folder), config, rows, found.request, pools, texts_in(language)))


def _pools(request: "RunRequest", folder: Path) -> "dict[str, Enough]":
    """What the run tells of the pool of each arm that has one."""
    from backstop.answers.sizing.of_run import enough_of
    from backstop.answers.sizing.question import Question
    from backstop.config.study import WITHOUT
    from backstop.runs.directory import RunDirectory
    from backstop.runs.parts import Parts

    parts, target = Parts(RunDirectory(folder)), Question().target
    arms = enumerate(zip(request.terms.names.arms, request.terms.arms, strict=True))
    return {name: enough_of(parts, number, arm, target) for number, (name, arm) in arms
            if request.terms.names.facilities[number] and not name.startswith(WITHOUT)}


def _made(request: "RunRequest", folder: Path, threads: int, overwrite: bool, aim: "tuple[Goal, Spending] | None",
          on_progress: "OnProgress") -> "list[Row]":
    """A run of all paths, or of as many as the goal takes; what that came to is told on standard error."""
    from backstop.answers.precise import stress_until
    from backstop.answers.stress import stress
    from backstop.report.terminal import print_precision

    if aim is None:
        return stress(request, folder, threads, overwrite, on_progress)
    rows, precision = stress_until(request, folder, *aim, threads, overwrite, on_progress=on_progress)
    print_precision(precision)
    return rows


def _stressed(make: "Callable[[OnProgress], list[Row]]", folder: Path, quiet: bool, timings: dict[str, float],
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


def _print_as_json(request: "RunRequest", folder: Path, rows: "list[Row]", shares: "list[Contribution] | None") -> None:
    from backstop.report.terminal import print_json
    from backstop.runs.request import as_json

    parts = {} if shares is None else {"decomposition": [share._asdict() for share in shares]}
    print_json({"run": said(folder), "fits": request.all_fits, "drawn_parameters": as_json(request.drawn),
                "summary": [row._asdict() for row in rows], **parts})


def _print_plan(request: "RunRequest", threads: int, cluster: tuple[int | None, float | None], quiet: bool, json: bool
                ) -> None:
    from backstop.report.progress import progress
    from backstop.report.terminal import print_cluster_plan, print_json, print_plan
    from backstop.runs.plan import plan_cluster, plan_run

    cores, core_hour = cluster
    with progress(quiet) as on_progress:
        plan = plan_run(request, threads, on_progress=on_progress)
    apart = None if cores is None else plan_cluster(plan, cores, core_hour)
    if json:
        print_json(plan._asdict() | ({} if apart is None else {"cluster": apart._asdict()}))
        return
    print_plan(plan)
    if apart is not None:
        print_cluster_plan(apart)


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
