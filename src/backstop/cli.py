"""The command line: parse, call, print. What a command needs is imported when it runs, so that ``--help`` is quick."""

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer

from backstop.errors import BackstopError

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(name="backstop", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Stress-test a long-term capital liquidity backstop.")

ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="a TOML file; `backstop init` writes one")]
RunOrConfig = Annotated[Path, typer.Argument(metavar="RUN_OR_CONFIG", help="a run directory, or a config")]
Paths = Annotated[int | None, typer.Option("--paths", min=1, help="market paths, instead of the config's")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="random seed, instead of the config's")]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="threads; without it, all cores")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="set a config key; repeatable")]
Quiet = Annotated[bool, typer.Option("--quiet", help="no progress")]
Json = Annotated[bool, typer.Option("--json", help="a machine-readable result on standard output, nothing else there")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="replace the run that is there")]

EXIT_INTERRUPTED, EXIT_TERMINATED, EXIT_BUG, EXIT_ENVIRONMENT = 130, 143, 70, 3


class Terminated(BaseException):
    """A request to end, from outside."""


def _fail(lines: str, code: int) -> NoReturn:
    print(lines, file=sys.stderr)
    raise typer.Exit(code)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose errors end in one line each and the exit code that INTERFACE states, never in a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BackstopError as error:
            _fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            _fail("backstop: interrupted; the same command goes on from here", EXIT_INTERRUPTED)
        except Terminated:
            _fail("backstop: terminated; the same command goes on from here", EXIT_TERMINATED)
        except MemoryError:
            _fail("backstop: out of memory; use fewer --threads, or fewer funds and days", EXIT_ENVIRONMENT)
        except Exception as error:
            if os.environ.get("BACKSTOP_DEBUG") or isinstance(error, typer.Exit):
                raise
            _fail(f"backstop: a bug of ours: {type(error).__name__}: {error}; BACKSTOP_DEBUG=1 shows where", EXIT_BUG)

    return run


def _overrides(paths: int | None, seed: int | None, sets: list[str] | None) -> list[str]:
    """``--paths`` and ``--seed`` are words for keys of the config."""
    own = [f"run.{key}={value}" for key, value in (("paths", paths), ("seed", seed)) if value is not None]
    return [*(sets or []), *own]


def _threads(threads: int | None) -> int:
    return threads or len(os.sched_getaffinity(0))


def _assembled(path: Path, overrides: list[str]) -> Any:
    """A run directory or a config, with everything that follows from it."""
    from backstop.run.assemble import assemble, assemble_again

    if not path.is_dir():
        return assemble(path, overrides)
    if overrides:
        _fail(f"{path}: a run is repeated as it was; use --set, --paths and --seed with a config", 2)
    return assemble_again(path)


@app.command()
@guarded
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder to write into; made if need be")],
    example: Annotated[str, typer.Option("--example", help="which example")] = "ashare",
    overwrite: Overwrite = False,
) -> None:
    """Write a commented config to start from."""
    from backstop.config.examples import example as text_of
    from backstop.errors import DirectoryRefused
    from backstop.run.files import environment_failures, write_whole

    text, path = text_of(example), folder / f"{example}.toml"
    if path.exists() and not overwrite:
        raise DirectoryRefused(f"{path}: is there already; name another folder, or add --overwrite")
    with environment_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
    print(path)


@app.command()
@guarded
def check(config: ConfigFile, paths: Paths = None, seed: Seed = None, sets: Set = None, json: Json = False) -> None:
    """Validate a config and print its resolved terms with their units."""
    from backstop.config.describe import describe
    from backstop.report.terminal import print_fits, print_json, print_terms

    found = _assembled(config, _overrides(paths, seed, sets))
    rows = describe(found.config, found.request.terms)
    if json:
        print_json({"terms": [row._asdict() for row in rows], "fits": found.request.fits})
        return
    print_fits(found.request.fits)
    print_terms(rows)


@app.command()
@guarded
def schema() -> None:
    """Print the JSON Schema of configs."""
    from backstop.config.schema import Config
    from backstop.report.terminal import print_json

    print_json(Config.model_json_schema())


@app.command()
@guarded
def run(
    config: ConfigFile,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="run directory; "
                                             "without it, one under runs/ named after the run")] = None,
    paths: Paths = None,
    seed: Seed = None,
    threads: Threads = None,
    sets: Set = None,
    overwrite: Overwrite = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="estimate time, memory and disk; write nothing")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run the stress: all arms on the same shocks, each against no facility."""
    from backstop.answers.stress import read_rows, stress
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json, print_run, print_warning

    found = _assembled(config, _overrides(paths, seed, sets))
    request, name = found.request, found.config.run.name
    if dry_run:
        _print_plan(request, _threads(threads), quiet, json)
        return
    folder = out or Path("runs") / request.folder_name(name)
    rows = None if out or overwrite else read_rows(folder)
    if rows is not None:
        print_warning(f"{folder}: this run is there already; --overwrite makes it anew")
    else:
        with progress(quiet) as on_progress:
            rows = stress(request, folder, _threads(threads), overwrite, on_progress)
    if json:
        print_json({"run": str(folder), "fits": request.fits, "summary": [row._asdict() for row in rows]})
    else:
        print_run(rows, request, folder, name)


def _print_plan(request: Any, threads: int, quiet: bool, json: bool) -> None:
    from backstop.report.progress import progress
    from backstop.report.terminal import print_json, print_plan
    from backstop.run.plan import plan_run

    with progress(quiet) as on_progress:
        plan = plan_run(request, threads, on_progress=on_progress)
    if json:
        print_json(plan._asdict())
    else:
        print_plan(plan)


@app.command()
@guarded
def trace(
    source: RunOrConfig,
    path: Annotated[int, typer.Option("--path", min=0, help="number of the path, from 0")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="parquet file to write")],
    paths: Paths = None,
    seed: Seed = None,
    sets: Set = None,
    quiet: Quiet = False,
) -> None:
    """Replay one path and write every state variable of every day."""
    from backstop.errors import RunIncomplete
    from backstop.run.directory import RunDirectory
    from backstop.run.files import write_whole
    from backstop.run.store import table_bytes
    from backstop.run.trace import differences, trace_path

    request = _assembled(source, _overrides(paths, seed, sets)).request
    found = trace_path(request.terms, request.seed, path)
    if source.is_dir() and path < request.n_paths:
        other = differences(found, RunDirectory(source))
        if other:
            raise RunIncomplete(f"{source}: the replay of path {path} differs in {', '.join(other)}; run it anew")
    write_whole(out, table_bytes(found.days))
    if not quiet:
        print(f"{out}: {found.days.num_rows:,} rows", file=sys.stderr)


def _terminate(number: int, stack: Any) -> NoReturn:
    raise Terminated


def main() -> None:
    """The entry point of the ``backstop`` command."""
    signal.signal(signal.SIGTERM, _terminate)
    app()


if __name__ == "__main__":
    main()
