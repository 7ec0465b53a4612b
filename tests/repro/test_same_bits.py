"""The same bits for any threads, tile, block or kernel call, and for a path alone."""

import polars as pl
import pytest

from backstop.runs.engine import run_blocks, simulate_block
from backstop.runs.tiles import Block, Layout, blocks_of
from toy_run import ToyMarket, toy_terms

TERMS = toy_terms()
N_PATHS, SEED = 150, 11
LAYOUT = Layout(lanes=24, block_paths=72, days_per_call=16)


def rows(blocks):
    """Both tables of a run, by key, whatever its blocks; and the counts behind its bands."""
    paths = pl.concat([pl.from_arrow(block.paths) for block in blocks]).sort("path", "arm")
    funds = pl.concat([pl.from_arrow(block.funds) for block in blocks]).sort("path", "arm", "fund")
    return paths, funds, sum(block.counts for block in blocks)


def simulated(threads=1, layout=LAYOUT):
    return rows(list(run_blocks(TERMS, SEED, blocks_of(N_PATHS, layout), threads, layout, ToyMarket())))


@pytest.fixture(scope="module")
def reference():
    return simulated()


def assert_same(got, expected):
    for one, other in zip(got[:2], expected[:2], strict=True):
        # equals compares values, nulls alike; no tolerance
        assert one.equals(other)
    assert (got[2] == expected[2]).all()


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_do_not_change_a_bit(reference, threads):
    assert_same(simulated(threads), reference)


@pytest.mark.parametrize("lanes", [1, 7, 72])
def test_tile_size_does_not_change_a_bit(reference, lanes):
    assert_same(simulated(layout=LAYOUT._replace(lanes=lanes)), reference)


@pytest.mark.parametrize("block_paths", [24, 150])
def test_block_size_does_not_change_a_bit(reference, block_paths):
    assert_same(simulated(2, LAYOUT._replace(block_paths=block_paths)), reference)


@pytest.mark.parametrize("days_per_call", [1, 80])
def test_days_per_call_do_not_change_a_bit(reference, days_per_call):
    assert_same(simulated(layout=LAYOUT._replace(days_per_call=days_per_call)), reference)


def test_a_path_alone_is_the_path_of_the_run(reference):
    path = 101
    alone = rows([simulate_block(TERMS, SEED, Block(0, path, 1), LAYOUT._replace(lanes=1), ToyMarket())])
    assert alone[0].equals(reference[0].filter(pl.col("path") == path))
    assert alone[1].equals(reference[1].filter(pl.col("path") == path))


def test_the_toy_run_exercises_the_facility(reference):
    """Equal bits would prove little of a run in which nothing happens."""
    paths = reference[0].filter(pl.col("arm") == "fund")
    assert paths["injected"].sum() > 0.0
    assert paths["repaid"].sum() > 0.0
    assert 0 < paths["first_dry_day"].null_count() < N_PATHS
    assert paths["loss_first"].sum() > 0.0
    assert paths["loss_second"].sum() > 0.0


def test_another_seed_gives_other_paths(reference):
    other = simulate_block(TERMS, SEED + 1, Block(0, 0, 5), LAYOUT, ToyMarket())
    first = reference[0].filter(pl.col("path") < 5).sort("arm", "path")["market_trough_index"]
    assert not first.equals(pl.from_arrow(other.paths).sort("arm", "path")["market_trough_index"])
