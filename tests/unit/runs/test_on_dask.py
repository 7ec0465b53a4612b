"""Blocks made by workers of Dask are those of a local run, byte for byte, though workers die and join."""

import contextlib
import hashlib
import logging
import os
import pickle
import signal

import numpy as np
import pytest

from backstop.errors import EnvironmentFailure, RunIncomplete
from backstop.runs import on_dask
from backstop.runs.merge import gather
from backstop.runs.on_dask import Job, Receipt, Waves, run_on_dask
from backstop.runs.request import RunRequest
from backstop.runs.shards import Command, make_shard, storage_of
from backstop.runs.store import finish_run, simulated_run
from backstop.runs.tiles import Block, Layout, blocks_of
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=24, block_paths=24, days_per_call=20)
COMMAND = Command("/configs/mine.toml", "/configs", ())


def request_of(n_blocks):
    return RunRequest(toy_terms(40), seed=9, n_paths=24 * n_blocks, config_text="# mine\n", market=ToyMarket())


def parts(folder):
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("part-*.parquet"))}


def local(request, folder):
    with simulated_run(request, folder, 2, layout=LAYOUT) as run:
        finish_run(run)
    return parts(folder)


@pytest.fixture
def cluster():
    """Two workers, each a process that a nanny starts anew when it dies."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None,
                                  silence_logs=logging.CRITICAL) as cluster:
        yield cluster


def pids(cluster):
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:
        return sorted(client.run(os.getpid).values())


def assert_same_through_deaths(cluster, folder, n_blocks, moments):
    """Kill a worker each time that so many paths are done, and add one the first time."""
    request, moments, killed = request_of(n_blocks), sorted(moments), []

    def disturb(progress):
        if progress.phase == "simulating" and moments and progress.done >= moments[0]:
            del moments[0]
            killed.append(pids(cluster)[0])
            with contextlib.suppress(ProcessLookupError):
                os.kill(killed[-1], signal.SIGKILL)
            if len(killed) == 1:
                cluster.scale(3)

    run_on_dask(request, COMMAND, str(folder / "dask"), cluster.scheduler_address, 1, LAYOUT, disturb)
    assert killed
    gather([storage_of(str(folder / "dask"))], request, folder / "dask", LAYOUT)
    assert parts(folder / "dask") == local(request, folder / "local")


@pytest.mark.filterwarnings("ignore")
def test_a_worker_killed_and_one_added_change_no_byte(cluster, tmp_path):
    assert_same_through_deaths(cluster, tmp_path, 40, [24])


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_many_deaths_change_no_byte(cluster, tmp_path):
    rng = np.random.default_rng(24)
    assert_same_through_deaths(cluster, tmp_path, 600, [24, *(24 * rng.choice(500, 5, replace=False))])


@pytest.mark.filterwarnings("ignore")
def test_workers_of_other_versions_are_refused_by_name(cluster, tmp_path, monkeypatch):
    code = on_dask.code_here()
    monkeypatch.setattr(on_dask, "code_here", lambda: code | {"numpy": "1.0", "cpu": "whichever"})
    with pytest.raises(RunIncomplete, match=rf"^worker \S+: has numpy {code['numpy']}, not 1\.0; install the same"):
        run_on_dask(request_of(3), COMMAND, str(tmp_path), cluster.scheduler_address, 1, LAYOUT)


@pytest.mark.filterwarnings("ignore")
def test_a_run_goes_on_from_what_is_there(cluster, tmp_path):
    request, told = request_of(6), []
    make_shard(request, COMMAND, storage_of(str(tmp_path / "run")), "1:5", 1, LAYOUT)
    run_on_dask(request, COMMAND, str(tmp_path / "run"), cluster.scheduler_address, 1, LAYOUT, told.append)
    assert told[-1] == ("simulating", 48, 48)
    assert parts(tmp_path / "run") == local(request, tmp_path / "local")


def test_a_scheduler_that_does_not_answer_is_an_error_of_a_line(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(on_dask, "WAIT_SECONDS", 1)
    with pytest.raises(EnvironmentFailure, match=r"^--scheduler tcp://127.0.0.1:1: does not answer \([^\n]*\); start"):
        run_on_dask(request_of(1), COMMAND, str(tmp_path), "tcp://127.0.0.1:1", 1, LAYOUT)


def test_a_task_writes_its_blocks_and_answers_with_less_than_a_kilobyte(tmp_path):
    request = request_of(3)
    job = Job(request, LAYOUT, str(tmp_path), on_dask.code_here())
    storage = storage_of(str(tmp_path))
    with on_dask.opened_shards(request, COMMAND, storage, LAYOUT):
        receipt = on_dask._make(pickle.loads(pickle.dumps(job)), blocks_of(request.n_paths, LAYOUT)[1:])
    assert (receipt.n_blocks, receipt.n_paths) == (2, 48)
    assert len(pickle.dumps(receipt)) < 1024
    assert [name for name in parts(tmp_path) if name.startswith("paths")] == [
        "paths/part-000001.parquet", "paths/part-000002.parquet"]


def blocks(n):
    return [Block(number, 24 * number, 24) for number in range(n)]


def test_tasks_are_one_block_until_one_is_back_then_as_long_as_is_wanted():
    waves = Waves(blocks(1000))
    assert [len(waves.next_task(4)) for _ in range(3)] == [1, 1, 1]
    waves.note(Receipt(1, 24, 9.0, "a", "x"))
    assert len(waves.next_task(4)) == 5
    waves.note(Receipt(5, 120, 900.0, "a", "x"))
    assert len(waves.next_task(4)) == 1


def test_tasks_become_short_towards_the_end_and_hold_every_block_once():
    waves, seen, sizes = Waves(blocks(500)), [], []
    while waves:
        task = waves.next_task(10)
        seen += task
        sizes.append(len(task))
        waves.note(Receipt(len(task), 24, 0.01, "a", "x"))
    assert seen == blocks(500)
    assert sizes[1] == 24
    assert sizes[-20:] == [1] * 20
