"""Paths of groups that differ in their parameters: a path depends on the seed, its number and its group alone."""

import json

import polars as pl
import pytest

from backstop.answers.stress import stress
from backstop.runs.directory import RunDirectory
from backstop.runs.engine import run_blocks
from backstop.runs.grouped_market import GroupedMarket
from backstop.runs.request import RunRequest
from backstop.runs.seam import SimulatedMarket
from backstop.runs.simulate import simulate_paths
from backstop.runs.store import simulated_run
from backstop.runs.tiles import Block, Layout, blocks_of
from backstop.runs.trace import differences, trace_path
from markets import STILL, asset, resolved, student_t
from toy_run import toy_terms

DAYS, SEED, N_PATHS, GROUP = 40, 2015, 100, 16
LAYOUT = Layout(lanes=24, block_paths=48, days_per_call=40)


def market_of(group):
    """The market of a group: more volatile, and with longer tails, the higher its number."""
    gjr = {"model": "gjr", "omega": 8e-6 * (1 + group), "alpha": (0.06,), "gamma": (0.04,), "beta": (0.90,)}
    return resolved(asset("index", gjr, student_t(10.0 - group)), asset("technology", gjr),
                    asset("bond", STILL | {"omega": 4e-6}), days=DAYS)


TERMS = toy_terms(DAYS)._replace(market=market_of(0))
MARKET = GroupedMarket(SimulatedMarket(), market_of, GROUP)


def rows(layout=LAYOUT, threads=1, terms=TERMS, market=MARKET, blocks=None):
    made = list(run_blocks(terms, SEED, blocks or blocks_of(N_PATHS, layout), threads, layout, market))
    paths = pl.concat([pl.from_arrow(block.paths) for block in made])
    funds = pl.concat([pl.from_arrow(block.funds) for block in made])
    return paths.sort("path", "arm"), funds.sort("path", "arm", "fund")


def same(one, other):
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def reference():
    return rows()


@pytest.mark.parametrize(("threads", "layout"), [(2, LAYOUT), (1, LAYOUT._replace(lanes=5)),
                                                 (1, LAYOUT._replace(days_per_call=7)), (1, LAYOUT._replace(lanes=16)),
                                                 (2, Layout(lanes=100, block_paths=100, days_per_call=3))])
def test_threads_tiles_blocks_and_calls_do_not_change_a_bit(reference, threads, layout):
    assert same(rows(layout, threads), reference)


@pytest.mark.parametrize("group", [0, 3, 6])
def test_a_group_is_a_run_on_its_market_alone(reference, group):
    first = group * GROUP
    n_paths = min(GROUP, N_PATHS - first)
    alone = rows(terms=TERMS._replace(market=market_of(group)), market=None, blocks=[Block(0, first, n_paths)])
    assert same(alone, [table.filter(pl.col("path").is_between(first, first + n_paths - 1)) for table in reference])


def test_groups_that_do_not_differ_are_the_plain_run():
    alike = GroupedMarket(SimulatedMarket(), lambda group: TERMS.market, GROUP)
    assert same(rows(market=alike), rows(market=None))


def test_paths_that_simulate_writes_are_those_of_the_groups(tmp_path):
    simulate_paths(RunRequest(TERMS, SEED, N_PATHS, market=MARKET), tmp_path / "all.parquet", 2)
    written = pl.read_parquet(tmp_path / "all.parquet")
    alone = TERMS._replace(market=market_of(5))
    simulate_paths(RunRequest(alone, SEED, N_PATHS), tmp_path / "five.parquet", 1)
    is_of_five = pl.col("path").is_between(5 * GROUP, 6 * GROUP - 1)
    assert written.filter(is_of_five).equals(pl.read_parquet(tmp_path / "five.parquet").filter(is_of_five))


def test_a_run_that_lost_parts_is_made_whole(tmp_path):
    request = RunRequest(TERMS, SEED, N_PATHS, currency="CNY", market=MARKET)
    with simulated_run(request, tmp_path / "run", 1, layout=LAYOUT) as run:
        part = run.directory.part("paths", 1)
    content = part.read_bytes()
    part.unlink()
    with simulated_run(request, tmp_path / "run", 2, layout=LAYOUT):
        assert part.read_bytes() == content


def test_a_path_is_replayed_with_the_parameters_of_its_group(tmp_path):
    request = RunRequest(TERMS, SEED, N_PATHS, currency="CNY", market=MARKET)
    stress(request, tmp_path / "run", 1)
    assert json.loads((tmp_path / "run" / "manifest.json").read_bytes())["drawn_parameters"] is None
    found = trace_path(TERMS, SEED, 61, MARKET)
    assert differences(found, RunDirectory(tmp_path / "run")) == []
    plain = trace_path(TERMS, SEED, 61)
    assert differences(plain, RunDirectory(tmp_path / "run")) != []
