"""Reading ahead changes no row, whatever memory it is given."""

import numpy as np
import pytest

from backstop.answers import views
from backstop.answers.summary import steps_of, summarise, summarise_funds
from backstop.answers.views import View
from backstop.runs.parts import Parts
from backstop.runs.request import RunRequest
from backstop.runs.store import simulated_run
from backstop.runs.tiles import Layout
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=40, block_paths=120, days_per_call=60)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    request = RunRequest(toy_terms(60), seed=3, n_paths=300, market=ToyMarket())
    with simulated_run(request, tmp_path_factory.mktemp("runs") / "run", 1, layout=LAYOUT) as run:
        return run.directory


@pytest.mark.parametrize("slab_bytes", [0, 8 * 300, 5 * 8 * 300, 100 * 8 * 300])
def test_memory_for_columns_read_ahead_changes_no_row(directory, monkeypatch, slab_bytes):
    parts = Parts(directory)
    expected = [summarise(parts), *summarise_funds(parts)]
    monkeypatch.setattr(views, "SLAB_BYTES", slab_bytes)
    monkeypatch.setattr("backstop.runs.parts.SMALL_BYTES", 0)
    parts = Parts(directory)
    assert [summarise(parts), *summarise_funds(parts)] == expected


def test_parts_are_opened_once_for_as_many_columns_as_fit(directory, monkeypatch):
    opened = []

    class Counting(Parts):
        def pieces(self, arms, paths=(), funds=()):
            opened.append((tuple(arms), tuple(paths)))
            return super().pieces(arms, paths, funds)

    parts = Counting(directory)
    assert parts.n_paths == 300
    monkeypatch.setattr(views, "SLAB_BYTES", 10 * 8 * 300)
    view = View(parts, steps_of(parts)[0])
    opened.clear()
    reads = steps_of(parts)[0][:6]
    for read in reads:
        for arm in (0, 1):
            view.column(read, arm)
    # five columns of two arms, then the sixth and others
    assert [len(paths) for _, paths in opened] == [5, 5]
    assert opened[0] == ((0, 1), tuple(read.key for read in reads[:5]))


def test_even_weights_take_no_memory(directory):
    parts = Parts(directory)
    assert parts.weight.strides == (0,)
    assert np.array_equal(parts.weight, np.ones(300))
