"""From [market] and [scenario] to terms: units, opening levels, laws, trading."""

import numpy as np
import pytest
from scipy import stats

from backstop.config.market.inputs import MarketInputs
from backstop.config.market.resolve import resolve_market
from backstop.config.market.scenario import ScenarioConfig
from backstop.config.prices.resolve import resolve_prices
from backstop.errors import ConfigError
from backstop.terms import ImpactLaw, VolatilityLevel
from markets import GARCH, asset, market, resolved, student_t

LAGS = {"model": "gjr", "omega": 0.1, "alpha": (0.05, 0.02), "gamma": (0.06,), "beta": (0.3, 0.2, 0.1)}
DAYS = 6


def opening(volatility, innovation=None, **scenario):
    """(lags,) levels that the days before day 1 settle, and the terms."""
    terms = resolved(asset("a", volatility, innovation or {"distribution": "normal"}), days=DAYS, **scenario).volatility
    return terms.opening[0, : terms.n_lags[0]], terms


def test_a_long_run_start_is_a_fixed_point():
    levels, terms = opening(LAGS)
    expected = 0.1 / (1.0 - 0.05 - 0.02 - 0.03 - 0.6)
    gains = (terms.up[0] + terms.down[0]) / 2.0 + terms.beta[0]
    assert levels[0] == pytest.approx(expected)
    assert levels[1] + gains[0] * expected == pytest.approx(expected)
    assert levels[2] + (gains[0] + gains[1]) * expected == pytest.approx(expected)


def test_a_multiple_scales_the_first_days_variance():
    assert opening(GARCH | {"start": 4.0})[0] == pytest.approx(4.0)
    assert opening(GARCH, variance_multiple=4.0)[0] == pytest.approx(4.0)
    assert opening(GARCH | {"model": "tarch"}, variance_multiple=4.0)[0] == pytest.approx(
        2.0 * opening(GARCH | {"model": "tarch"})[0]
    )
    egarch = {"model": "egarch", "omega": -0.3, "alpha": (0.1,), "beta": (0.95,)}
    risen = opening(egarch, variance_multiple=4.0)[0] - opening(egarch)[0]
    assert risen == pytest.approx(np.log(4.0))


def test_a_start_from_the_last_days_goes_on_from_them():
    state = {"last_variance": (1.0, 2.0), "last_residual": (0.5, -3.0), "start": "last"}
    two = {"model": "gjr", "omega": 0.1, "alpha": (0.05, 0.02), "gamma": (0.06,), "beta": (0.3,)}
    levels, _ = opening(two | state)
    assert levels[0] == pytest.approx(0.1 + (0.05 + 0.06) * 9.0 + 0.02 * 0.25 + 0.3 * 2.0)
    assert levels[1] == pytest.approx(0.1 + 0.02 * 9.0)


def test_a_stated_long_run_volatility_is_what_the_model_returns_to():
    for model in ("garch", "gjr", "tarch", "egarch", "aparch", "constant"):
        shape = {} if model == "constant" else {"alpha": (0.05,), "beta": (0.9,)}
        levels, terms = opening({"model": model, "long_run_volatility_ann_frac": 0.25} | shape, student_t(5.0))
        variance = 0.25**2 / 252.0
        expected = np.log(variance) if model == "egarch" else variance ** (0.5 * terms.power[0])
        assert levels[0] == pytest.approx(expected), model


def test_models_are_kept_in_the_unit_of_their_recursion():
    power = GARCH | {"power": 1.5}
    egarch = {"model": "egarch", "omega": 0.0, "alpha": (0.1,), "gamma": (-0.05,), "beta": (0.9,)}
    kinds = [opening(model)[1].kind[0] for model in (GARCH, GARCH | {"model": "tarch"}, power, egarch)]
    assert kinds == [VolatilityLevel.SQUARES, VolatilityLevel.ABSOLUTES, VolatilityLevel.POWERS, VolatilityLevel.LOGS]
    terms = opening(egarch)[1]
    assert (terms.up[0, 0], terms.down[0, 0]) == pytest.approx((0.05, 0.15))
    assert terms.omega[0] == pytest.approx(-0.1 * np.sqrt(2.0 / np.pi))


