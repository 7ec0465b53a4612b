"""A tile of the market: the same bits however it is cut; factors, pins and overlays as stated."""

import numpy as np
import pytest

from backstop.config.market.inputs import MarketInputs
from backstop.kernels.market.tile import market_tile, market_work, open_market, reset_market
from backstop.terms import FactorTerms
from markets import GARCH, STILL, asset, resolved, simulate, student_t

DAYS = 11
GJR = {"model": "gjr", "omega": 0.02, "alpha": (0.05, 0.04), "gamma": (0.05,), "beta": (0.8, 0.05)}
EGARCH = {"model": "egarch", "omega": 0.0, "alpha": (0.1,), "gamma": (-0.05,), "beta": (0.95,)}
APARCH = {"model": "aparch", "omega": 0.05, "alpha": (0.06,), "gamma": (0.4,), "beta": (0.85,), "power": 1.3}
RESIDUALS = {"distribution": "filtered-historical", "block_days": 3}


def joint(**changes):
    """Two assets drawn with a third, which follows a fourth; one of them pinned for three days."""
    assets = [
        asset("a", GJR, student_t(5.0)),
        asset("b", GJR, student_t(5.0)),
        asset("d", STILL),
        asset("c", EGARCH, {"distribution": "skew-t", "nu": 6.0, "skew": -0.2}, factor={"asset": "d", "beta": 1.5}),
    ]
    together = {"assets": ("a", "b", "c"), "copula": "student-t", "nu": 5.0, "correlation": 0.4} | changes
    return resolved(*assets, days=DAYS, dependence=together, pins=[{"asset": "b", "log_returns": (0.5, 0.5, 0.5)}])


def apart():
    """One asset of each law, and of each unit of levels."""
    rows = MarketInputs(residual_rows={"e": np.random.default_rng(1).standard_normal(40)})
    return resolved(
        asset("a", APARCH),
        asset("b", GARCH, student_t(6.0)),
        asset("c", EGARCH, {"distribution": "skew-t", "nu": 6.0, "skew": 0.3}),
        asset("d", GARCH | {"model": "tarch"}, {"distribution": "ged", "nu": 1.4}),
        asset("e", GARCH, RESIDUALS),
        days=DAYS,
        inputs=rows,
        jumps=[{"asset": "b", "per_year": 100.0, "mean_log_return": -0.1, "deviation_log_return": 0.2}],
    )


MARKETS = {
    "joint": joint(),
    "moving": joint(dynamics={"a": 0.1, "b": 0.8, "g": 0.05}),
    "gaussian": joint(copula="gaussian", nu=None),
    "apart": apart(),
}

WRITTEN_DOWN = {
    "joint": (
        [0.0215302639696, 0.658892505355, 0.592952871029, 3.02616004994],
        [0.557254677078, 0.874682029069, 1, 1.74964649356],
    ),
    "moving": (
        [-0.0210873331444, 0.658892505355, 0.592952871029, 3.03322809364],
        [0.555859748098, 0.874682029069, 1, 1.77161597268],
    ),
    "gaussian": (
        [0.0215387642175, 0.694298059833, 0.592952871029, 3.40273780748],
        [0.55747355547, 0.879393242848, 1, 1.73554723146],
    ),
    "apart": (
        [-0.146209417723, 0.68631639319, 0.769147201221, 0.189650893423, 0.0939035839965],
        [0.56970326385, 0.932482946424, 0.849800314457, 0.439261750671, 0.822151773537],
    ),
}
"""Returns and volatilities of the last day on the second of two paths, seed 1."""


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("lanes", [1, 7, 16])
def test_any_number_of_lanes_gives_the_same_bits(market, lanes):
    whole = simulate(MARKETS[market], 24)
    first = 24 - lanes
    part = simulate(MARKETS[market], lanes, first_path=first)
    np.testing.assert_array_equal(part[0], whole[0][:, :, first:])
    np.testing.assert_array_equal(part[1], whole[1][:, :, first:])


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("chunks", [[1] * 11, [3, 5, 3], [8, 3]])
def test_any_split_of_the_days_gives_the_same_bits(market, chunks):
    whole, parts = simulate(MARKETS[market], 8), simulate(MARKETS[market], 8, chunks=chunks)
    np.testing.assert_array_equal(parts[0], whole[0])
    np.testing.assert_array_equal(parts[1], whole[1])


@pytest.mark.parametrize("market", MARKETS)
def test_a_reset_state_starts_over(market):
    terms = MARKETS[market]
    state = open_market(terms, 8)
    runs = []
    for _ in range(2):
        reset_market(terms, state)
        log_return = np.empty((DAYS, len(terms.volatility.kind), 8))
        market_tile(market_work(terms, state, log_return, log_return.copy()), 1, 0, 0, DAYS, 8)
        runs.append(log_return)
    np.testing.assert_array_equal(runs[0], runs[1])


