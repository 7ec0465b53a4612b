"""A day made worse: the shock that was planned on its day, all others as they were, and weights that undo it."""

import numpy as np
import pytest
from scipy import stats

from backstop.answers.estimators import probability
from backstop.answers.quantiles import quantile
from backstop.answers.rare.mixing import Mixer, together, weighted_quantile
from backstop.answers.rare.splitting import Event
from backstop.answers.rare.worst_day import (
    OWN,
    Plan,
    WorstDayMarket,
    even,
    learnt,
    planned,
    tails_of,
    weights_of,
    why_not,
)
from backstop.answers.samples import Sample
from backstop.answers.shortfalls import shortfall
from backstop.answers.sweeping.objectives import parse_limits
from backstop.runs.request import RunRequest
from backstop.runs.seam import SimulatedMarket
from backstop.validation.worlds import SEED, asset, fund, student_t, terms_of

DAYS = 40
GARCH = {"model": "garch", "omega": 1e-6, "alpha": [0.1], "beta": [0.88], "start": 4.0}
EGARCH = {"model": "egarch", "omega": -0.2, "alpha": [0.15], "gamma": [-0.08], "beta": [0.97], "start": 1.0}
SKEWED = {"distribution": "skew-t", "nu": 5.0, "skew": -0.1}


def world(model, law):
    assets = [asset("a", model, law), asset("b", GARCH, student_t(5.0))]
    return terms_of(assets, DAYS, holder=fund({"a": 0.9, "b": 0.1}))


def filled(market, terms, lanes):
    returns, volatility = np.empty((2, DAYS, 2, lanes))
    state = market.open(terms.market, lanes)
    market.reset(terms.market, state)
    market.fill(terms.market, state, SEED, 0, 0, DAYS, returns, volatility, lanes)
    return returns, volatility


@pytest.mark.parametrize(("model", "law"), [
    (GARCH, student_t(5.0)), (EGARCH, SKEWED), (GARCH, {"distribution": "normal"})])
def test_the_planned_shock_comes_on_its_day_and_all_other_shocks_stay(model, law):
    terms = world(model, law)
    plan = Plan(np.array([-1, 7, 39]), np.array([0.0, -9.0, -5.0]))
    market = WorstDayMarket(SimulatedMarket(), tails_of(terms), plan, 0, DAYS)
    (plain, of_plain), (ours, of_ours) = filled(SimulatedMarket(), terms, 3), filled(market, terms, 3)
    shocks = ours / of_ours
    expected = plain / of_plain
    expected[7, 0, 1], expected[39, 0, 2] = -9.0, -5.0
    np.testing.assert_allclose(shocks, expected, rtol=1e-9, atol=1e-12)
    assert np.array_equal(ours[:, :, 0], plain[:, :, 0])
    assert np.array_equal(ours[:7, :, 1], plain[:7, :, 1])
    assert (of_ours[8:, 0, 1] > of_plain[8:, 0, 1]).all()
    tails = tails_of(terms)
    np.testing.assert_allclose(market.densities, densities_of(tails, expected[:, 0].T))


def densities_of(tails, shocks):
    """(N, 1 + K) from shocks (N, T)."""
    is_in = (shocks[:, :, None] <= tails.below) & (shocks[:, :, None] > tails.lowest)
    return np.hstack([np.ones((len(shocks), 1)), is_in.sum(axis=1) / (DAYS * tails.chance)])


def test_tails_have_the_chances_that_they_say():
    tails = tails_of(world(GARCH, student_t(5.0)))
    law = stats.t(5.0, scale=np.sqrt(0.6))
    np.testing.assert_allclose(law.cdf(tails.below) - law.cdf(tails.lowest), tails.chance, rtol=1e-9)
    rng = np.random.default_rng(1)
    plan = planned(tails, even(tails), 20_000, rng)
    assert np.mean(plan.day < 0) == pytest.approx(OWN, abs=0.01)
    assert (plan.shock[plan.day >= 0] <= tails.below[0]).all()
    assert (plan.shock > tails.lowest).all()


def test_only_the_shares_of_a_mixture_count():
    tails = tails_of(world(GARCH, student_t(5.0)))
    plans = [planned(tails, scale * even(tails), 100, np.random.default_rng(3)) for scale in (1.0, 4.0)]
    np.testing.assert_array_equal(plans[0].day, plans[1].day)
    np.testing.assert_array_equal(plans[0].shock, plans[1].shock)


