"""How likely shocks are, and how large: against laws that are known."""

import numpy as np
import pytest

from backstop.answers.reverse.market import _Law, _of_days
from backstop.terms import FactorTerms


def law_of(shocks, volatility=0.01):
    """Learnt from (T, J, L) shocks."""
    n_assets = shocks.shape[1]
    law = _Law(FactorTerms(np.full(n_assets, -1), np.zeros(n_assets)))
    law.add(shocks * volatility, np.full(shocks.shape, volatility))
    return law.of(shocks * volatility, np.full(shocks.shape, volatility))


def test_normal_shocks_have_their_own_likelihood_and_distance():
    shocks = np.random.default_rng(1).normal(size=(250, 1, 400))
    likelihood, distance = law_of(shocks)
    square = (shocks**2).sum(axis=(0, 1))
    assert distance == pytest.approx(np.sqrt(square), rel=0.01)
    assert np.corrcoef(likelihood, -0.5 * square)[0, 1] > 0.99


def test_one_large_shock_of_fat_tails_is_no_large_distance():
    rng = np.random.default_rng(2)
    shocks = rng.standard_t(3.0, size=(250, 1, 400))
    shocks[:, :, 0] = rng.standard_t(3.0, size=(250, 1)) * 0.5
    shocks[0, 0, 0] = 12.0
    _, distance = law_of(shocks)
    # in returns it would be among the largest
    assert (distance < distance[0]).mean() < 0.2


def test_shocks_that_move_together_are_not_counted_twice():
    rng = np.random.default_rng(3)
    one = rng.normal(size=(250, 1, 400))
    both = np.concatenate([one, 0.8 * one + 0.6 * rng.normal(size=one.shape)], axis=1)
    _, distance = law_of(both)
    whitened = np.stack([both[:, 0], (both[:, 1] - 0.8 * both[:, 0]) / 0.6])
    assert distance == pytest.approx(np.sqrt((whitened**2).sum(axis=(0, 1))), rel=0.02)


def test_a_factor_is_taken_out_whatever_its_volatility():
    rng = np.random.default_rng(4)
    volatility = np.broadcast_to(rng.uniform(0.005, 0.03, size=(250, 1, 1)), (250, 1, 400))
    z = rng.normal(size=(250, 2, 400))
    index = volatility[:, 0] * z[:, 0]
    follower = 1.2 * index + 0.01 * z[:, 1]
    total = np.sqrt((1.2 * volatility[:, 0]) ** 2 + 0.01**2)
    log_return, volatilities = np.stack([index, follower], axis=1), np.stack([volatility[:, 0], total], axis=1)
    law = _Law(FactorTerms(np.array([-1, 0]), np.array([0.0, 1.2])))
    law.add(log_return, volatilities)
    _, distance = law.of(log_return, volatilities)
    assert distance == pytest.approx(np.sqrt((z**2).sum(axis=(0, 1))), rel=0.02)


def test_the_largest_rise_is_as_far_out_as_the_largest_fall_of_a_symmetric_law():
    half = np.array([0.21, 0.52, 0.83, 1.24, 1.75, 2.36])
    shocks = np.concatenate([-half, half])[None, None, :]
    _, distance = law_of(shocks)
    np.testing.assert_allclose(distance[:6], distance[6:], rtol=1e-9)
    assert (np.diff(distance[6:]) > 0.0).all()


@pytest.mark.parametrize(("days", "fall_days", "worst"), [(40, 25, -0.2), (40, 12, -0.12), (10, 5, -0.05)])
def test_the_worst_twenty_days_are_those_or_all_there_are(days, fall_days, worst):
    of_index = np.zeros((days, 1))
    of_index[3:3 + fall_days] = -0.01
    total, fall, worst_20, spread = _of_days(of_index[:, None, :], 0)[0]
    assert total == pytest.approx(np.expm1(-0.01 * fall_days))
    assert fall == pytest.approx(-np.expm1(-0.01 * fall_days))
    assert worst_20 == pytest.approx(np.expm1(worst))
    assert spread == pytest.approx(of_index.std() * np.sqrt(252.0))


def test_no_shock_lies_in_the_middle_of_a_symmetric_law():
    _, distance = law_of(np.array([-1.1, -0.3, 0.0, 0.3, 1.1])[None, None, :])
    assert distance[2] == pytest.approx(0.0, abs=1e-12)
