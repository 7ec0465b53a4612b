"""Folders of runs that are damaged, taken or no runs, each with what a command says of it, and what mends it."""

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import polars as pl

import backstop
from backstop.errors import BackstopError
from backstop.runs.lock import sole_writer
from commands import SMALL, Ended, run_here

RUN, BESIDE, OTHER = Path("RUN"), Path("RUN-beside"), Path("RUN-other")
"""The folder of a case, and two beside it."""
MAKE = ("run", SMALL, "--paths", 8, "--quiet", "-o")
PATHS, FUNDS = "paths/part-000000.parquet", "funds/part-000000.parquet"
ANEW = (*MAKE, RUN, "--overwrite")
ELSEWHERE = (*MAKE, BESIDE)
SWEEP = ("sweep", SMALL, "--paths", 8, "--vary", "pool.layers.last.size=1e8,1e9", "--objective", "injected")
SHOW, VERIFY, TRACE = ("show", RUN), ("verify", RUN, "--replays", 0), ("trace", RUN, "--path", 1, "-o", BESIDE)


class Damaged(NamedTuple):
    """What is done to the folder of a finished run of 8 paths, and who says what of it."""

    harm: Callable[[Path], object]
    command: tuple[Any, ...] | Callable[[Path], Ended]
    said: str
    mend: tuple[Any, ...] | Callable[[Path], object] = ANEW
    """A command that ends well, or what a reader does to the folder; the first command has then nothing to say."""
    again: tuple[Any, ...] | Callable[[Path], Ended] | None = None
    """The command that has nothing to say then, where it is another one."""


def given(command: tuple[Any, ...] | Callable[[Path], Ended], run: Path) -> Any:
    """How a command ends of the folder `run`, or a call of the API."""
    if callable(command):
        return command(run)
    places = {RUN: run, BESIDE: run.with_name("beside"), OTHER: run.with_name("other")}
    return run_here(*(places.get(part, part) if isinstance(part, Path) else part for part in command))


def nothing(run: Path) -> None:
    """A run as it was written."""


def of_manifest(**change: Any) -> Callable[[Path], object]:
    """The manifest with other values."""
    return lambda run: _rewritten(run, lambda manifest: manifest.update(change))


def _rewritten(run: Path, change: Callable[[Any], object]) -> None:
    manifest = json.loads((run / "manifest.json").read_bytes())
    change(manifest)
    (run / "manifest.json").write_text(json.dumps(manifest))


def _forged(name: str, old: bytes, new: bytes) -> Callable[[Path], object]:
    """A file changed together with its hash."""

    def forge(run: Path) -> None:
        content = (run / name).read_bytes().replace(old, new, 1)
        (run / name).write_bytes(content)
        _rewritten(run, lambda manifest: manifest["files"].update({name: hashlib.sha256(content).hexdigest()}))

    return forge


def _replaced(run: Path) -> Path:
    shutil.rmtree(run)
    return run


def _empty(run: Path) -> None:
    _replaced(run).mkdir()


def _linked(name: str) -> Callable[[Path], object]:
    """A link in the place of a file or folder of the run, to where it is now."""

    def link(run: Path) -> None:
        (run / name).rename(run.with_name("moved"))
        (run / name).symlink_to(run.with_name("moved"))

    return link


def _put_back(name: str) -> Callable[[Path], object]:
    def put(run: Path) -> None:
        (run / name).unlink()
        run.with_name("moved").rename(run / name)

    return put


def _other_paths(run: Path) -> None:
    """The parts of another seed under this run's manifest, hashes and all."""
    other = run.with_name("second")
    assert run_here(*MAKE, other, "--seed", 8).code == 0
    for name in (PATHS, FUNDS, "journal/block-000000.counts"):
        shutil.copy(other / name, run / name)
    blocks = json.loads((other / "manifest.json").read_bytes())["blocks"]
    _rewritten(run, lambda manifest: manifest.update(blocks=blocks))


def _unfinished(run: Path) -> None:
    (run / "manifest.json").unlink()