def test_harch_spreads_its_weights_over_days():
    harch = {"model": "harch", "omega": 0.1, "alpha": (0.2, 0.3), "harch_lags": (1, 5)}
    assert opening(harch)[1].up[0] == pytest.approx([0.2 + 0.06, 0.06, 0.06, 0.06, 0.06])


def test_annual_numbers_become_daily_and_windows_days():
    inputs = MarketInputs(pinned={"a": np.array([0.01, -0.02, 0.03])})
    pins = [{"asset": "a", "prices": "x.csv", "first": "2015-06-15", "last": "2015-06-17"}]
    terms = resolved(asset("a", drift_ann_frac=0.252), days=2, inputs=inputs, pins=pins).overlay
    assert terms.drift == pytest.approx(0.001)
    assert terms.n_pinned.tolist() == [2]
    assert terms.pinned[:, 0] == pytest.approx([0.009, -0.021])


def test_members_pinned_for_longer_lead_the_correlation():
    matrix = ((1.0, 0.1, 0.2), (0.1, 1.0, 0.3), (0.2, 0.3, 1.0))
    pins = [{"asset": "b", "log_returns": [0.1]}, {"asset": "c", "log_returns": [0.1, 0.1]}]
    joint = {"assets": ("a", "b", "c"), "correlation": matrix}
    terms = resolved(asset("a"), asset("b"), asset("c"), days=DAYS, dependence=joint, pins=pins).dependence
    assert terms.member.tolist() == [2, 1, 0]
    factor = terms.cholesky @ terms.cholesky.T
    assert factor == pytest.approx(np.array(matrix)[np.ix_([2, 1, 0], [2, 1, 0])])


@pytest.mark.parametrize("stress", [0.0, 0.5, 0.999])
def test_stress_takes_correlations_toward_one_and_keeps_them_definite(stress):
    joint = {"assets": ("a", "b", "c"), "correlation": -0.45}
    terms = resolved(asset("a"), asset("b"), asset("c"), days=DAYS, dependence=joint, correlation_stress=stress)
    factor = terms.dependence.cholesky @ terms.dependence.cholesky.T
    assert factor[np.tril_indices(3, -1)] == pytest.approx(stress - 0.45 * (1.0 - stress))
    assert np.linalg.eigvalsh(factor)[0] > 0.0


def test_windows_multiply_volatility_on_their_days():
    windows = [
        {"first_day": 2, "last_day": 4, "multiplier": 3.0},
        {"first_day": 4, "last_day": 4, "multiplier": 0.5, "asset": "b"},
        {"first_day": 6, "last_day": 100, "multiplier": 0.0, "asset": "a"},
        {"first_day": 50, "last_day": 60, "multiplier": 7.0},
    ]
    scale = resolved(asset("a"), asset("b"), days=DAYS, volatility_windows=windows, volatility_multiplier=2.0)
    assert scale.overlay.scale.T.tolist() == [[2.0, 6.0, 6.0, 6.0, 2.0, 0.0], [2.0, 6.0, 6.0, 3.0, 2.0, 2.0]]


def test_jumps_have_the_chances_of_a_poisson_number():
    jump = {"asset": "a", "per_year": 126.0, "mean_log_return": -0.1, "deviation_log_return": 0.2}
    terms = resolved(asset("a"), days=DAYS, jumps=[jump]).jumps
    assert terms.at_most[0] == pytest.approx(stats.poisson(0.5).cdf(range(8)))
    assert terms.variance[0] == pytest.approx(0.5 * 0.05)


def window_of(name):
    return {"first_day": 1, "last_day": 2, "multiplier": 2.0, "asset": name}


