"""Lines while something is compiled, where there is no terminal."""

import pytest

from backstop.report import progress as module
from backstop.report.progress import progress
from backstop.runs.progress import Progress


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def lines(capsys, clock, *steps):
    with progress(False) as show:
        for seconds, phase, done, total in steps:
            clock[0] += seconds
            show(Progress(phase, done, total))
    return capsys.readouterr().err.splitlines()


def test_the_first_line_says_how_many_parts_and_later_ones_how_long_the_rest_takes(capsys, clock):
    found = lines(capsys, clock, (0.0, "compiling", 0, 8), (10.0, "compiling", 2, 8), (10.0, "compiling", 5, 8))
    assert found == ["backstop: compiling, once on this machine: 8 parts",
                     "backstop: compiled 2 of 8 parts, about 30 s left",
                     "backstop: compiled 5 of 8 parts, about 12 s left"]


def test_nobody_is_told_more_often_than_every_ten_seconds_nor_of_the_end(capsys, clock):
    found = lines(capsys, clock, (0.0, "compiling", 0, 8), (9.9, "compiling", 2, 8), (30.0, "compiling", 8, 8))
    assert len(found) == 1


def test_what_is_left_is_not_guessed_from_nothing(capsys, clock):
    found = lines(capsys, clock, (0.0, "compiling", 0, 8), (10.0, "compiling", 0, 8))
    assert found[1:] == ["backstop: compiled 0 of 8 parts"]


def test_other_phases_are_silent_and_who_asks_for_quiet_hears_nothing(capsys, clock):
    assert lines(capsys, clock, (0.0, "simulating", 0, 8), (60.0, "simulating", 4, 8)) == []
    with progress(True) as show:
        show(Progress("compiling", 0, 8))
    assert capsys.readouterr().err == ""
