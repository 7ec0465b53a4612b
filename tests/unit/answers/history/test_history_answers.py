"""Basis, burn and the table of interventions, by hand."""

import datetime
from pathlib import Path

import pytest

from ashare import config_with
from backstop.answers.estimators import Estimate
from backstop.answers.gather import gather
from backstop.answers.history.basis import Basis, basis
from backstop.answers.history.burn import Expected, burn, expected_of, poisson_interval
from backstop.answers.history.interventions import between, interventions
from backstop.answers.history.rows import EpisodeRow, When
from backstop.config.resolve import resolve
from backstop.market.data import BUILTIN_NAMES
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader
from backstop.runs.request import RunRequest

CONFIGS = Path(__file__).parents[4] / "configs"
DAY = datetime.date(2015, 6, 8)


def row(episode, fired, needed, paid=0.0, **other):
    figures = {name: Estimate(value, value, value) for name, value in
               (("fired", fired), ("needed", needed), ("paid", paid), ("cost", paid / 10))}
    empty = dict.fromkeys(EpisodeRow._fields)
    return EpisodeRow(**empty | {"design": "own", "arm": "fund", "episode": episode, "figures": figures,
                                 "index_loss": 0.5} | other)


ROWS = [row("a", 1.0, 1.0, 30.0), row("b", 0.0, 0.9), row("c", 0.5, 0.0, 10.0), row("d", 0.2, 0.49)]


def test_episodes_stand_two_by_two_and_each_is_left_out_once():
    whole, *without = basis(ROWS)
    assert whole == Basis("own", "fund", "", hits=1, misses=1, false=1, quiet=1)
    assert whole.hit_rate == 0.5
    assert [line.left_out for line in without] == ["a", "b", "c", "d"]
    assert [line.hit_rate for line in without] == [0.0, 1.0, 0.5, 0.5]


def test_without_an_episode_that_needed_it_there_is_no_hit_rate():
    assert next(iter(basis(ROWS[3:]))).hit_rate is None


def test_burn_is_a_sum_over_years_and_its_rate_is_as_uncertain_as_few_events_are():
    expected = Expected(*(Estimate(1.0, 0.0, 2.0),) * 3)
    found = burn(ROWS, 20.0, expected)
    assert (found.n_episodes, found.n_fired, found.paid, found.cost) == (4, 2, 2.0, pytest.approx(0.2))
    # Garwood's table: two events are 0.2422 to 7.2247
    assert found.fired_a_year.value == 0.1
    assert [found.fired_a_year.lower, found.fired_a_year.upper] == pytest.approx([0.01211, 0.361235], rel=1e-3)
    assert found.fired_a_year.note == "few: 2 of 4 episodes"


@pytest.mark.parametrize(("n", "bounds"), [(0, (0.0, 3.6889)), (1, (0.0253, 5.5716)), (3, (0.6187, 8.7673))])
def test_the_interval_of_few_events_is_that_of_the_tables(n, bounds):
    assert poisson_interval(n) == pytest.approx(bounds, abs=5e-5)


def test_what_the_model_expects_is_of_a_year_whatever_the_horizon():
    prepared = prepare(config_with("scenario.preset=crash-2015", "run.days=63"), PriceReader(CONFIGS))
    request = RunRequest(resolve(prepared.config, prepared.inputs), seed=11, n_paths=8)
    found = gather(request, 1, ("n_activations", "injected"), ())
    expected = expected_of(request, 1)["fund"]
    # 63 days are a quarter of a year
    assert expected.activations.value == pytest.approx(4.0 * found.paths["n_activations"][1].mean())
    assert expected.paid.value == pytest.approx(4.0 * found.paths["injected"][1].mean())
    assert expected.paid.value > 0.0


def test_what_is_still_to_fall_is_counted_from_the_first_cash():
    cash = When(DAY, DAY, DAY, 0.2)
    assert row("a", 1.0, 1.0, cash=cash, decision=cash).still_to_fall == pytest.approx(1 - 0.5 / 0.8)
    assert row("a", 0.0, 1.0).still_to_fall is None


def test_every_intervention_has_a_source_a_confidence_and_prices_that_ship():
    rows = [act for name in BUILTIN_NAMES for act in interventions(name)]
    assert rows
    assert all(act.source and act.did and act.confidence in ("H", "M", "L") for act in rows)
    assert between("builtin:csi300", DAY, datetime.date(2015, 8, 26))[0].by == "China Securities Finance"
    assert interventions("closes.csv") == ()
