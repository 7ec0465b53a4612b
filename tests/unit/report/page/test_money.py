"""Use of the pool, stacked by layer."""

from types import SimpleNamespace

import numpy as np
import pytest

from backstop.report.page import money
from backstop.report.page.money import _uses

PEAKS = np.array([10.0, 30.0, 70.0, 140.0])


def subject(weight=None):
    tree = {"quantum": {"value": 2.0}, "arms": {"fund": {"pool": {"layer_size": {"value": [10.0, 20.0, 45.0]}}}}}
    parts = SimpleNamespace(resolved=tree, arm_column=lambda name, arm: {"pool_peak_use": [None, PEAKS]}[name][arm],
                            weight=np.ones(4) if weight is None else weight)
    return SimpleNamespace(manifest={"arms": ["none", "fund"]}, parts=parts, arms=["fund"], texts=lambda key: key,
                           row=lambda arm, metric, name: SimpleNamespace(estimate=70.0) if name == "p99" else None)


def test_the_first_layers_are_used_first_and_no_layer_beyond_its_size():
    used = dict(_uses(subject(), "fund"))
    assert used["use.p99"] == [20.0, 40.0, 10.0]
    assert used["use.most"] == [20.0, 40.0, 80.0]
    assert used["use.pool"] == [20.0, 40.0, 90.0]
    # 10, 30, 70 and 140 of layers of 20, 40 and 90
    assert used["use.mean"] == pytest.approx([(10 + 20 + 20 + 20) / 4, (10 + 40 + 40) / 4, (10 + 80) / 4])


def test_a_mean_counts_paths_by_their_weights():
    used = dict(_uses(subject(np.array([0.0, 0.0, 1.0, 1.0])), "fund"))
    assert used["use.mean"] == pytest.approx([20.0, 40.0, 45.0])


def test_a_figure_that_the_summary_does_not_have_is_left_out():
    assert "use.p95" not in dict(_uses(subject(), "fund"))


@pytest.mark.parametrize(("sold", "keys"), [(0.1, ["liquidity"]), (0.3, ["liquidity", "change"])])
def test_what_an_arm_changes_of_sources_and_uses_is_drawn_where_it_changes_something(monkeypatch, sold, keys):
    of = {"sales_pressure": np.array([[0.1], [sold]])}
    monkeypatch.setattr(money, "_shares_of_assets", lambda _subject, name: of.get(name, np.zeros((2, 1))))
    monkeypatch.setattr(money, "_flows", lambda _subject, key, *_more: key)
    parts = SimpleNamespace(arms=["none", "pool"], funds=["equity"], counterfactuals=[0, 0])
    chapter = money.liquidity(SimpleNamespace(texts=lambda key, **_words: key, parts=parts, arms=["pool"]))
    assert chapter is not None
    assert list(chapter.figures) == keys
