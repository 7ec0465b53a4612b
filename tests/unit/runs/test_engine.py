import threading

import numpy as np
import pytest

from backstop.errors import NotFinite
from backstop.runs.engine import Workspace, after_counterfactuals, compile_kernels, run_blocks, simulate_block
from backstop.runs.progress import Progress
from backstop.runs.tallies import open_counts, open_tallies
from backstop.runs.tiles import Block, Layout, Tile, blocks_of
from toy_run import ToyMarket, toy_terms

TERMS = toy_terms(30)
LAYOUT = Layout(lanes=8, block_paths=24, days_per_call=10)


def tile_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("tiles")]


def test_blocks_come_in_order_and_progress_counts_paths():
    told = []
    blocks = list(run_blocks(TERMS, 1, blocks_of(60, LAYOUT), 2, LAYOUT, ToyMarket(), told.append))
    assert [block.block.number for block in blocks] == [0, 1, 2]
    assert told[-1] == Progress("simulating", 60, 60)
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)


def test_every_path_is_counted_once_a_day_in_every_band():
    (block,) = run_blocks(TERMS, 1, [Block(0, 0, 24)], 2, LAYOUT, ToyMarket())
    assert block.counts.shape[:2] == (2, TERMS.n_days)
    assert (block.counts.sum(axis=3) == 24).all()


def test_leaving_early_stops_the_threads():
    blocks = run_blocks(TERMS, 1, blocks_of(2400, LAYOUT), 2, LAYOUT, ToyMarket())
    next(blocks)
    assert tile_threads()
    blocks.close()
    assert not tile_threads()


def test_a_worker_s_error_reaches_the_caller_and_stops_the_threads():
    class Broken(ToyMarket):
        def fill(self, terms, state, seed, first_path, *rest):
            if first_path >= 24:
                raise NotFinite("no such path")
            super().fill(terms, state, seed, first_path, *rest)

    blocks = run_blocks(TERMS, 1, blocks_of(96, LAYOUT), 2, LAYOUT, Broken())
    next(blocks)
    with pytest.raises(NotFinite, match="no such path"):
        list(blocks)
    assert not tile_threads()


def test_the_market_is_asked_for_runs_of_days_in_order():
    asked = []

    class Noted(ToyMarket):
        def fill(self, terms, state, seed, first_path, first_day, last_day, log_return, volatility, lanes):
            asked.append((first_day, last_day, log_return.shape, lanes))
            super().fill(terms, state, seed, first_path, first_day, last_day, log_return, volatility, lanes)

    simulate_block(TERMS, 1, Block(0, 5, 3), LAYOUT, Noted())
    assert asked == [(first, first + 10, (10, 3, 8), 3) for first in (0, 10, 20)]


def test_arms_of_one_shape_share_their_memory():
    none, *names = zip(TERMS.arms, TERMS.names.arms, TERMS.names.facilities, strict=True)
    arms, words, facilities = zip(none, *names * 3, strict=True)
    terms = TERMS._replace(arms=arms, names=TERMS.names._replace(arms=words, facilities=facilities),
                           counterfactuals=(0, 0, 0, 0))
    workspace = Workspace(terms, LAYOUT, ToyMarket(), threading.Event())
    workspace.simulate(1, Tile(0, 0, 8), tallies := open_tallies(terms, 8), open_counts(terms, terms.n_days))
    assert len(workspace._states) == 2
    assert (tallies.paths.injected[1] == tallies.paths.injected[3]).all()


def test_who_takes_a_facility_up_depends_on_seed_and_path_alone():
    none, fund = TERMS.arms
    shy = fund._replace(admission=fund.admission._replace(take_up_frac=np.full(1, 0.5)))
    terms = TERMS._replace(arms=(none, shy))

    def injected(of, layout, *blocks):
        tables = [simulate_block(of, 1, block, layout, ToyMarket()).funds.to_pydict() for block in blocks]
        keys = ("path", "fund", "arm", "injected")
        return sorted(row for table in tables for row in zip(*(table[key] for key in keys), strict=True))

    rows = injected(terms, LAYOUT, Block(0, 0, 24))
    assert rows == injected(terms, Layout(lanes=5, block_paths=24, days_per_call=3), Block(0, 0, 24))
    assert rows == injected(terms, LAYOUT, Block(0, 0, 12), Block(1, 12, 12))
    whole, everybody = ([row[-1] for row in found] for found in (rows, injected(TERMS, LAYOUT, Block(0, 0, 24))))
    assert 0 < sum(amount > 0.0 for amount in whole) < sum(amount > 0.0 for amount in everybody)


def test_compiling_is_told_only_when_there_is_something_to_compile():
    compile_kernels(TERMS, ToyMarket())
    told = []
    compile_kernels(TERMS, ToyMarket(), told.append)
    assert told == []


def test_a_counterfactual_comes_right_before_its_arms_and_none_first():
    # arm 4 is without facilities, and the counterfactual of 1 and 3
    assert after_counterfactuals((0, 4, 0, 4, 4)) == [0, 2, 4, 1, 3]
