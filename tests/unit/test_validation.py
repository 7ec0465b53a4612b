"""Validation: formulas give the digits that are published, and what is wrong is called so."""

import json

import numpy as np
import pytest
from scipy.stats import norm, poisson

from backstop.errors import AccountingError, ConfigError
from backstop.report.validation_table import print_validation, tally
from backstop.validation import compensation, drawdown, garch, known, pools, round_trips, ruin, scores
from backstop.validation.case import Case, correlation_of, estimated, kurtosis_of, mean_of, share_of, within


def case_of(*figures, needs=""):
    return Case("made-up", "says something", "hand", "this test", lambda: figures, needs)


def test_moments_of_garch_sums_have_their_digits():
    assert garch.sum_moments(garch.GARCH, 1.0, 10)[1] == pytest.approx(3.5226618250, abs=5e-11)
    assert garch.sum_moments(garch.GARCH, 4.0, 60) == pytest.approx((165.3670285962, 4.0556230366), abs=5e-11)


def test_squares_of_a_garch_are_correlated_as_published():
    assert garch.autocorrelation_of_squares(garch.GARCH, 1) == pytest.approx(0.205217, abs=5e-7)
    assert garch.autocorrelation_of_squares(garch.GARCH, 10) == pytest.approx(0.171100, abs=5e-7)


@pytest.mark.parametrize("lag", [1, 10])
def test_correlation_of_squares_becomes_the_stationary_one(lag):
    late = garch.correlation_of_squares(garch.GARCH, 1.0, 2000, lag)
    assert late == pytest.approx(garch.autocorrelation_of_squares(garch.GARCH, lag), rel=1e-12)


def test_a_gjr_without_asymmetry_has_the_kurtosis_of_a_garch():
    assert garch.gjr_kurtosis(0.08, 0.0, 0.90) == pytest.approx(4.4328358209, abs=5e-11)


@pytest.mark.parametrize("mean", [0.3, 0.75, 1.2])
def test_survival_by_the_ballot_theorem_is_that_of_counting_period_by_period(mean):
    alive = np.array([1.0])
    for period in range(1, 13):
        claims = poisson.pmf(np.arange(period + 1), mean)
        alive = np.convolve(alive, claims)[:period + 1]
    assert ruin.survival(12, mean) == pytest.approx(alive.sum(), rel=1e-12)


def test_drawdowns_at_daily_steps_have_their_digits():
    assert drawdown.drawdown_probability(0.3) == pytest.approx(0.40618, abs=5e-6)
    assert drawdown.fall_probability(0.3) == pytest.approx(0.21637, abs=5e-6)


@pytest.mark.parametrize("depth", [0.3, drawdown.DEPTH_IN_LOGS])
def test_falls_watched_once_a_day_are_those_watched_always_beyond_a_barrier_moved_out(depth):
    # Broadie, Glasserman and Kou (1997): 0.5826 steps for a barrier; a drawdown has two, the maximum and the fall
    moved = 0.5826 * drawdown.STEP
    assert drawdown.fall_probability(depth) == pytest.approx(always_fall(depth + moved), abs=3e-4)
    assert drawdown.drawdown_probability(depth) == pytest.approx(always_drawdown(depth + 2 * moved), abs=3e-3)


def test_falls_watched_always_have_their_digits():
    in_logs = drawdown.DEPTH_IN_LOGS
    assert [always_drawdown(0.3), always_fall(0.3)] == pytest.approx([0.45964, 0.23014], abs=5e-6)
    assert [always_drawdown(in_logs), always_fall(in_logs)] == pytest.approx([0.30730, 0.15367], abs=5e-6)


def always_fall(depth):
    return 2.0 * norm.cdf(-depth / drawdown.VOLATILITY)


def always_drawdown(depth):
    odd = 2 * np.arange(20) + 1
    terms = (-1.0) ** np.arange(20) / odd * np.exp(-((odd * np.pi * drawdown.VOLATILITY / depth) ** 2) / 8)
    return 1.0 - 4.0 / np.pi * terms.sum()


