"""Answers whose blocks workers of Dask make are those of threads, byte for byte; what is refused before any is made."""

import json
import logging

import pytest

from commands import SMALL, pinned, run_here

SIZES = "pool.layers.last.size=1e8,1e9"
ASKED = {
    "size": ("--target", "0.1"),
    "size until it is known": ("--target", "0.1", "--target-error", "size=0.5"),
    "sweep": ("--vary", SIZES, "--vary", "run.days=30,40"),
    "optimise": ("--vary", SIZES, "--design", "grid"),
    "sensitivity": ("--headline", "relief"),
    "reverse": ("--failure", "injected>0"),
    "quality": (),
    "hazard": ("--multipliers", "0.9:1.1:3"),
    "designs": ("--only", "rbi-slf-mf-2020", "--scenario", "none"),
    "history": (),
}
"""Options of each command that asks for blocks."""


@pytest.fixture(scope="module")
def scheduler():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None,
                                  silence_logs=logging.CRITICAL) as cluster:
        yield cluster.scheduler_address


def files(folder):
    """Of an answer; without what tells the time, and the journal, which goes with it."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.parent.name != "journal" and path.name != "manifest.json"}


def answered(name, config, out, *engine):
    command = name.partition(" ")[0]
    out = out / "answer.parquet" if command in ("quality", "hazard") else out
    out.parent.mkdir(exist_ok=True)
    ended = run_here(command, config, "--paths", 600, "--threads", 2, *ASKED[name], "--quiet", "--json", "-o", out,
                     *engine)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ASKED)
def test_an_answer_of_workers_elsewhere_is_that_of_threads(scheduler, tmp_path, name):
    config = tmp_path / "asked.toml"
    text = SMALL.read_text().replace("coverage_frac = 0.8", "coverage_frac = 0.8   # [ours]")
    config.write_text(pinned(text, tmp_path) if name == "history" else text)
    here, there, scratch = (tmp_path / folder for folder in ("here", "there", "scratch"))
    own = answered(name, config, here)
    assert answered(name, config, there, "--engine", "dask", "--scheduler", scheduler, "--scratch", scratch) == own
    assert files(there) == files(here)
    assert files(here)
    assert list(scratch.iterdir()) == []


@pytest.mark.filterwarnings("ignore")
def test_workers_of_this_machine_need_no_scratch_place(tmp_path):
    pytest.importorskip("distributed")
    own = answered("quality", SMALL, tmp_path / "here")
    assert answered("quality", SMALL, tmp_path / "there", "--engine", "dask") == own


@pytest.mark.parametrize(("options", "said"), [
    (("--scheduler", "tcp://h:1"), "--scheduler tcp://h:1: is for --engine dask; add that"),
    (("--scratch", "here"), "--scratch here: is for --engine dask; add that"),
    (("--engine", "dask", "--scheduler", "tcp://h:1"), "name it with --scratch, a folder or a URL"),
])
def test_what_does_not_go_together_is_refused_in_a_line(options, said):
    ended = run_here("size", SMALL, *options)
    assert ended.code == 2
    assert ended.err.rstrip().endswith(said)
    assert ended.err.count("\n") == 1
