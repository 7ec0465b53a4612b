"""The worst probability in models near by: numbers of the literature's formula, and how far off a size may be."""

import math

import pytest

from backstop.answers.sizing.robust import divergence, holds_within, most_that_holds, worst


@pytest.mark.parametrize(("p", "k", "q"), [
    (0.01, 0.001, 0.0148), (0.01, 0.01, 0.0270), (0.01, 0.05, 0.0551),
    (0.001, 0.001, 0.00272), (0.001, 0.01, 0.00816), (0.001, 0.05, 0.0229)])
def test_worst_case_probabilities_within_a_few_nats(p, k, q):
    assert worst(p, k) == pytest.approx(q, rel=5e-3)
    assert divergence(worst(p, k), p) == pytest.approx(k, rel=1e-9)


def test_given_a_crisis_all_of_the_distance_may_be_spent_in_it():
    assert worst(0.04, 0.01, 0.25) == pytest.approx(0.106940717, abs=5e-10)
    assert worst(0.04, 0.01) == pytest.approx(0.070592686, abs=5e-10)


def test_models_that_activate_on_45_and_25_per_cent_of_paths_make_one_per_cent_almost_eight():
    nats = divergence(0.45, 0.25)
    assert nats == pytest.approx(0.0939188, abs=5e-8)
    assert worst(0.01, nats) == pytest.approx(0.0777, abs=5e-5)


def test_nothing_is_ruled_out_once_the_distance_pays_for_a_crisis_without_a_path_that_stays_wet():
    k = -math.log(1.0 - 0.25)
    assert worst(0.04, k, 0.25) == 1.0
    assert worst(0.04, 0.8 * k, 0.25) < 1.0


def test_what_no_path_shows_no_model_near_by_shows_either():
    assert worst(0.0, 0.05) == 0.0
    assert divergence(0.1, 0.0) == math.inf


@pytest.mark.parametrize("crisis", [1.0, 0.25])
def test_the_ways_back_lead_back(crisis):
    q = worst(0.04, 0.01, crisis)
    assert holds_within(0.04, q, crisis) == pytest.approx(0.01, rel=1e-9)
    assert most_that_holds(q, 0.01, crisis) == pytest.approx(0.04, rel=1e-9)
    assert holds_within(0.05, 0.04, crisis) == 0.0
