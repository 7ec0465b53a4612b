"""Prices before trade, impact and closes against hand numbers."""

import numpy as np
import pytest

from backstop.terms import Execution, ImpactLaw
from small_arm import run_small, small_arm

FALL = np.log(0.9)
ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.1}
"""After a fall by a tenth, a tenth of the shares is asked back."""


def sale_arm(law, **prices):
    """A fund that sells some 90,000, about a tenth of ADV, on day 2 and nothing after; its cash bears the cost."""
    return small_arm(prices={"impact_law": law, "adv": 1e6} | prices, investors=ONE_REQUEST,
                     funds={"units_open": [9e5], "buffer_frac": 0.5})


def volume_sold(state):
    """q: what was sold over ADV."""
    q = float(state.fund_tally.gross_sales[0, 0]) / 1e6
    assert 0.09 < q < 0.1
    return q


def log_of(row):
    return np.log(np.asarray(row)[0])


def test_without_sales_a_price_is_the_sum_of_its_returns():
    state = run_small(small_arm(), [[0.01, -0.02], [0.03, 0.05]])
    np.testing.assert_allclose(log_of(state.prices.close), [0.04, 0.03], rtol=1e-13)


def test_what_a_price_limit_cuts_off_is_carried_to_the_next_day():
    limits = {"log_limit_down": np.log(0.9), "log_limit_up": np.log(1.1)}
    arm = small_arm(prices=limits)
    first = run_small(arm, [[-0.15, 0.15, -0.05]])
    np.testing.assert_allclose(log_of(first.prices.close), [np.log(0.9), np.log(1.1), -0.05], rtol=1e-13)
    second = run_small(arm, [[-0.15, 0.15, -0.05], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(log_of(second.prices.close), [-0.15, 0.15, -0.05], rtol=1e-13)


def test_nothing_can_be_sold_at_limit_down():
    state = run_small(small_arm(prices={"log_limit_down": np.log(0.9)}), [[-0.15, -0.10]])
    np.testing.assert_array_equal(np.asarray(state.prices.depth)[0], [0.0, 1e9])


def test_volume_falls_with_volatility_as_far_as_stress_leaves_it():
    arm = small_arm(prices={"adv": 1000.0, "calm_volatility": 0.01, "stress_adv_frac": 0.4})
    state = run_small(arm, [[0.0] * 4], [0.0, 0.005, 0.0125, 0.1])
    np.testing.assert_allclose(np.asarray(state.prices.adv)[0], [1000.0, 1000.0, 800.0, 400.0])


def test_a_linear_law_moves_the_close_by_all_and_the_execution_by_half():
    state = run_small(sale_arm(ImpactLaw.LINEAR, kappa=0.5, permanent_frac=0.2), [[FALL], [0.0]], 0.02)
    q = volume_sold(state)
    # F = 0.8 * 0.5 * 0.02 * q, G = 0.2 * 0.5 * 0.02 * q
    assert float(state.prices.permanent[0, 0]) == pytest.approx(0.002 * q, rel=1e-5)
    assert float(state.prices.dislocation[0, 0]) == pytest.approx(0.010 * q, rel=1e-5)
    assert log_of(state.prices.close)[0] == pytest.approx(FALL - 0.010 * q, abs=1e-7)
    assert log_of(state.prices.execution)[0] == pytest.approx(FALL - 0.005 * q, abs=1e-7)


@pytest.mark.parametrize(("law", "exponent"), [(ImpactLaw.SQUARE_ROOT, 0.5), (ImpactLaw.POWER, 0.7)])
def test_a_concave_law_executes_at_its_average_over_the_trade(law, exponent):
    state = run_small(sale_arm(law, kappa=1.5, exponent=exponent), [[FALL], [0.0]], 0.02)
    after = 1.5 * 0.02 * volume_sold(state) ** exponent
    assert log_of(state.prices.close)[0] == pytest.approx(FALL - after, abs=1e-6)
    assert log_of(state.prices.execution)[0] == pytest.approx(FALL - after / (exponent + 1.0), abs=1e-6)


def test_sold_volume_decays_and_its_permanent_part_stays():
    arm = sale_arm(ImpactLaw.SQUARE_ROOT, kappa=1.0, exponent=0.5, permanent_frac=0.2, decay=0.25)
    state = run_small(arm, [[FALL], [0.0], [0.0]], 0.02)
    q = volume_sold(state)
    assert float(state.prices.volume[0, 0]) == pytest.approx(0.25 * q, rel=1e-4)
    permanent, transient = 0.2 * 0.02 * q, 0.8 * 0.02 * np.sqrt(0.25 * q)
    assert log_of(state.prices.close)[0] == pytest.approx(FALL - permanent - transient, abs=1e-6)


def test_a_second_sale_starts_from_what_is_left_of_the_first():
    root = {"impact_law": ImpactLaw.SQUARE_ROOT, "exponent": 0.5, "kappa": 1.0, "adv": 1e6, "decay": 0.5}
    arm = small_arm(prices=root,
                    investors={"base_rate": 0.1})
    state = run_small(arm, [[0.0], [0.0], [0.0]], 0.02)
    volume = 0.5 * 0.100001
    q = float(state.prices.traded[0, 0])
    average = 0.02 * ((volume + q) ** 1.5 - volume**1.5) / (1.5 * q)
    assert q == pytest.approx(0.09, rel=0.02)
    assert log_of(state.prices.execution)[0] == pytest.approx(-average, abs=1e-10)


def test_a_sale_cannot_push_the_close_through_the_limit():
    arm = sale_arm(ImpactLaw.LINEAR, kappa=100.0, log_limit_down=np.log(0.85))
    state = run_small(arm, [[FALL], [0.0]], 0.02)
    assert log_of(state.prices.close)[0] == pytest.approx(FALL + np.log(0.85), abs=1e-12)


FLOOR = {"kappa": 2.0, "price_floor": 0.5, "impact_volatility": 0.5}
"""Cont and Schaanning's delta is half of ADV: (1 - 0.5) / (2 * 0.5)."""


def test_a_law_with_a_floor_lowers_the_price_by_psi():
    state = run_small(sale_arm(ImpactLaw.CONT_SCHAANNING, **FLOOR), [[FALL], [0.0]], 0.02)
    q, room = volume_sold(state), 1.0 - 0.5 / 0.9
    psi = room * (1.0 - np.exp(-2.0 * q))
    assert float(state.prices.close[0, 0]) == pytest.approx(0.9 * (1.0 - psi), abs=1e-6)
    average = 0.9 * (1.0 - room * (1.0 - (1.0 - np.exp(-2.0 * q)) / (2.0 * q)))
    assert float(state.prices.execution[0, 0]) == pytest.approx(average, abs=1e-6)


def test_sales_never_push_a_price_through_its_floor_but_its_returns_may():
    arm = sale_arm(ImpactLaw.CONT_SCHAANNING, **FLOOR | {"kappa": 1e5})
    state = run_small(arm, [[FALL, np.log(0.4)], [0.0, 0.0]], 0.02)
    np.testing.assert_allclose(np.asarray(state.prices.close)[0], [0.5, 0.4], rtol=1e-12)


def test_the_average_over_pieces_is_that_of_the_whole():
    """Sold in two pieces on two days, nothing fading between."""
    arm = small_arm(prices=FLOOR | {"impact_law": ImpactLaw.CONT_SCHAANNING, "adv": 1e6, "decay": 1.0},
                    investors={"base_rate": 0.1})
    one, two = (run_small(arm, np.zeros((n, 1)), 0.02) for n in (2, 3))
    first, volume = float(one.prices.traded[0, 0]), float(two.prices.volume_after[0, 0])
    total = first * float(one.prices.execution[0, 0]) + (volume - first) * float(two.prices.execution[0, 0])
    whole = 1.0 - 0.5 * (1.0 - (1.0 - np.exp(-2.0 * volume)) / (2.0 * volume))
    assert total / volume == pytest.approx(whole, rel=1e-12)


def test_sales_at_the_close_get_the_price_they_leave():
    state = run_small(sale_arm(ImpactLaw.LINEAR, kappa=0.5, execution=Execution.CLOSE), [[FALL], [0.0]], 0.02)
    assert float(state.prices.execution[0, 0]) == float(state.prices.close[0, 0])
    q = volume_sold(state)
    assert float(state.fund_tally.slippage[0, 0]) == pytest.approx(1e6 * q * (1.0 - np.exp(-0.01 * q)), abs=2.0)


def test_the_seller_bears_the_half_spread_and_the_price_does_not():
    spread = -np.log(1.0 - 0.002)
    state = run_small(sale_arm(ImpactLaw.LINEAR, half_spread=spread), [[FALL], [0.0]], 0.02)
    assert float(state.prices.execution[0, 0]) == pytest.approx(0.9 * 0.998, rel=1e-12)
    assert float(state.prices.close[0, 0]) == pytest.approx(0.9, rel=1e-12)


def test_a_law_may_fix_the_volatility_that_it_reads():
    arm = sale_arm(ImpactLaw.LINEAR, kappa=0.5, permanent_frac=0.2, impact_volatility=0.02)
    state = run_small(arm, [[FALL], [0.0]], 0.0)
    assert log_of(state.prices.close)[0] == pytest.approx(FALL - 0.010 * volume_sold(state), abs=1e-7)
