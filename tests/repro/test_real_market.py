"""The same bits with the market kernel in front: a path depends on terms, seed and its number alone."""

import polars as pl
import pytest

from backstop.runs.engine import run_blocks, simulate_block
from backstop.runs.tiles import Block, Layout, blocks_of
from markets import STILL, asset, resolved, student_t
from toy_run import toy_terms

DAYS, SEED = 40, 2015
GJR = {"model": "gjr", "omega": 8e-6, "alpha": (0.06,), "gamma": (0.04,), "beta": (0.90,)}
TERMS = toy_terms(DAYS)._replace(market=resolved(
    asset("index", GJR, student_t(5.0)), asset("technology", GJR, student_t(4.0)),
    asset("bond", STILL | {"omega": 4e-6}), days=DAYS))
LAYOUT = Layout(lanes=24, block_paths=48, days_per_call=40)


def rows(blocks):
    paths = pl.concat([pl.from_arrow(block.paths) for block in blocks])
    funds = pl.concat([pl.from_arrow(block.funds) for block in blocks])
    return paths.sort("path", "arm"), funds.sort("path", "arm", "fund")


@pytest.fixture(scope="module")
def reference():
    return rows(list(run_blocks(TERMS, SEED, blocks_of(100, LAYOUT), 1, LAYOUT)))


@pytest.mark.parametrize(("threads", "layout"), [(2, LAYOUT), (1, LAYOUT._replace(lanes=5)),
                                                 (1, LAYOUT._replace(days_per_call=7)),
                                                 (2, Layout(lanes=100, block_paths=100, days_per_call=3))])
def test_threads_tiles_blocks_and_calls_do_not_change_a_bit(reference, threads, layout):
    found = rows(list(run_blocks(TERMS, SEED, blocks_of(100, layout), threads, layout)))
    assert all(one.equals(other) for one, other in zip(found, reference, strict=True))


def test_a_path_alone_is_the_path_of_the_run(reference):
    found = rows([simulate_block(TERMS, SEED, Block(0, 61, 1), LAYOUT._replace(lanes=1))])
    assert all(one.equals(other.filter(pl.col("path") == 61)) for one, other in zip(found, reference, strict=True))