def test_no_path_weighs_more_than_the_share_of_the_own_law_allows_and_weights_have_mean_one():
    tails = tails_of(world(GARCH, student_t(5.0)))
    mixture, rng = even(tails), np.random.default_rng(2)
    plan, n = planned(tails, mixture, 4000, rng), 4000
    shocks = tails.law.ppf(rng.random((n, DAYS)))
    chosen = plan.day >= 0
    shocks[chosen, plan.day[chosen]] = plan.shock[chosen]
    weight = weights_of(mixture, densities_of(tails, shocks))
    assert weight.max() <= 1.0 / OWN + 1e-12
    assert weight.mean() == pytest.approx(1.0, abs=4.0 * weight.std() / np.sqrt(n))
    # what a mixture knows of the market's own law, in all its days
    size = np.minimum(np.abs(shocks), 3.0).mean(axis=1)
    plain = np.minimum(np.abs(tails.law.ppf(rng.random((n, DAYS)))), 3.0).mean(axis=1)
    error = np.hypot((weight * (size - plain.mean())).std(), plain.std()) / np.sqrt(n)
    assert (weight * size).mean() / weight.mean() == pytest.approx(plain.mean(), abs=4.0 * error)


def test_the_mixture_learns_the_tail_that_the_event_asks_for_and_keeps_the_others():
    tails = tails_of(world(GARCH, student_t(5.0)))
    first = even(tails)
    densities = np.ones((50, len(first)))
    densities[:, 1:] = 0.0
    densities[:, 1:5] = 1.0 / tails.chance[:4] / DAYS
    after = learnt(first, densities, weights_of(first, densities))
    assert after.sum() == pytest.approx(1.0)
    assert after[0] == OWN
    assert np.argmax(after[1:]) == 3
    assert after[1:].min() > 0.02
    assert np.array_equal(learnt(first, densities[:0], np.zeros(0)), first)


def overlap(one, other):
    return one.lower <= other.upper and other.lower <= one.upper


def test_draws_of_a_mixture_are_others_with_another_seed_and_another_number():
    terms = world(GARCH, student_t(5.0))
    (event,) = parse_limits(["market_trough_a<0.75"])

    def first(seed, number):
        mixer = Mixer(RunRequest(terms, seed=seed, n_paths=1), Event("none", event), 1, number)
        return tuple(mixer._rng.random(4))

    assert len({first(3, 0), first(4, 0), first(3, 1), first(2**40 + 5, 0)}) == 4
    assert first(3, 0) == first(3, 0)


def test_weighted_summaries_are_those_of_a_crude_run():
    terms = world(GARCH, student_t(5.0))
    (event,) = parse_limits(["market_trough_a<0.75"])
    mixer = Mixer(RunRequest(terms, seed=3, n_paths=1), Event("none", event), 1, 0)
    mixed = mixer.repeat(mixer.mixture(2000), 20, 300)
    crude = Mixer(RunRequest(terms, seed=4, n_paths=1), Event("none", event), 1, 0)
    plain = crude.repeat(np.r_[1.0, np.zeros(len(crude.tails.chance))], 20, 600)
    assert plain.weights == pytest.approx(np.ones(12_000))
    ours, theirs = Sample(mixed.values, mixed.weights), Sample(plain.values, plain.weights)
    assert ours.mean == pytest.approx(theirs.mean, abs=4.0 * np.hypot(ours.standard_error, theirs.standard_error))
    one, other = (Sample((sample.x < 0.75) * 1.0, sample.w) for sample in (ours, theirs))
    error = np.hypot(one.standard_error, other.standard_error)
    assert probability(one).value == pytest.approx(probability(other).value, abs=4.0 * error)
    for p in (0.01, 0.05, 0.5):
        assert overlap(weighted_quantile(ours, p), quantile(theirs, p))
        assert quantile(ours, p).value == weighted_quantile(ours, p).value
    for p in (0.01, 0.05):
        assert overlap(shortfall(ours, p), shortfall(theirs, p))
    tail = mixer.tail(mixed)
    assert tail.is_low
    assert [one.share for one in tail.beyond] == [1e-2, 1e-3, 1e-4]
    # a crude run of the same paths has six beyond the thousandth
    assert tail.beyond[1].n_paths > 60


def test_methods_put_together_are_weighted_by_the_other_half():
    rng = np.random.default_rng(5)
    sharp, blunt = 1.0 + 0.1 * rng.normal(size=20), 1.0 + 2.0 * rng.normal(size=20)
    value, error = together(np.array([sharp, blunt]))
    assert value == pytest.approx(sharp.mean(), abs=0.05)
    assert error < 0.05
    found = np.array([together(1.0 + np.array([[0.3], [1.0]]) * rng.normal(size=(2, 20))) for _ in range(400)])
    assert found[:, 0].mean() == pytest.approx(1.0, abs=4.0 * found[:, 0].std() / 20.0)
    assert np.sqrt((found[:, 1] ** 2).mean()) == pytest.approx(found[:, 0].std(), rel=0.15)


def test_an_index_that_moves_with_others_is_not_made_worse_by_itself():
    assert why_not(world(GARCH, student_t(5.0))) == ""
    terms = world(GARCH, student_t(5.0))
    follows = terms.market._replace(factor=terms.market.factor._replace(asset=np.array([1, -1])))
    assert "follows" in why_not(terms._replace(market=follows))
    given = terms.market._replace(overlay=terms.market.overlay._replace(n_pinned=np.array([DAYS, 0])))
    assert "given" in why_not(terms._replace(market=given))
