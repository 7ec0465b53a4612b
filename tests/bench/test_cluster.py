"""The simulation of a cluster keeps every block, and is bounded by what it is made of."""

import pytest

from bench.cluster import BLOCK_PATHS, Cluster, Simulation

CALM = Cluster(paths=1000 * BLOCK_PATHS, cores=20, block=10.0, spread=0.0, start=0.0, life=1e12, dispatch=0.0)


@pytest.mark.parametrize("cluster", [CALM, CALM._replace(life=300.0, start=20.0), CALM._replace(spread=0.5)])
def test_all_work_is_done_once_and_cores_bound_it_from_below(cluster):
    simulation = Simulation(cluster, 1)
    found = simulation.run()
    assert found.makespan * cluster.cores * found.busy == pytest.approx(simulation.worked)
    assert simulation.worked == pytest.approx(1000 * 10.0, rel=5 * cluster.spread / 1000**0.5 + 1e-12)
    assert found.makespan >= simulation.worked / cluster.cores


def test_a_calm_cluster_is_busy_almost_always():
    found = Simulation(CALM, 1).run()
    assert found.n_deaths == 0
    assert found.busy > 0.97


def test_deaths_lose_half_a_block_each_in_the_mean():
    found = Simulation(CALM._replace(life=100.0, paths=20_000 * BLOCK_PATHS), 1).run()
    # the moment within a block of 10 s is uniform, but for a tenth where lives are ten blocks; four standard errors
    mean, error = found.lost / found.n_deaths, 10.0 / 12**0.5 / found.n_deaths**0.5
    assert mean == pytest.approx(5.0, abs=10.0 * 0.1 / 12 + 4 * error)
    assert found.n_deaths > 1000


def test_a_slow_scheduler_bounds_a_run_from_below():
    found = Simulation(CALM._replace(dispatch=2.0), 1).run()
    assert found.makespan >= found.n_tasks * 2.0 - 2 * 10.0 - 2.0
    assert found.scheduler_busy > 0.9
