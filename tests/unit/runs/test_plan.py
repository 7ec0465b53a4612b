"""What a run would take on a cluster follows from the sample by arithmetic."""

import pytest

from backstop.runs.plan import Plan, plan_cluster

PLAN = Plan(n_paths=80_000, n_days=40, n_arms=2, n_blocks=10, n_tiles=100, lanes=72, sample_paths=100,
            sample_seconds=0.5, seconds=1.0, memory_bytes=1, disk_bytes=1)
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


def test_what_brings_blocks_together_grows_with_paths_and_arms():
    more = plan_cluster(PLAN._replace(n_paths=160_000, n_arms=4), 4, None)
    assert more.merge_bytes == 4 * plan_cluster(PLAN, 4, None).merge_bytes
    assert more.merge_hours == pytest.approx(4 * plan_cluster(PLAN, 4, None).merge_hours)