def _part(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], object]:
    """The table of paths changed, its metadata kept, with its hash."""

    def harm(run: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = run / PATHS
        table = pq.read_table(file)
        changed = change(pl.from_arrow(table))
        pq.write_table(pa.table(changed.to_arrow().cast(table.schema), schema=table.schema), file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        _rewritten(run, lambda manifest: manifest["blocks"][0]["hashes"].update(paths=digest))

    return harm


_LOCKS = ExitStack()
_HALF = pl.when(pl.col("path") == 1).then(float("inf")).otherwise(pl.col("injected")).alias("injected")


def _locked(run: Path) -> None:
    _LOCKS.enter_context(sole_writer(run, run / "journal" / "lock"))


def _blocks(run: Path) -> None:
    """Blocks that were made apart, none of them whole."""
    assert run_here("run", SMALL, "--paths", 8, "--blocks", "0:1", "-o", _replaced(run)).code == 0


def _damaged_blocks(run: Path) -> None:
    _blocks(run)
    (run / PATHS).unlink()


def _foreign_blocks(run: Path) -> None:
    _blocks(run)
    file = run / "journal" / "block-000000.json"
    note = json.loads(file.read_bytes())
    note["run"]["kernels"] = "0" * 64
    file.write_text(json.dumps(note, separators=(",", ":")))


def _as_it_says(run: Path) -> None:
    """The command that a message writes out, and then the one that it was an answer to."""
    words = given(("merge", RUN), run).err.partition("make them with: backstop ")[2].split()
    assert run_here(*words).code == 0


def _arrays(table: str, *, is_installed: bool = True) -> Callable[[Path], Ended]:
    """A table of the run by the API, as arrays."""

    def read(run: Path) -> Ended:
        there = importlib.util.find_spec("xarray") if is_installed else None
        with mock.patch("importlib.util.find_spec", return_value=there):
            try:
                return Ended(0, str(backstop.open_run(run).to_xarray(table)), "")
            except BackstopError as error:
                return Ended(error.exit_code, "", str(error))

    return read


RUNS = [
    Damaged(nothing, _arrays("paths", is_installed=False), "needs the package xarray", nothing, _arrays("paths")),
    Damaged(nothing, _arrays("pths"), "there is no table 'pths'; write", nothing, _arrays("paths")),
    Damaged(lambda run: _replaced(run).symlink_to("gone"), (*MAKE, RUN), "is a link to gone, which is not",
            lambda run: run.with_name("gone").mkdir()),
    Damaged(lambda run: _replaced(run).write_text("mine"), (*MAKE, RUN), "is a file; name a folder", nothing,
            ELSEWHERE),
    Damaged(_linked("funds"), ANEW, "is a link, and a run writes to its own folder alone; name another", nothing,
            ELSEWHERE),
    Damaged(_linked("summary.json"), SHOW, "and a run lies in its own folder; put the file itself there",
            _put_back("summary.json")),
    Damaged(lambda run: (_empty(run), (run / "thesis.tex").write_text("mine")), ANEW, "files that are no backstop run",
            nothing, ELSEWHERE),
    Damaged(nothing, (*MAKE[:3], 9, *MAKE[4:], RUN), "holds a complete run; name another folder", nothing, ELSEWHERE),
    Damaged(_unfinished, (*MAKE[:3], 9, *MAKE[4:], RUN), "holds an unfinished run that differs in", nothing, ELSEWHERE),
    Damaged(lambda run: (run / "journal" / "run.json").write_text("{}"), ("compare", RUN),
            "does not say which run this is; run it anew"),
    Damaged(of_manifest(paths="8"), SHOW, "paths is not as this version writes it"),
    Damaged(of_manifest(paths=9), SHOW, "its blocks are not its paths, one after another"),
    Damaged(of_manifest(days=41), SHOW, "days is not what resolved.json says"),
    Damaged(lambda run: (run / "config.toml").write_text("mine"), SHOW, "config.toml: is not what was written"),
    Damaged(_forged("resolved.json", b'"mixture"', b'"mixed"'), ("compare", RUN), "resolved.json: is not as this"),
    Damaged(lambda run: (run / PATHS).unlink(), ("compare", RUN), "is missing; run it anew"),
    Damaged(lambda run: (run / FUNDS).unlink(), ("compare", RUN), "is missing; run it anew"),
    Damaged(lambda run: (run / PATHS).write_bytes(b"PAR1"), ("compare", RUN),
            "damaged or missing; run it anew"),
    Damaged(_part(lambda frame: frame.with_columns(_HALF)), ("compare", RUN), "not a finite number"),
    Damaged(lambda run: (run / "summary.json").unlink(), VERIFY, "summary.json: is missing; run it anew"),
    Damaged(lambda run: (run / "summary.json").write_text("{}"), VERIFY, "summary.json: is not what was written"),
    Damaged(lambda run: _rewritten(run, lambda told: told["files"].pop("fits.json")), VERIFY, "files says nothing of"),
    Damaged(lambda run: _rewritten(run, lambda told: told["files"].update(mine="")), VERIFY, "which no run writes"),
    Damaged(lambda run: (run / "journal" / "run.json").write_text("{}"), VERIFY, "run.json: is not what the manifest"),
    Damaged(lambda run: (run / "journal" / "block-000000.json").write_text("{}"), VERIFY,
            "block-000000.json: is not what the manifest says"),
    Damaged(_part(lambda frame: frame.filter(pl.col("path") < 7)), VERIFY, "paths of 8; run it anew"),
    Damaged(of_manifest(seed=9), VERIFY, "seed is not that of config.toml"),
    Damaged(of_manifest(scenario="crash"), VERIFY, "scenario is not that of config.toml"),
    Damaged(_forged("summary.json", b'"estimate": 1', b'"estimate": 2'), VERIFY, "is not what the paths of the run"),
    Damaged(of_manifest(terms_hash="ab"), TRACE, "its config does not lead to the terms it was run on"),
    Damaged(_other_paths, TRACE, "the replay of path 1 differs in"),
    Damaged(_locked, ANEW, "another process is writing to it; wait for it", lambda run: _LOCKS.close()),
    Damaged(_damaged_blocks, ("merge", RUN), "are missing or damaged; make them with", _as_it_says),
    Damaged(_foreign_blocks, ("merge", RUN), "were made by something else", _blocks),
    Damaged(_blocks, ("merge", RUN, BESIDE), "go to one folder; name it with --out", nothing, ("merge", RUN)),
    Damaged(nothing, ("export", RUN, "--to", "duckdb", "-o", SMALL), "is there already, and is no database", nothing,
            ("export", RUN, "--to", "duckdb", "-o", BESIDE)),
    Damaged(lambda run: run.with_name("beside").write_text("mine"), TRACE,
            "is no such file as would replace it; name another", nothing, (*TRACE[:-1], OTHER)),
    Damaged(nothing, ("export", RUN, "-o", SMALL), "that is a file; name a folder", nothing,
            ("export", RUN, "-o", BESIDE)),
    Damaged(nothing, ("export", RUN, "-o", SMALL / "csv"), "a part of that path is a file; name a folder", nothing,
            ("export", RUN, "-o", BESIDE)),
    Damaged(nothing, ("report", RUN, "--chart", "sizes"), "has no such chart; write one of", nothing,
            ("report", RUN, "--chart", "answer")),
    Damaged(nothing, ("report", RUN, "--with", RUN), "holds no answer of", nothing, ("report", RUN)),
    Damaged(lambda run: (run / "sweep.json").write_text("{"), ("report", RUN, "--with", RUN), "is no answer of ours",
            (*SWEEP, "-o", BESIDE), ("report", RUN, "--with", BESIDE)),
    Damaged(lambda run: run_here(*SWEEP, "-o", run.with_name("beside")), (*SWEEP, "--set", "run.seed=9", "-o", BESIDE),
            "holds an answer with other", nothing, (*SWEEP, "--set", "run.seed=9", "-o", OTHER)),
    Damaged(nothing, ("size", RUN, "--set", "run.days=30"), "a run is repeated as it was; use --set", nothing,
            ("size", SMALL, "--set", "run.days=30", "--paths", 200)),
    Damaged(nothing, ("run", SMALL, "--engine", "dask", "--overwrite"), "such a run is made block by block; leave out",
            nothing, ANEW),
    Damaged(nothing, ("size", RUN, "--years", 2), "name its config with --years", nothing,
            ("size", SMALL, "--years", 2, "--paths", 200)),
]  # fmt: skip


def told(case: Damaged, whole: Path, folder: Path) -> str:
    """What is said of a copy of a run once it is harmed, in `folder`."""
    run = Path(shutil.copytree(whole, folder / "run"))
    case.harm(run)
    ended = given(case.command, run)
    assert ended.code in (1, 2, 3, 70), ended
    return str(ended.out + ended.err)


def mended(case: Damaged, whole: Path, run: Path) -> str:
    """What is said of it once that is followed; of a run that is as it was, all has been said."""
    if isinstance(case.mend, tuple):
        ended = given(case.mend, run)
        assert ended.code == 0, ended.err
    else:
        case.mend(run)
    if case.mend == ANEW and _files(run) == _files(whole):
        return ""
    ended = given(case.again or case.command, run)
    assert ended.code == 0, ended.out + ended.err
    return str(ended.out + ended.err)


def _files(run: Path) -> dict[str, Any]:
    """All that a run has, but what its manifest says of time."""
    found: dict[str, Any] = {str(file.relative_to(run)): file.read_bytes() for file in run.rglob("*")
                             if file.is_file() and file.name != "manifest.json"}
    manifest = json.loads((run / "manifest.json").read_bytes())
    return found | {"manifest": {key: value for key, value in manifest.items() if key != "timings"}}
