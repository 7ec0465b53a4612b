"""A tile of the market: the same bits however it is cut, factors, pins and overlays as stated."""

import numba
import numpy as np
import pytest

from backstop.kernels.compiler import DISABLED
from backstop.kernels.frames import frame
from backstop.kernels.market_tile import market_tile, open_market, reset_market
from backstop.terms import DRAW_NORMAL, DRAW_STUDENT_T, FactorTerms, OverlayTerms
from markets import INDEX, market_terms, simulate, volatility_terms

DAYS = 11
EQUAL = np.full((3, 3), 0.4) + 0.6 * np.eye(3)


def mixed(days=DAYS):
    """Three assets drawn together, the third following the first, the second pinned for three days."""
    terms = market_terms(
        days,
        volatility_terms(3, up=(0.05, 0.04), down=(0.1, 0.04), beta=(0.8, 0.05)),
        nu=5.0,
        correlation=EQUAL,
        joint_nu=5.0,
    )
    dependence = terms.dependence._replace(member=np.array([1, 0, 2]))
    overlay = terms.overlay._replace(n_pinned=np.array([0, 3, 0]), pinned=np.array([[0.0, 0.5, 0.0]] * 3))
    factor = FactorTerms(np.array([-1, -1, 0]), np.array([0.0, 0.0, 1.5]))
    return terms._replace(dependence=dependence, overlay=overlay, factor=factor)


def apart(draw, nu=6.0):
    return market_terms(DAYS, volatility_terms(2), draw=draw, nu=nu)


MARKETS = {"joint": mixed(), "normal": apart(DRAW_NORMAL), "student-t": apart(DRAW_STUDENT_T)}

WRITTEN_DOWN = {
    "joint": (
        [0.1848722403240932, -0.8574516899004812, 0.01319996004071973],
        [1.0774216968788508, 1.190313136040145, 1.9696989815594428],
    ),
    "normal": ([-0.08338469466024391, -0.7262754085785864], [0.9033067116393875, 1.183416848710367]),
    "student-t": ([-0.44617182448862774, -0.270984519865261], [0.9095642976523568, 1.0653095654987466]),
}
"""Returns and volatilities of the last of six days on the second of two paths, seed 1."""


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("lanes", [1, 7, 16])
def test_any_number_of_lanes_gives_the_same_bits(market, lanes):
    whole = simulate(MARKETS[market], DAYS, 24)
    first = 24 - lanes
    part = simulate(MARKETS[market], DAYS, lanes, first_path=first)
    np.testing.assert_array_equal(part[0], whole[0][:, :, first:])
    np.testing.assert_array_equal(part[1], whole[1][:, :, first:])


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("chunks", [[1] * 11, [3, 5, 3], [8, 3]])
def test_any_split_of_the_days_gives_the_same_bits(market, chunks):
    whole, parts = simulate(MARKETS[market], DAYS, 8), simulate(MARKETS[market], DAYS, 8, chunks=chunks)
    np.testing.assert_array_equal(parts[0], whole[0])
    np.testing.assert_array_equal(parts[1], whole[1])


@pytest.mark.parametrize("market", MARKETS)
def test_a_reset_state_starts_over(market):
    terms = MARKETS[market]
    state = open_market(terms, 8)
    framed = frame(terms), frame(state)
    n = len(terms.volatility.kind)
    runs = []
    for _ in range(2):
        reset_market(terms, state)
        log_return, volatility = np.empty((DAYS, n, 8)), np.empty((DAYS, n, 8))
        market_tile(*framed, INDEX(1), INDEX(0), INDEX(0), INDEX(DAYS), log_return, volatility, INDEX(8))
        runs.append(log_return)
    np.testing.assert_array_equal(runs[0], runs[1])


def test_paths_beyond_32_bits_and_other_seeds_differ():
    terms = MARKETS["student-t"]
    base = simulate(terms, DAYS, 4)[0]
    assert not np.array_equal(base, simulate(terms, DAYS, 4, first_path=2**32)[0])
    assert not np.array_equal(base, simulate(terms, DAYS, 4, seed=1 + 2**32)[0])


def test_days_assets_and_paths_are_drawn_apart():
    log_return, _ = simulate(apart(DRAW_NORMAL), DAYS, 500)
    assert len(np.unique(log_return)) == log_return.size


def test_a_pinned_asset_takes_the_given_path():
    log_return, _ = simulate(mixed(), DAYS, 8)
    np.testing.assert_allclose(log_return[:3, 1], 0.5, rtol=1e-15)
    assert np.ptp(log_return[3, 1]) > 0.0