def test_paths_beyond_32_bits_and_other_seeds_differ():
    base = simulate(MARKETS["apart"], 4)[0]
    assert not np.isin(base, simulate(MARKETS["apart"], 4, first_path=2**32)[0])[:, :4].any()
    assert not np.isin(base, simulate(MARKETS["apart"], 4, seed=1 + 2**32)[0])[:, :4].any()


def test_days_assets_and_paths_are_drawn_apart():
    log_return, _ = simulate(resolved(asset("a"), asset("b"), days=DAYS), 100)
    assert len(np.unique(log_return)) == log_return.size


def test_a_pinned_asset_takes_the_given_path():
    for market in ("joint", "moving", "gaussian"):
        log_return, _ = simulate(MARKETS[market], 8)
        np.testing.assert_allclose(log_return[:3, 1], 0.5, rtol=1e-15)
        assert np.ptp(log_return[3, 1]) > 0.0


def test_a_pinned_day_feeds_the_variance_of_the_next():
    _, volatility = simulate(MARKETS["joint"], 4)
    long_run = 0.02 / (1.0 - 0.05 - 0.04 - 0.025 - 0.85)
    lag_1 = 0.05 * 0.5**2 + 0.8 * long_run
    lag_2 = (0.04 + 0.05) * long_run
    np.testing.assert_allclose(volatility[1, 1] ** 2, 0.02 + lag_1 + lag_2, rtol=1e-13)


def test_a_follower_adds_its_own_risk_to_the_factors_move():
    terms = MARKETS["joint"]
    log_return, volatility = simulate(terms, 8)
    own_return, own = simulate(terms._replace(factor=FactorTerms(np.full(4, -1), np.zeros(4))), 8)
    np.testing.assert_array_equal(log_return[:, 2], own_return[:, 2])
    np.testing.assert_allclose(log_return[:, 3], own_return[:, 3] + 1.5 * log_return[:, 2], atol=1e-14)
    np.testing.assert_allclose(volatility[:, 3], np.hypot(own[:, 3], 1.5 * volatility[:, 2]), rtol=1e-14)


def test_a_pinned_follower_takes_the_given_path_too():
    pins = [{"asset": "a", "log_returns": (0.1, -0.2)}, {"asset": "b", "log_returns": (0.4, 0.3)}]
    terms = resolved(asset("a"), asset("b", factor={"asset": "a", "beta": 2.0}), days=3, pins=pins)
    log_return, _ = simulate(terms, 4)
    np.testing.assert_allclose(log_return[:2, 1], [[0.4] * 4, [0.3] * 4], rtol=1e-14)


def test_overlays_shift_scale_and_shock():
    two = [asset("a"), asset("b")]
    plain, sigma = simulate(resolved(*two, days=DAYS), 8)
    laid = resolved(
        *two,
        days=DAYS,
        volatility_multiplier=2.0,
        drift_ann_frac={"a": 0.252},
        shocks=[
            {"asset": "a", "day": 5, "return_frac": 0.5},
            {"asset": "b", "day": 5, "return_frac": 0.5, "feeds_variance": False},
        ],
    )
    moved, scaled = simulate(laid, 8)
    size = np.log(1.5)
    np.testing.assert_allclose(moved[:4, 0], 0.001 + 2.0 * plain[:4, 0], rtol=1e-13)
    np.testing.assert_allclose(moved[4, 0], 0.001 + 2.0 * plain[4, 0] + size, rtol=1e-13)
    np.testing.assert_allclose(scaled[:5], 2.0 * sigma[:5], rtol=1e-14)
    later = 0.08 * ((plain[4, 0] + size / 2.0) ** 2 - plain[4, 0] ** 2)
    np.testing.assert_allclose((scaled[5, 0] / 2.0) ** 2, sigma[5, 0] ** 2 + later, rtol=1e-13)
    np.testing.assert_allclose(moved[4, 1], 2.0 * plain[4, 1] + size, rtol=1e-13)
    np.testing.assert_allclose(scaled[:, 1], 2.0 * sigma[:, 1], rtol=1e-14)


def test_a_window_multiplies_the_days_move_and_leaves_later_volatility():
    two = [asset("a"), asset("b", factor={"asset": "a", "beta": 1.5})]
    window = {"first_day": 3, "last_day": 5, "multiplier": 2.0, "asset": "a"}
    hit = {"asset": "a", "day": 4, "return_frac": -0.5}
    plain, sigma = simulate(resolved(*two, days=DAYS), 8)
    moved, scaled = simulate(resolved(*two, days=DAYS, volatility_windows=[window]), 8)
    factor = np.where((np.arange(DAYS) >= 2) & (np.arange(DAYS) < 5), 2.0, 1.0)[:, None]
    np.testing.assert_allclose(moved[:, 0], factor * plain[:, 0], rtol=1e-13)
    np.testing.assert_allclose(scaled[:, 0], factor * sigma[:, 0], rtol=1e-14)
    # who follows feels it through the factor
    np.testing.assert_allclose(moved[:, 1] - plain[:, 1], 1.5 * (moved[:, 0] - plain[:, 0]), atol=1e-13)
    # a shock of the window is as large as it says, and felt by later volatility as a move of the model
    struck, _ = simulate(resolved(*two, days=DAYS, volatility_windows=[window], shocks=[hit]), 8)
    np.testing.assert_allclose(struck[3, 0] - moved[3, 0], np.log(0.5), rtol=1e-12)