def test_sellers_of_what_nobody_trades_are_refused_in_one_line():
    sellers = {"drawdown_frac": 0.2, "adv_frac_per_day": 0.1, "stock_adv_days": 1.0}
    with pytest.raises(ConfigError, match=r"scenario.others.0.asset: a has no trading.*write its trading.adv"):
        resolved(asset("a"), days=DAYS, others=[sellers | {"asset": "a"}])
    resolved(asset("a", trading={"adv": 1e9}), days=DAYS, others=[sellers | {"asset": "a"}])
    # of every risky asset that trades: of none
    resolved(asset("a"), days=DAYS, others=[sellers])


def test_what_does_not_fit_the_market_is_refused_in_one_line():
    with pytest.raises(ConfigError, match=r"scenario.pins.0.asset: no asset 'x'; write one of a"):
        resolved(asset("a"), days=DAYS, pins=[{"asset": "x", "log_returns": [0.1]}])
    with pytest.raises(ConfigError, match="a has no volatility"):
        resolved(asset("a"), days=DAYS, pins=[{"asset": "a", "log_returns": [0.1]}], volatility_multiplier=0.0)
    pinned = {"days": DAYS, "pins": [{"asset": "a", "log_returns": [0.1, 0.1]}]}
    with pytest.raises(ConfigError, match="a has no volatility"):
        resolved(asset("a"), volatility_windows=[{"first_day": 2, "last_day": 2, "multiplier": 0.0}], **pinned)
    # after the pins a market may stand still
    resolved(asset("a"), volatility_windows=[{"first_day": 3, "last_day": 3, "multiplier": 0.0}], **pinned)
    with pytest.raises(ConfigError, match=r"scenario.volatility_windows.0.asset: no asset 'x'; write one of a"):
        resolved(asset("a"), days=DAYS, volatility_windows=[window_of("x")])
    with pytest.raises(ConfigError, match="no residuals to draw"):
        resolved(asset("a", innovation={"distribution": "filtered-historical", "block_days": 1}), days=DAYS)
    unread = market({"name": "a", "calibrate": {"prices": "builtin:csi300"}})
    with pytest.raises(ConfigError, match="not calibrated yet"):
        resolve_market(unread, ScenarioConfig(), MarketInputs(), DAYS)


def test_a_shock_on_a_day_whose_return_is_given_is_refused():
    pinned = {"days": DAYS, "pins": [{"asset": "a", "log_returns": [0.1, 0.2]}]}
    with pytest.raises(ConfigError, match="a is pinned on day 2 and takes the given return; write a day after 2, or"):
        resolved(asset("a"), shocks=[{"asset": "a", "day": 2, "return_frac": -0.1}], **pinned)
    later = resolved(asset("a"), shocks=[{"asset": "a", "day": 3, "return_frac": -0.1}], **pinned).overlay
    assert later.shock[2, 0] == pytest.approx(np.log(0.9))


def test_trading_terms_are_daily_and_in_quanta():
    impact = {"law": "power", "kappa": 2.0, "exponent": 0.5, "half_life_days": 10.0, "permanent_frac": 0.25}
    trading = {"adv": 1e9, "stress_adv_frac": 0.5, "calm_volatility_ann_frac": 0.252**0.5, "price_limit_frac": 0.1}
    power = {"trading": trading | {"impact": impact | {"exponent": 0.7}}}
    assets = [asset("a", trading=trading | {"impact": impact}), asset("b", **power), asset("c", is_risky=False)]
    terms = resolve_prices(market(*assets, index="b"), quantum=100.0)
    assert terms.impact_law.tolist() == [ImpactLaw.SQUARE_ROOT, ImpactLaw.POWER, ImpactLaw.LINEAR]
    assert terms.adv[0] == 1e7
    assert terms.calm_volatility[0] == pytest.approx(np.sqrt(0.001))
    assert terms.decay[0] ** 10 == pytest.approx(0.5)
    assert np.exp([terms.log_limit_down[0], terms.log_limit_up[0]]) == pytest.approx([0.9, 1.1])
    assert (terms.kappa[2], terms.permanent_frac[2], terms.log_limit_down[2]) == (0.0, 0.0, -1e3)
    assert terms.adv[2] > 1e20
    assert terms.is_risky.tolist() == [1, 1, 0]
    assert terms.index == 1
