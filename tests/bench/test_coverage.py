import pytest

from bench import coverage

RUNS, PATHS = 100, 2000
LEAST = 0.95 - 4.0 * (0.95 * 0.05 / RUNS) ** 0.5
LAWS = ("rare loss 2.4 %", "event 4.5 %", "40 % at the top", "gap at 4.6 %")


@pytest.mark.parametrize("law", LAWS)
def test_intervals_without_a_note_hold_what_they_promise(law):
    true = coverage.truths(coverage.LAWS[law], 400_000)
    for cell in coverage.cover(law, [PATHS], RUNS, true):
        assert cell.noted > 0.5 or cell.held_without_note >= LEAST, cell


def test_the_mean_of_a_law_that_no_method_covers_has_a_note():
    true = coverage.truths(coverage.LAWS["lognormal 2"], 400_000)
    cells = {cell.kind: cell for cell in coverage.cover("lognormal 2", [PATHS], 50, true)}
    assert cells["mean"].noted > 0.9
    assert cells["es95"].noted > 0.8


def test_a_difference_of_quantiles_is_not_much_wider_than_its_spread():
    true = coverage.truths(coverage.LAWS["exponential"], 400_000)
    cells = {cell.kind: cell for cell in coverage.cover("exponential", [4000], 60, true)}
    assert cells["d p50"].width < 1.5
    assert cells["d p95"].width < 1.8


def test_the_table_sets_an_earlier_run_beside(capsys, tmp_path):
    kept = tmp_path / "cells.json"
    few = ["--runs", "3", "--paths", "50", "--laws", "event 4.5 %"]
    coverage.main([*few, "--out", str(kept)])
    coverage.main([*few, "--compare", str(kept)])
    first, second = (text for text in capsys.readouterr().out.splitlines() if text.startswith("| event 4.5 % | 50 | "))
    assert second.count(" → ") == first.count(" | ") - 1 == len(coverage.KINDS)