def test_the_compensated_layer_has_its_digits():
    layer = compensation.put(90.0) - compensation.put(70.0)
    assert layer == pytest.approx(4.55310, abs=5e-6)
    assert 0.6 * layer == pytest.approx(2.73186, abs=5e-6)
    assert compensation.below(90.0) == pytest.approx(0.38345, abs=5e-6)
    assert compensation.below(70.0) == pytest.approx(0.09651, abs=5e-6)


def test_closes_earn_the_annual_returns_over_the_days_that_a_score_counts():
    closes = scores.closes_of(scores.ANNUAL_RETURNS)
    assert closes[-1] == 1.0
    assert closes[-1 - 252] ** (-252 / 253) == pytest.approx(0.80)
    three_years = 0.80 * 1.15 * 1.12
    assert closes[-1 - 756] ** (-252 / 757) == pytest.approx(three_years ** (1 / 3))


def test_pools_run_dry_on_some_paths_and_not_on_others():
    found = pools.outcomes()
    for name in pools.SIZES:
        assert 0.01 < np.mean(~np.isnan(found.of_paths("first_dry_day", name))) < 0.99
    assert np.mean(found.of_paths("unmet_claims", "empty") > 0.0) > 0.5
    assert np.mean(found.of_paths("loss", "unlimited") > 0.0) > 0.01
    assert (found.funds["defaulted"] > 0.0).any()
    assert (found.of_paths("forced_sales", "unlimited") != found.of_paths("forced_sales", "none")).any()


def test_round_trips_add_up_to_nothing_and_most_of_them_lose():
    schedules = round_trips.random_round_trips()
    np.testing.assert_allclose(schedules.sum(axis=0), 0.0, atol=1e-12)
    earned = round_trips.revenue(round_trips.LAWS["square root"], schedules)
    assert np.mean(earned < -1e-6) > 0.9


def test_what_is_bought_back_at_once_leaves_no_displacement():
    market = round_trips.ImpactMarket(round_trips.LAWS["square root"], 1)
    market.trade(np.array([0.4]))
    assert market.prices.permanent[0, 0] > 0.0
    market.trade(np.array([-0.4]), same_day=True)
    assert abs(market.prices.volume_after[0, 0]) < 1e-15
    assert abs(market.prices.permanent[0, 0]) < 1e-15


def test_trading_at_the_price_before_the_trade_would_earn_money(monkeypatch):
    traded = round_trips.ImpactMarket.trade

    def before_the_trade(self, quantity, same_day=False):
        traded(self, quantity, same_day)
        return quantity * self.prices.price[0]

    monkeypatch.setattr(round_trips.ImpactMarket, "trade", before_the_trade)
    assert any(known.Result(*r).verdict == "fail" for r in known.run_case(round_trips.CASES[0]))


def test_volume_counted_at_the_price_that_sales_have_lowered_would_earn_money(monkeypatch):
    traded = round_trips.ImpactMarket.trade

    def at_lowered_prices(self, quantity, same_day=False):
        traded(self, np.zeros_like(quantity), same_day)
        price = self.prices.close[0].copy()
        return traded(self, quantity * price, same_day=True) / price

    monkeypatch.setattr(round_trips.ImpactMarket, "trade", at_lowered_prices)
    assert round_trips.in_pieces(round_trips.LAWS["linear"]) > 1e-6


def test_a_law_that_reads_the_volatility_of_the_day_earns_what_its_closed_form_says():
    """A linear law, nothing permanent, all of it undone the same day: sold calm, bought back in a storm.

    The bid is ``exp(-A)``, the ask ``exp(-A + w**2 / 8)`` (docs/model.md, 9), with averages ``A = s q / 2`` between no
    displacement and that of the volume, ``s q``, which is also the width w.
    """
    q, calm, storm = 0.5, 0.01, 0.03
    market = round_trips.ImpactMarket(round_trips.LAWS["linear"] | {"permanent_frac": 0.0}, 1)
    market.volatility[:] = calm
    earned = float(market.trade(np.array([q]))[0])
    market.volatility[:] = storm
    earned += float(market.trade(np.array([-q]), same_day=True)[0])
    bid, ask = np.exp(-calm * q / 2.0), np.exp(-storm * q / 2.0 + (storm * q) ** 2 / 8.0)
    assert earned / q == pytest.approx(bid - ask, rel=1e-9)
    assert bid - ask == pytest.approx(0.004947, abs=5e-7)


