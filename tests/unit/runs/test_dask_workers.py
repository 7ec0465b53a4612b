"""Blocks that workers of Dask hand to a command are those of its own threads, and nothing of them is left."""

import logging
import os
import signal
from contextlib import closing

import numpy as np
import pytest

from backstop.errors import EnvironmentFailure, RunIncomplete
from backstop.runs import dask_workers as module
from backstop.runs.dask_workers import _Order, cut, dask_workers
from backstop.runs.on_dask import Receipt
from backstop.runs.request import RunRequest
from backstop.runs.tiles import Block, Layout, blocks_of
from backstop.runs.workers import made_blocks, threads_of
from toy_run import ToyMarket, toy_terms

pytestmark = pytest.mark.filterwarnings("ignore")
LAYOUT = Layout(lanes=24, block_paths=600, days_per_call=20)
REQUEST = RunRequest(toy_terms(20), seed=9, n_paths=1500, config_text="# mine\n", market=ToyMarket())


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None,
                                  silence_logs=logging.CRITICAL) as cluster:
        yield cluster


def blocks_by(workers, request=REQUEST, *, has_bands=True):
    blocks = blocks_of(request.n_paths, LAYOUT)
    with closing(made_blocks(workers, request, blocks, LAYOUT, has_bands=has_bands)) as made:
        return list(made)


def assert_same(found, expected):
    assert [tables.block for tables in found] == [tables.block for tables in expected]
    for own, other in zip(found, expected, strict=True):
        assert own.paths.equals(other.paths, check_metadata=True)
        assert own.funds.equals(other.funds, check_metadata=True)
        np.testing.assert_array_equal(own.counts, other.counts)


@pytest.mark.parametrize("has_bands", [True, False])
def test_blocks_cut_into_pieces_are_those_of_threads_and_the_place_is_empty_at_the_end(cluster, tmp_path, has_bands):
    with dask_workers(cluster.scheduler_address, str(tmp_path / "scratch"), 2) as workers:
        assert_same(blocks_by(workers, has_bands=has_bands), blocks_by(2, has_bands=has_bands))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_worker_killed_in_the_middle_changes_no_byte(cluster, tmp_path):
    with dask_workers(cluster.scheduler_address, str(tmp_path), 2) as workers:
        made = made_blocks(workers, REQUEST, blocks_of(1500, LAYOUT), LAYOUT, has_bands=True)
        first = next(made)
        from distributed import Client

        with Client(cluster, set_as_default=False) as client:
            os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)
        assert_same([first, *made], blocks_by(2))


def test_who_stops_early_leaves_nothing_and_may_ask_again(cluster, tmp_path):
    with dask_workers(cluster.scheduler_address, str(tmp_path), 2) as workers:
        made = made_blocks(workers, REQUEST, blocks_of(1500, LAYOUT), LAYOUT)
        next(made)
        made.close()
        assert_same(blocks_by(workers), blocks_by(2))
    assert list(tmp_path.iterdir()) == []


def test_workers_of_other_versions_are_refused_by_name(cluster, tmp_path, monkeypatch):
    code = module.code_here()
    monkeypatch.setattr(module, "code_here", lambda: code | {"numpy": "1.0"})
    with (dask_workers(cluster.scheduler_address, str(tmp_path), 2) as workers,
          pytest.raises(RunIncomplete, match=r"^worker \S+: has numpy \S+, not 1\.0; install the same")):
        blocks_by(workers)


def test_blocks_of_a_run_come_from_the_kind_of_cpu_that_signs_them():
    with pytest.raises(RunIncomplete, match=r"^worker a: cpu x, not y as of this machine; take workers of its kind"):
        module._refuse_other_cpu(Receipt(1, 24, 1.0, "a", "x"), {"cpu": "y"})


def test_a_place_that_a_worker_does_not_see_is_said_with_what_to_name(tmp_path):
    batch = module.Batch(REQUEST, LAYOUT, str(tmp_path / "gone"), 0, False, module.code_here())
    with pytest.raises(EnvironmentFailure, match=r"^worker \S+: there is no \S+gone; name a --scratch folder"):
        module._send(batch, [(0, 0, 24)])


def test_what_is_not_seen_here_is_said_with_what_to_name(tmp_path):
    batch = module.Batch(REQUEST, LAYOUT, str(tmp_path), 0, False, {})
    with pytest.raises(EnvironmentFailure, match=r"is not seen here; name a --scratch folder"):
        module._brought(module.storage_of(str(tmp_path)), batch, Block(0, 0, 24))


def test_pieces_hold_each_path_once_in_order_and_are_enough_for_all_threads():
    pieces = cut(blocks_of(5000, LAYOUT._replace(block_paths=4096)), 2)
    flat = [piece.first_path + n for own in pieces for piece in own for n in range(piece.n_paths)]
    assert flat == list(range(5000))
    assert [piece.number for own in pieces for piece in own] == list(range(sum(map(len, pieces))))
    assert [piece.n_paths for piece in pieces[0]] == [792] * 5 + [136]


def test_many_blocks_are_not_cut():
    blocks = blocks_of(40_000, LAYOUT)
    assert cut(blocks, 2) == [[block] for block in blocks]


def test_no_more_is_handed_out_until_the_first_task_is_taken():
    order = _Order(cut(blocks_of(40_000, LAYOUT), 1))
    for pieces in order.pieces:
        if order.is_far_ahead(1):
            break
        order.handed_out(pieces)
        order.note(pieces)
    assert len(order._tasks) == module.LEAD * module.TASKS_AHEAD
    order.taken(order.pieces[0])
    assert not order.is_far_ahead(1)
    assert not order.has(order.pieces[0])
    assert order.has(order.pieces[1])


def test_what_only_threads_can_do_has_as_many_as_were_asked_for(cluster, tmp_path):
    assert threads_of(3) == 3
    with dask_workers(cluster.scheduler_address, str(tmp_path), 2) as workers:
        assert threads_of(workers) == 2
