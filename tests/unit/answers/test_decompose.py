import dataclasses

import numpy as np
import pytest

from backstop.answers.decompose import (
    ALL_CHANNELS,
    NO_CHANNEL,
    TOGETHER,
    _with_only,
    channels_at_work,
    decompose,
    decompose_run,
)
from backstop.answers.metrics import METRICS
from backstop.answers.stress import complete
from backstop.config.channels import without
from backstop.errors import DirectoryRefused
from backstop.report.decomposition import print_decomposition
from backstop.runs.engine import simulate_block
from backstop.runs.parts import Parts
from backstop.runs.request import RunRequest
from backstop.runs.store import simulated_run
from backstop.runs.tiles import Block, Layout
from backstop.terms import ReplayTerms
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=40, block_paths=120, days_per_call=60)
REQUEST = RunRequest(toy_terms(60), seed=3, n_paths=200, market=ToyMarket())


def found(rows, measure):
    return {row.channel: row for row in rows if row.measure == measure}


@pytest.fixture(scope="module")
def rows():
    return decompose(REQUEST, 1, layout=LAYOUT)


def test_channels_add_up_to_what_the_run_itself_averts(rows, tmp_path):
    with simulated_run(REQUEST, tmp_path / "run", 1, layout=LAYOUT) as run:
        summary = {(row.metric, row.statistic): row for row in complete(run)}
    for measure in ("relief", "drawdown_averted", "pressure_days_averted"):
        of_measure = found(rows, measure)
        whole = of_measure.pop(TOGETHER)
        of_run = summary[measure, "mean"]
        assert (whole.estimate, whole.lower, whole.upper) == pytest.approx(
            (of_run.estimate, of_run.lower, of_run.upper), rel=1e-12)
        assert whole.estimate != 0.0
        assert sum(row.estimate for row in of_measure.values()) == pytest.approx(whole.estimate, rel=1e-9)


def test_in_windows_a_path_without_one_averts_nothing(tmp_path):
    arms = tuple(arm._replace(judging=arm.judging._replace(window_drawdown=0.05)) for arm in REQUEST.terms.arms)
    request = dataclasses.replace(REQUEST, terms=REQUEST.terms._replace(arms=arms))
    rows = decompose(request, 1, layout=LAYOUT)
    with simulated_run(request, tmp_path / "run", 1, layout=LAYOUT) as run:
        summary = {row.metric: row for row in complete(run) if row.arm == "fund" and row.statistic == "mean"}
    for measure in ("all_window_sales_averted", "window_pressure_days_averted"):
        of_measure, of_run = found(rows, measure), summary[measure]
        whole = of_measure.pop(TOGETHER)
        assert 0 < of_run.n_paths < REQUEST.n_paths
        assert whole.estimate == pytest.approx(of_run.estimate * of_run.n_paths / REQUEST.n_paths, rel=1e-9)
        assert whole.estimate != 0.0
        assert sum(row.estimate for row in of_measure.values()) == pytest.approx(whole.estimate, rel=1e-9)


def test_without_any_channel_there_is_nothing_to_avert(rows):
    assert found(rows, "sales_averted")[NO_CHANNEL].estimate == 0.0


def test_pressure_can_only_be_averted_where_managers_are_judged(rows):
    """A game in which every set without evaluation makes nothing: the other channels' values are their part of it."""
    contributions = found(rows, "pressure_days_averted")
    alone = decompose(dataclasses.replace(REQUEST, terms=without_channels("evaluation")), 1, layout=LAYOUT)
    assert all(row.estimate == 0.0 for row in found(alone, "pressure_days_averted").values())
    assert contributions["evaluation"].estimate != 0.0


def without_channels(*channels):
    terms = REQUEST.terms
    return terms._replace(arms=tuple(without(arm, channels) for arm in terms.arms))


def test_an_announcement_is_a_channel_where_a_facility_makes_one():
    announced = tuple(arm._replace(facilities=arm.facilities._replace(
        announcement_cut=np.full_like(arm.facilities.announcement_cut, 0.61))) for arm in REQUEST.terms.arms)
    assert channels_at_work(REQUEST.terms) == ("redemption", "evaluation", "impact")
    assert channels_at_work(REQUEST.terms._replace(arms=announced)) == (
        "redemption", "evaluation", "impact", "announcement")


def test_a_channel_that_is_off_everywhere_is_left_out():
    assert channels_at_work(REQUEST.terms) == ("redemption", "evaluation", "impact")
    assert channels_at_work(without_channels("impact", "redemption")) == ("evaluation",)


def test_an_interval_is_that_of_the_mean_over_paths(rows):
    row = found(rows, "relief")["impact"]
    assert row.lower < row.estimate < row.upper
    more = decompose(dataclasses.replace(REQUEST, n_paths=800), 1, layout=LAYOUT)
    narrow = found(more, "relief")["impact"]
    assert 1.3 < (row.upper - row.lower) / (narrow.upper - narrow.lower) < 3.0


def test_what_was_decomposed_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr("backstop.answers.decompose.decompose", lambda *args: decompose(*args[:2], layout=LAYOUT))
    with simulated_run(REQUEST, tmp_path / "run", 1, layout=LAYOUT) as run, pytest.raises(DirectoryRefused):
        decompose_run(REQUEST, run.directory.folder, 1)
    first = decompose_run(REQUEST, run.directory.folder, 1)
    monkeypatch.undo()
    assert decompose_run(REQUEST, run.directory.folder, 1) == first
    assert Parts(run.directory).arms == ["none", "fund"]


def test_every_measure_is_a_metric_of_the_summary(rows):
    assert {row.measure for row in rows} <= {metric.name for metric in METRICS}


def test_the_table_names_every_channel(rows, capsys):
    print_decomposition(rows, "CNY")
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("redemption", "evaluation", "impact", "no channel", "together"))


def replayed(n_days=60):
    """The toy run on a real window of its index."""
    closes = np.zeros((n_days, 3))
    closes[:, 0] = np.linspace(-0.01, -0.3, n_days)
    terms = toy_terms(n_days)
    replay = ReplayTerms(np.array([n_days, 0, 0]), closes)
    return terms._replace(arms=tuple(arm._replace(prices=arm.prices._replace(replay=replay)) for arm in terms.arms))


def test_on_a_real_window_what_channels_did_is_taken_out_of_the_closes_of_arm_none():
    terms = replayed()
    variant = _with_only(frozenset(channels_at_work(terms)) - {"impact"}, terms)
    assert variant.names.arms == (ALL_CHANNELS, *terms.names.arms)
    tables = simulate_block(variant, 3, Block(0, 0, 8), LAYOUT, ToyMarket())
    ends = tables.paths["market_end_index"].to_numpy().reshape(len(variant.arms), 8)
    np.testing.assert_allclose(ends[0], np.exp(-0.3), rtol=1e-12)
    # what sales of arm none had taken from the price is given back, in every arm alike
    assert np.all(ends[1] > 1.0001 * ends[0])
    np.testing.assert_array_equal(ends[1], ends[2])


def test_on_a_real_window_contributions_add_up_too():
    rows = decompose(dataclasses.replace(REQUEST, terms=replayed(), n_paths=40), 1, layout=LAYOUT)
    of_measure = found(rows, "sales_averted")
    whole = of_measure.pop(TOGETHER)
    assert sum(row.estimate for row in of_measure.values()) == pytest.approx(whole.estimate, rel=1e-9)
    assert of_measure[NO_CHANNEL].estimate == 0.0
