"""Kernels and oracle, each written from docs/model.md alone, agree on every outcome of random designs."""

import pytest

from oracle.gauge import RULES
from oracle.thousand import QUICK, Tally, compare, long_set, report, resume

RARE = {"default beyond collateral", "guarantee paid", "guarantor pays", "guarantor paid back", "loss called",
        "refill used up", "taxpayer's loss"}
"""Rules that take effect in fewer than one in a hundred designs: losses that eat through collateral."""


@pytest.fixture(scope="module")
def small() -> Tally:
    return compare(QUICK)


def assert_agreement(tally: Tally) -> None:
    assert tally.differing(is_near=False) == []
    assert len(tally.differing(is_near=True)) < 0.01 * tally.n_paths
    assert tally.money_created() == 0.0


def test_every_outcome_agrees_but_for_paths_on_the_edge_of_a_threshold(small):
    assert_agreement(small)


def test_every_rule_takes_effect_in_some_designs(small):
    designs = small.designs_by_rule()
    assert [rule for rule in RULES if designs[rule] == 0] == []


def test_a_comparison_that_was_cut_short_goes_on_where_it_ended(tmp_path):
    file = tmp_path / "designs.jsonl"
    first = resume(file, {"mixed": [42]})
    both = resume(file, {"mixed": [42, 52]})
    assert both.designs[:1] == first.designs
    assert len(file.read_text().splitlines()) == 2
    assert both == compare({"mixed": [42, 52]})


@pytest.mark.long
def test_a_thousand_designs_agree():
    tally = compare(long_set())
    print(f"\n{report(tally)}")
    assert_agreement(tally)
    designs = tally.designs_by_rule()
    assert [rule for rule in RULES if designs[rule] < (1 if rule in RARE else 5)] == []
