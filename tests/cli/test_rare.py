"""`rare` end to end: a chance that a crude run has too, refusals, files."""

import json

from commands import SMALL, run_here

EVENT = ("--event", "forced_sales>6e9", "--paths", "800")


def test_a_chance_is_that_of_a_crude_run(tmp_path):
    ended = run_here("rare", SMALL, *EVENT, "--json", "-o", tmp_path)
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told == json.loads((tmp_path / "rare.json").read_text())
    assert told["refusal"] == ""
    crude = json.loads(run_here("reverse", SMALL, "--failure", "forced_sales>6e9", "--paths", 4000, "--json").out)
    chance = crude["broken"][0]["chance"]["value"]
    error = (told["estimate"]["upper"] - told["estimate"]["value"]) / 2.0
    assert 0.0 < chance < 0.2
    assert abs(told["estimate"]["value"] - chance) < 4.0 * (error**2 + chance * (1.0 - chance) / 4000) ** 0.5
    assert "a crude run would need" in run_here("rare", SMALL, *EVENT).out


def test_what_cannot_branch_is_refused():
    ended = run_here("rare", SMALL, "--paths", 399)
    assert ended.code == 2
    assert "write 400 or more" in ended.err


def test_an_event_that_nobody_sees_has_no_chance():
    ended = run_here("rare", SMALL, "--event", "injected>1e15", "--paths", 400)
    assert "no chance is given" in ended.out
    assert "0 of 20 repetitions saw it" in " ".join(ended.out.split())