def test_estimates_know_their_standard_errors():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 400, 1000))
    kurtoses = [kurtosis_of("", 3.0, row) for row in x[0]]
    assert np.std([k.got for k in kurtoses]) == pytest.approx(np.mean([k.standard_error for k in kurtoses]), rel=0.15)
    y = 0.6 * x[0] + 0.8 * x[1]
    pairs = [correlation_of("", 0.6, *rows) for rows in zip(x[0], y, strict=True)]
    assert np.std([p.got for p in pairs]) == pytest.approx(np.mean([p.standard_error for p in pairs]), rel=0.15)
    assert mean_of("", 0.0, x[0, 0]).standard_error == pytest.approx(1000**-0.5, rel=0.1)
    assert share_of("", 0.5, x[0, 0] > 0.0).standard_error == pytest.approx(0.5 * 1000**-0.5)


def test_a_figure_passes_within_its_tolerance_alone():
    assert estimated("", 1.0, 1.39, 0.1).is_met
    assert not estimated("", 1.0, 1.41, 0.1).is_met
    assert within("", 1.0, 1.0, 0.0).is_met
    assert not within("", 1.0, 1.0 + 1e-15, 0.0).is_met
    assert not within("", 1.0, np.nan, 1e9).is_met


def test_a_wrong_figure_fails_and_the_others_of_its_case_do_not():
    verdicts = [r.verdict for r in known.run_case(case_of(within("a", 1.0, 1.0, 0.0), within("b", 1.0, 2.0, 0.5)))]
    assert verdicts == ["pass", "fail"]


def test_a_case_that_breaks_off_fails_with_its_reason():
    def figures():
        yield within("a", 1.0, 1.0, 0.0)
        raise AccountingError("money was made")

    first, second = known.run_case(case_of()._replace(figures=figures))
    assert first.verdict == "pass"
    assert (second.verdict, second.note) == ("fail", "money was made")


def test_a_case_without_its_package_is_skipped_by_name():
    (result,) = known.run_case(case_of(needs="no_such_package"))
    assert (result.verdict, result.note) == ("skipped", "needs the package no_such_package")


def test_cases_can_be_chosen_by_the_beginning_of_their_names():
    seen = []
    results = known.run_validation(["philox", "score-ladder"], seen.append)
    assert {result.case for result in results} == {"philox-vectors", "score-ladder"}
    assert [(step.phase, step.done, step.total) for step in seen] == [("validating", 1, 2), ("validating", 2, 2)]


def test_a_name_that_no_case_has_is_refused():
    with pytest.raises(ConfigError, match="no case 'garhc'; write one of philox-vectors, "):
        known.run_validation(["garhc"])


def test_names_are_different_and_results_are_plain_numbers():
    names = [case.name for case in known.CASES]
    assert len(set(names)) == len(names)
    results = known.run_validation(["compensation", "philox"])
    assert json.loads(json.dumps([r._asdict() for r in results], allow_nan=False))[0]["case"] == "philox-vectors"


def test_the_table_shows_every_figure_and_counts_verdicts(capsys):
    results = known.run_case(case_of(estimated("first", 1.0, 1.25, 0.1), within("second [x]", 1.0, 2.0, 0.5)))
    results += known.run_case(case_of(needs="no_such_package")._replace(name="absent"))
    print_validation(results)
    shown = capsys.readouterr().out
    for word in ("made-up: says something", "hand: this test", "first", "1.25", "0.4", "0.1", "second [x]", "fail",
                 "needs the package no_such_package"):
        assert word in shown
    assert tally(results) == "1 of 2 figures as expected, 1 skipped"
    assert shown.endswith("1 of 2 figures as expected, 1 skipped\n")
