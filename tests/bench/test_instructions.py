"""Counts of valgrind: how they are read, kept and compared."""

import pytest

from bench.instructions import __main__ as command
from bench.instructions import callgrind, counted, kept, rules
from bench.instructions.callgrind import Counts, counts_of_program, lacking
from bench.instructions.work import UNITS

WRITTEN = """version: 1
desc: Trigger: Client Request: arm
events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw
fn=(1) somewhere
16 40 20
totals: 400 100 50 3 20 10 2
"""
BEFORE = {"arm": Counts(100.0, 50.0, 20.0, 5.0), "market": Counts(10.0, 5.0, 2.0, 0.5)}


def test_counts_are_the_totals_of_a_file_by_the_names_of_its_events():
    assert callgrind._counts(WRITTEN) == Counts(400.0, 100.0, 50.0, 30.0)


def test_zeros_that_valgrind_leaves_out_are_zeros():
    assert callgrind._counts(WRITTEN.replace("400 100 50 3 20 10 2", "400 100")) == Counts(400.0, 100.0, 0.0, 0.0)


def test_what_a_second_round_adds_is_a_round():
    assert Counts(30.0, 20.0, 10.0, 4.0).less(Counts(10.0, 5.0, 2.0, 0.0)).over(2.0) == Counts(10.0, 7.5, 4.0, 2.0)


def test_instructions_are_those_of_the_rule_in_whose_code_they_lie(tmp_path):
    (tmp_path / "places").write_text('[[32, 48, "later"], [16, 32, "first"]]')
    lines = ["fn=(1)", "0x10 5 3", "+4 * 4", "calls=1 0x20 0", "* 5 100", "+8 6 1", "0x20 1 7", "0x30 1 50"]
    assert rules.by_rule(lines, tmp_path / "places") == {"first": 8, "later": 7, "": 50}


def test_more_than_a_fiftieth_more_is_said_and_less_is_not():
    now = BEFORE | {"arm": Counts(101.9, 51.1, 10.0, 9.0)}
    assert list(kept.grown(now, BEFORE)) == ["arm: loads: 51.1 a unit, 50.0 before, +2.2%"]


def test_counts_come_back_from_their_file(tmp_path):
    kept.write(BEFORE, tmp_path / "kept.json")
    assert kept.read(tmp_path / "kept.json") == kept.Kept(kept.versions(), BEFORE)


def test_each_work_is_kept():
    assert set(kept.read().counts) == set(UNITS)


def run(monkeypatch, found, lacks=""):
    monkeypatch.setattr(command, "lacking", lambda: lacks)
    monkeypatch.setattr(counted, "ours", lambda: found)
    monkeypatch.setattr(kept, "read", lambda: kept.Kept(kept.versions(), BEFORE))
    monkeypatch.setattr("sys.argv", ["python -m bench.instructions"])
    command.main()


def test_the_command_fails_where_counts_grow(monkeypatch):
    run(monkeypatch, BEFORE)
    with pytest.raises(SystemExit, match=r"arm: instructions: 103\.0 a unit, 100\.0 before, \+3\.0%"):
        run(monkeypatch, BEFORE | {"arm": Counts(103.0, 50.0, 20.0, 5.0)})


def test_the_command_says_that_it_is_skipped(monkeypatch, capsys):
    run(monkeypatch, {}, lacks="valgrind")
    assert capsys.readouterr().out == "instructions: skipped, for want of valgrind\n"


@pytest.mark.skipif(bool(lacking()), reason=f"for want of {lacking()}")
def test_a_program_has_the_same_counts_twice():
    first, again = counts_of_program(["true"]), counts_of_program(["true"])
    assert first.instructions == pytest.approx(again.instructions, rel=0.01)
    assert first.instructions > first.loads > first.misses > 0.0
