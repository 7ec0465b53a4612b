"""Batches of paths: each of one model, none parts what is shared, all reached early; blocks of a span cover it once."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from backstop.answers.sweeping import measure
from backstop.answers.sweeping.batches import batches_of, cycle
from backstop.answers.sweeping.measure import Span
from backstop.runs.request import RunRequest
from backstop.runs.tiles import Layout
from backstop.terms import PATHS_PER_MODEL, Mixture
from toy_run import ToyMarket, toy_terms

N_PATHS = 4 * 2 * PATHS_PER_MODEL
N_EARLY = 2 * PATHS_PER_MODEL


def request_with(mixture, drawn=None):
    return SimpleNamespace(terms=SimpleNamespace(mixture=mixture), n_paths=N_PATHS, drawn=drawn)


@pytest.mark.parametrize("mixture", [Mixture(), Mixture(("a", "b"), (1.0, 1.0)), Mixture(("a", "b"), (0.5, 1.5))])
def test_a_batch_is_of_one_model_and_the_first_paths_have_some_of_each(mixture):
    found = batches_of(request_with(mixture), N_EARLY)
    paths = np.arange(N_PATHS)
    model = mixture.model_of(paths) if mixture.models else np.zeros_like(paths)
    np.testing.assert_array_equal(found.model[found.of_path], model)
    assert set(found.of_path[:N_EARLY]) == set(range(found.n))
    assert len(set(found.model)) == max(len(mixture.models), 1)


def test_a_batch_weighs_as_its_model_does():
    found = batches_of(request_with(Mixture(("a", "b"), (0.5, 1.5))))
    assert [set(found.scale[found.model == model]) for model in (0, 1)] == [{0.5}, {1.5}]


def test_paths_that_share_a_draw_stay_together():
    drawn = SimpleNamespace(paths_per_group=16)
    found = batches_of(request_with(Mixture(), drawn))
    assert cycle(request_with(Mixture(), drawn)) == 16
    assert all(len(set(batch)) == 1 for batch in found.of_path.reshape(-1, 16))


def test_blocks_of_a_span_are_its_paths_each_once(monkeypatch):
    asked = []
    monkeypatch.setattr(measure, "layout_of", lambda _terms: Layout(lanes=24, block_paths=24, days_per_call=20))
    monkeypatch.setattr(measure, "made_blocks", lambda _workers, request, blocks, *_: (
        asked.extend((request.n_paths, block) for block in blocks), iter_of_none())[1])
    request = RunRequest(toy_terms(3), seed=9, n_paths=500, config_text="", currency="CNY", market=ToyMarket())
    measure._run(SimpleNamespace(request=replace(request)), Span(100, 200), None, (), {}, 1, None)
    paths = [path for _, block in asked for path in range(block.first_path, block.first_path + block.n_paths)]
    assert paths == list(range(100, 200))
    assert {n_paths for n_paths, _ in asked} == {200}


def iter_of_none():
    yield from ()
