import numpy as np
import pytest

from backstop.outcomes import FUND_OUTCOMES, PATH_OUTCOMES
from backstop.runs.tiles import (
    BLOCK_BYTES,
    FEWEST_LANES,
    MAX_BLOCK_PATHS,
    MAX_LANES,
    SEAM_BYTES,
    Block,
    Layout,
    arm_bytes,
    blocks_of,
    layout_of,
    outcome_bytes,
    seam_bytes,
    second_cache_bytes,
    tiles_of,
)
from toy_run import toy_terms


def with_many_arms(n):
    terms = toy_terms()
    return terms._replace(arms=terms.arms[:1] + terms.arms[1:] * (n - 1))


LARGE = 2**30
"""Bytes of a cache that holds anything."""


def test_a_small_run_gets_the_widest_tiles_and_blocks_of_whole_tiles():
    layout = layout_of(toy_terms(), LARGE)
    assert layout.lanes == MAX_LANES
    assert layout.block_paths % layout.lanes == 0
    assert MAX_BLOCK_PATHS - MAX_LANES < layout.block_paths <= MAX_BLOCK_PATHS


def test_a_long_horizon_gets_fewer_lanes_within_the_budget_of_the_seam():
    terms = toy_terms(20_000)
    lanes = layout_of(terms, LARGE).lanes
    assert lanes < MAX_LANES
    assert lanes * seam_bytes(terms) <= SEAM_BYTES < (lanes + 8) * seam_bytes(terms)


def with_long_memory(days):
    terms = toy_terms()
    long_memory = terms.arms[1].funds._replace(nav_history=np.ones((2, days)))
    return terms._replace(arms=(terms.arms[0], terms.arms[1]._replace(funds=long_memory)))


@pytest.mark.parametrize("cache_bytes", [2**21, 5 * 2**19, 3 * 2**20])
def test_an_arm_gets_as_many_lanes_as_the_cache_of_a_core_holds(cache_bytes):
    terms = with_long_memory(1000)
    lanes = layout_of(terms, cache_bytes).lanes
    assert FEWEST_LANES < lanes < MAX_LANES
    assert lanes * arm_bytes(terms) <= cache_bytes < (lanes + 8) * arm_bytes(terms)


def test_where_no_cache_holds_an_arm_there_are_lanes_enough_for_calls_of_stages():
    assert layout_of(with_long_memory(100_000), 2**20).lanes == FEWEST_LANES


@pytest.mark.parametrize("days", [10, 1000, 100_000])
def test_blocks_are_the_same_on_any_machine(days):
    terms = with_long_memory(days)
    assert len({layout_of(terms, size).block_paths for size in (2**18, 2**20, 2**21, LARGE)}) == 1


def test_this_machine_has_a_second_cache_of_some_size():
    assert 2**16 <= second_cache_bytes() <= 2**27


def test_there_are_never_fewer_lanes_than_a_vector_has():
    assert layout_of(toy_terms(2_000_000)).lanes == 8


def test_many_arms_get_smaller_blocks_within_the_byte_budget():
    terms = with_many_arms(100)
    block_paths = layout_of(terms).block_paths
    assert block_paths < layout_of(toy_terms()).block_paths
    assert block_paths * outcome_bytes(terms) <= BLOCK_BYTES


def test_outcome_bytes_count_every_column_of_every_arm():
    # some path outcomes stand once for each of two layers or three assets; fund outcomes, for each of two funds
    rows = sum({"": 1, "layer": 2, "asset": 3}[outcome.axis] for outcome in PATH_OUTCOMES)
    assert outcome_bytes(toy_terms()) == 2 * 8 * (rows + len(FUND_OUTCOMES) * 2)


@pytest.mark.parametrize(("n_paths", "lanes"), [(1, 8), (96, 24), (250, 24), (100, 7)])
def test_blocks_and_tiles_cover_every_path_once(n_paths, lanes):
    layout = Layout(lanes, 96, 16)
    tiles = [tile for block in blocks_of(n_paths, layout) for tile in tiles_of(block, layout)]
    paths = np.concatenate([np.arange(tile.first_path, tile.first_path + tile.n_lanes) for tile in tiles])
    assert (paths == np.arange(n_paths)).all()
    assert all(tile.n_lanes <= lanes for tile in tiles)


def test_tiles_start_at_their_place_in_the_block():
    tiles = list(tiles_of(Block(3, 1000, 50), Layout(24, 96, 16)))
    assert [(tile.first_path, tile.offset, tile.n_lanes) for tile in tiles] == [
        (1000, 0, 24), (1024, 24, 24), (1048, 48, 2)]
