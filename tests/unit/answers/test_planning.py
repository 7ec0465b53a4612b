"""What a run would take follows from a sample and from rates, and on a cluster by arithmetic."""

import pytest

from backstop.answers import planning, rates
from backstop.answers.planning import Plan, plan_cluster, plan_run, summary_seconds
from backstop.runs.request import RunRequest
from backstop.runs.tiles import layout_of
from toy_run import ToyMarket, toy_terms

PLAN = Plan(n_paths=80_000, n_days=40, n_arms=2, n_blocks=10, n_tiles=100, lanes=72, sample_paths=100,
            sample_seconds=0.5, seconds=1.0, summary_seconds=3.0, memory_bytes=1, disk_bytes=1)
"""Blocks of 8,000 paths and 40 s."""


def test_tasks_hours_and_money_of_blocks_longer_than_half_a_task():
    found = plan_cluster(PLAN, 4, 0.05)
    assert (found.n_tasks, found.task_seconds) == (10, pytest.approx(40.0))
    assert found.core_hours == pytest.approx(400.0 / 3600.0)
    # three rounds of four cores
    assert found.hours == pytest.approx(120.0 / 3600.0)
    assert found.money == pytest.approx(0.05 * 4 * 120.0 / 3600.0)
    assert found.n_files == 40


def test_short_blocks_are_put_together_as_long_as_every_core_has_some():
    short = PLAN._replace(n_blocks=1000)
    assert plan_cluster(short, 10, None).task_seconds == pytest.approx(0.4 * 100)
    assert plan_cluster(short, 1000, None).n_tasks == 1000
    assert plan_cluster(short, 10, None).money is None


def test_what_brings_blocks_together_grows_with_paths_and_not_with_arms():
    more = plan_cluster(PLAN._replace(n_paths=2 * PLAN.n_paths, n_arms=4), 4, None)
    assert more.merge_bytes == 2 * plan_cluster(PLAN, 4, None).merge_bytes
    assert plan_cluster(PLAN, 4, None).merge_hours == pytest.approx(PLAN.summary_seconds / 3600.0)


def test_a_plan_scales_a_sample_to_the_run(monkeypatch):
    monkeypatch.setattr(planning, "SAMPLE_SECONDS", 0.0)
    terms = toy_terms(40)
    request = RunRequest(terms, seed=9, n_paths=10_000, market=ToyMarket())
    plan, lanes = plan_run(request, 2), layout_of(terms).lanes
    assert (plan.n_paths, plan.n_blocks, plan.lanes, plan.sample_paths) == (10_000, 2, lanes, 2 * lanes)
    assert plan.seconds > plan.n_tiles / 2 * plan.sample_seconds / 2 + plan.summary_seconds
    assert 2e6 < plan.disk_bytes < 2e7
    assert 1e8 < plan.memory_bytes < 2e9


def test_a_summary_takes_time_for_its_columns_and_for_their_paths():
    terms = toy_terms(40)
    once, twice = summary_seconds(terms, 1000), summary_seconds(terms, 2000)
    assert once < twice < 2.0 * once
    assert summary_seconds(terms, 4000) - twice == pytest.approx(2.0 * (twice - once))


def test_disk_is_paths_parts_bands_of_every_block_and_of_all_and_rows_of_the_summary():
    def disk(n_paths, n_blocks, n_bytes=1800):
        # 100 paths take 1,000 bytes, 200 take 1,800: 8 a path, 200 a part
        request = RunRequest(toy_terms(40), seed=9, n_paths=n_paths, market=ToyMarket())
        samples = [planning._Sample(n, 1.0, 1.0, size) for n, size in ((100, 1000), (200, n_bytes))]
        return planning._disk_bytes(request, *samples, n_blocks)

    terms = toy_terms(40)
    bands = planning.BAND_BYTES * len(terms.arms) * 40 * len(planning.DAILY_METRICS)
    of_none, of_funds = planning.n_columns(terms)
    rows = rates.COLUMN_ROWS * (rates.JSON_ROW_BYTES * of_none + rates.PARQUET_ROW_BYTES * (of_none + of_funds))
    assert disk(4000, 2) - disk(2000, 2) == 16_000
    assert disk(2000, 3) - disk(2000, 2) == 200 + bands
    head = disk(2000, 2) - (8 * 2000 + 2 * 200 + 3 * bands + rows)
    assert 1000 < head < 100_000
    # a part cannot take less than nothing for itself
    assert disk(2000, 3, n_bytes=2200) - disk(2000, 2, n_bytes=2200) == bands