def test_a_pinned_day_feeds_the_variance_of_the_next():
    _, volatility = simulate(mixed(), DAYS, 4)
    from_days_before, from_day_1 = 1.0, 0.05 * 0.5**2 + 0.8 * 1.0
    np.testing.assert_allclose(volatility[1, 1], np.sqrt(from_days_before + from_day_1), rtol=1e-14)


def test_a_follower_adds_its_own_risk_to_the_factors_move():
    terms = mixed()
    log_return, volatility = simulate(terms, DAYS, 8)
    own_return, own = simulate(terms._replace(factor=FactorTerms(np.full(3, -1), np.zeros(3))), DAYS, 8)
    np.testing.assert_array_equal(log_return[:, 0], own_return[:, 0])
    np.testing.assert_allclose(log_return[:, 2], own_return[:, 2] + 1.5 * log_return[:, 0], atol=1e-14)
    np.testing.assert_allclose(volatility[:, 2], np.hypot(own[:, 2], 1.5 * volatility[:, 0]), rtol=1e-14)


def test_overlays_shift_scale_and_shock():
    terms = apart(DRAW_NORMAL)
    plain, sigma = simulate(terms, DAYS, 8)
    shock = np.zeros((DAYS, 2))
    shock[4, 0] = 3.0
    laid = terms._replace(
        overlay=OverlayTerms(
            np.full((DAYS, 2), 0.1),
            np.full((DAYS, 2), 2.0),
            shock,
            terms.overlay.n_pinned,
            terms.overlay.pinned,
        )
    )
    moved, scaled = simulate(laid, DAYS, 8)
    np.testing.assert_allclose(moved[:4], 0.1 + 2.0 * plain[:4], rtol=1e-14)
    np.testing.assert_allclose(moved[4, 0], 0.1 + 2.0 * (plain[4, 0] + 3.0), rtol=1e-14)
    np.testing.assert_allclose(scaled[:5], 2.0 * sigma[:5], rtol=1e-14)
    later = 0.08 * ((plain[4, 0] + 3.0) ** 2 - plain[4, 0] ** 2)
    np.testing.assert_allclose((scaled[5, 0] / 2.0) ** 2, sigma[5, 0] ** 2 + later, rtol=1e-13)
    np.testing.assert_allclose(scaled[:, 1], 2.0 * sigma[:, 1], rtol=1e-14)


def test_no_volatility_leaves_the_drift():
    still = volatility_terms(1, omega=0.0, up=(0.0,), beta=(0.0,), opening=0.0)
    terms = market_terms(DAYS, still)
    log_return, volatility = simulate(
        terms._replace(overlay=terms.overlay._replace(drift=np.full((DAYS, 1), 0.25))), DAYS, 4
    )
    assert (log_return == 0.25).all()
    assert (volatility == 0.0).all()


def test_rows_beyond_the_chunk_and_other_lanes_are_left_alone():
    terms = apart(DRAW_NORMAL)
    state = open_market(terms, 8)
    framed = frame(terms), frame(state)
    log_return = np.full((4, 2, 8), np.nan)
    market_tile(*framed, INDEX(1), INDEX(0), INDEX(0), INDEX(2), log_return, log_return.copy(), INDEX(5))
    assert np.isfinite(log_return[:2, :, :5]).all()
    assert np.isnan(log_return[2:]).all()
    assert np.isnan(log_return[:, :, 5:]).all()


@pytest.mark.skipif(DISABLED, reason="reads compiled code")
def test_the_tile_is_vector_code_without_libm():
    # compiled anew: code from the disk cache keeps no listing
    tile = numba.njit(market_tile.py_func, error_model="numpy")
    terms = MARKETS["joint"]
    log_return = np.empty((DAYS, 3, 8))
    tile(
        frame(terms),
        frame(open_market(terms, 8)),
        INDEX(1),
        INDEX(0),
        INDEX(0),
        INDEX(DAYS),
        log_return,
        log_return.copy(),
        INDEX(8),
    )
    code = next(iter(tile.inspect_asm().values()))
    assert code.count("vpmuludq") > 50
    assert "%zmm" in code or "%ymm" in code
    assert "vgather" not in code
    for name in ("log", "exp", "sin", "cos", "pow"):
        assert f"movabsq\t${name}," not in code


def test_python_and_compiled_forms_give_the_same_numbers():
    # run with numba on and off, both against what was written down once
    for market, expected in WRITTEN_DOWN.items():
        log_return, volatility = simulate(MARKETS[market], 6, 2)
        np.testing.assert_allclose(log_return[5, :, 1], expected[0], rtol=1e-9)
        np.testing.assert_allclose(volatility[5, :, 1], expected[1], rtol=1e-9)
