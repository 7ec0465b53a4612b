import subprocess
import sys

import pytest

from backstop.kernels.market_tile import _market_tile
from backstop.run import warm
from backstop.run.engine import simulate_block
from backstop.run.tiles import Block, Layout
from backstop.run.warm import StillMarket, compile_market, market_compiled_apart
from toy_run import toy_terms


def sleeping():
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def test_where_no_process_can_be_started_the_body_runs_alone(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nothing/python")
    with market_compiled_apart():
        pass


def test_a_process_that_fails_is_not_missed(monkeypatch):
    monkeypatch.setattr(warm, "_start", lambda: subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]))
    with market_compiled_apart():
        pass


def test_a_process_that_hangs_is_ended(monkeypatch):
    child = sleeping()
    monkeypatch.setattr(warm, "_start", lambda: child)
    monkeypatch.setattr(warm, "LONGEST_SECONDS", 0.1)
    with market_compiled_apart():
        pass
    assert child.poll() is not None


def test_an_interruption_ends_the_process_too(monkeypatch):
    child = sleeping()
    monkeypatch.setattr(warm, "_start", lambda: child)
    with pytest.raises(KeyboardInterrupt), market_compiled_apart():
        raise KeyboardInterrupt
    assert child.poll() is not None


def test_the_smallest_market_compiles_the_form_that_every_market_has():
    compile_market()
    assert len(_market_tile.signatures) == 1


def test_arms_run_on_a_market_that_hardly_moves():
    tables = simulate_block(toy_terms(3), 0, Block(0, 0, 2), Layout(2, 2, 3), StillMarket())
    assert tables.paths.column("market_trough_index").to_pylist() == pytest.approx([1.0] * 4, abs=0.01)