def test_a_pinned_asset_takes_its_path_through_a_window():
    pin = {"asset": "a", "log_returns": (0.4, 0.3)}
    window = {"first_day": 2, "last_day": 2, "multiplier": 2.0}
    log_return, volatility = simulate(resolved(asset("a"), days=3, pins=[pin], volatility_windows=[window]), 4)
    np.testing.assert_allclose(log_return[:2, 0], [[0.4] * 4, [0.3] * 4], rtol=1e-14)
    # what the model moved by is the given move over the multiplier
    second = volatility[1, 0] / 2.0
    np.testing.assert_allclose(volatility[2, 0] ** 2, 0.02 + 0.08 * 0.15**2 + 0.90 * second**2, rtol=1e-13)


def test_jumps_come_on_top_and_count_in_the_days_volatility():
    plain, sigma = simulate(resolved(asset("a"), days=DAYS), 400)
    jump = {"asset": "a", "per_year": 126.0, "mean_log_return": 10.0, "deviation_log_return": 0.0}
    log_return, volatility = simulate(resolved(asset("a"), days=DAYS, jumps=[jump]), 400)
    number = (log_return - plain) / 10.0
    np.testing.assert_allclose(number, np.rint(number), atol=1e-12)
    assert abs(number.mean() - 0.5) < 4.0 * np.sqrt(0.5 / number.size)
    assert abs(number.var() - 0.5) < 4.0 * np.sqrt((0.5 + 2 * 0.25) / number.size)
    np.testing.assert_allclose(volatility**2, sigma**2 + 0.5 * 100.0, rtol=1e-13)


def test_a_pinned_asset_does_not_jump():
    jump = {"asset": "a", "per_year": 252.0, "mean_log_return": 10.0, "deviation_log_return": 0.0}
    pin = {"asset": "a", "log_returns": (0.25,) * DAYS}
    log_return, _ = simulate(resolved(asset("a"), days=DAYS, jumps=[jump], pins=[pin]), 8)
    np.testing.assert_allclose(log_return, 0.25, rtol=1e-15)


def test_no_volatility_leaves_the_drift():
    still = {"model": "constant", "omega": 0.0}
    log_return, volatility = simulate(resolved(asset("a", still, drift_ann_frac=0.252), days=DAYS), 4)
    assert (log_return == 0.001).all()
    assert (volatility == 0.0).all()


def test_residuals_are_drawn_as_joint_days_in_blocks():
    days = np.arange(50.0)
    rows = MarketInputs(residual_rows={"a": days, "b": days**2})
    terms = resolved(asset("a", STILL, RESIDUALS), asset("b", STILL, RESIDUALS), days=9, inputs=rows)
    log_return, _ = simulate(terms, 200)
    standard = [(series - series.mean()) / series.std() for series in (days, days**2)]
    drawn = np.array([[np.abs(standard[0] - x).argmin() for x in day] for day in log_return[:, 0]])
    np.testing.assert_allclose(log_return[:, 1], standard[1][drawn], atol=1e-12)
    np.testing.assert_array_equal(drawn[[1, 2, 4, 5, 7, 8]], (drawn[[0, 0, 3, 3, 6, 6]] + [[1], [2]] * 3) % 50)
    assert len(np.unique(drawn[::3])) == 50


def test_rows_beyond_the_chunk_and_other_lanes_are_left_alone():
    terms = resolved(asset("a"), asset("b"), days=DAYS)
    log_return = np.full((4, 2, 8), np.nan)
    market_tile(market_work(terms, open_market(terms, 8), log_return, log_return.copy()), 1, 0, 0, 2, 5)
    assert np.isfinite(log_return[:2, :, :5]).all()
    assert np.isnan(log_return[2:]).all()
    assert np.isnan(log_return[:, :, 5:]).all()


def test_python_and_compiled_forms_give_the_same_numbers():
    # run with numba on and off, both against what was written down once
    for market, expected in WRITTEN_DOWN.items():
        log_return, volatility = simulate(MARKETS[market], 2)
        np.testing.assert_allclose(log_return[-1, :, 1], expected[0], rtol=1e-8)
        np.testing.assert_allclose(volatility[-1, :, 1], expected[1], rtol=1e-8)
