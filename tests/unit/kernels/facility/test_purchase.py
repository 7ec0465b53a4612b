"""Purchases from funds and in the market, resale, and gains against hand numbers."""

import itertools

import numpy as np
import pytest

from backstop.terms import ImpactLaw, Instrument
from small_arm import ALWAYS, NEVER, run_small, small_arm

ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
HALVES, FLAT = [np.log(0.5)], [0.0]
"""With `ONE_REQUEST`, 125,000 are due on day 2, half of which at half the price of the opening are 250,000 units."""
LENDS_NOTHING = {"advance_rate": 0.0, "tenor_days": 0.0, "inventory_participation_frac": 0.0}


def from_funds(n_assets=1, n_funds=1, layers=(1e9,), triggers=None, funds=None, investors=ONE_REQUEST, prices=None,
               **purchase):
    return small_arm(n_funds=n_funds, n_assets=n_assets, n_facilities=1, layers=layers, investors=investors,
                     triggers=triggers or {}, funds=funds or {}, prices=prices or {},
                     facilities={"instrument": Instrument.PURCHASE} | LENDS_NOTHING, purchase=purchase)


def in_market(prices=None, layers=(1e9,), triggers=None, n_assets=1, **purchase):
    return small_arm(n_facilities=1, n_assets=n_assets, layers=layers,
                     prices={"adv": 1e6, "buy_ratio": 1.0} | (prices or {}),
                     triggers=triggers or {}, facilities={"instrument": Instrument.MARKET_PURCHASE} | LENDS_NOTHING,
                     purchase={"weight": 1.0, "daily_budget": 1e5} | purchase)


def value(row):
    return float(np.asarray(row)[0, 0])


def test_a_fund_sells_to_the_facility_what_it_needs_at_a_discount():
    state = run_small(from_funds(weight=0.8), [HALVES, FLAT], is_closed=True)
    assert value(state.fund_tally.sold_to_facilities) == value(state.fund_tally.injected) == pytest.approx(125e3, abs=1)
    assert value(state.fund_tally.gross_sales) == value(state.path_tally.injected) - value(state.path_tally.purchased)
    # 125,000 at four fifths of a half
    assert value(state.pool.inventory) == pytest.approx(312_500, abs=3)
    assert value(state.funds.units) == pytest.approx(687_500, abs=3)
    assert value(state.pool.inventory_cost) == value(state.path_tally.stock_cost_end) == pytest.approx(125e3, abs=1)
    assert value(state.funds.nav) == pytest.approx(343_750, abs=2)
    assert value(state.fund_tally.drawn_end) == value(state.path_tally.money_created) == 0.0


def test_only_the_assets_it_buys_are_handed_over_in_proportion_to_what_is_offered():
    arm = from_funds(n_assets=3, funds={"units_open": [4e5, 4e5, 2e5]}, weight=[[1.0, 0.0, 1.0]])
    state = run_small(arm, [HALVES, FLAT])
    np.testing.assert_allclose(np.asarray(state.pool.inventory)[:, 0], [250e3 * 2 / 3, 0.0, 250e3 / 3], atol=3)
    np.testing.assert_allclose(np.asarray(state.pool.inventory_cost)[:, 0], [125e3 * 2 / 3, 0.0, 125e3 / 3], atol=1)


def test_each_asset_has_its_discount():
    arm = from_funds(n_assets=3, funds={"units_open": [5e5, 5e5, 0.0]}, weight=[[0.5, 1.0, 1.0]])
    state = run_small(arm, [HALVES, FLAT])
    # 500,000 in all at a half, of which 375,000 would be paid: a third of all
    np.testing.assert_allclose(np.asarray(state.pool.inventory)[:, 0], [500e3 / 3, 500e3 / 3, 0.0], atol=3)
    np.testing.assert_allclose(np.asarray(state.pool.inventory_cost)[:, 0], [125e3 / 3, 250e3 / 3, 0.0], atol=1)


def test_need_share_volume_and_budgets_each_bind():
    def bought(days=2, **terms):
        prices = {"adv": terms.pop("adv", 1e9)}
        return value(run_small(from_funds(prices=prices, **terms), [HALVES, *[FLAT] * (days - 1)]).path_tally.purchased)

    assert bought(need_frac=0.4) == pytest.approx(50e3, abs=1)
    assert bought(adv=1e6, adv_frac=0.03, weight=0.9) == pytest.approx(27e3, abs=1)
    assert bought(daily_budget=20e3) == 20e3
    everyday = {"investors": {"base_rate": 0.25}}
    assert bought(days=6, daily_budget=20e3, total_budget=50e3, **everyday) == 50e3


def test_a_budget_is_shared_pro_rata_and_is_no_unmet_claim_but_an_empty_pool_is():
    asked = {"base_rate": [[0.25], [0.75]]}
    state = run_small(from_funds(n_funds=2, investors=asked, daily_budget=100e3), [FLAT, FLAT])
    np.testing.assert_array_equal(np.asarray(state.loans.approved)[:, 0], [25e3, 75e3])
    assert value(state.path_tally.unmet_claims) == value(state.path_tally.first_dry_day) == 0.0
    state = run_small(from_funds(n_funds=2, investors=asked, layers=(100e3,)), [FLAT, FLAT])
    np.testing.assert_array_equal(np.asarray(state.loans.approved)[:, 0], [25e3, 75e3])
    assert (value(state.path_tally.unmet_claims), value(state.path_tally.first_dry_day)) == (900e3, 2.0)


RESALE = {"daily_budget": 125e3, "total_budget": 125e3, "resale_adv_frac": 1.0}


def test_it_sells_once_its_key_has_been_off_for_long_enough():
    # the key shuts on day 3, as the market is back: sold on the third day off, day 5
    key = {"market": (1, 1), "system_entry": (-0.1, -1.0), "system_exit": (0.1, 1.0)}
    arm = from_funds(triggers=key, prices={"adv": 1e9}, resale_lag_days=2.0, **RESALE)
    returns = [HALVES, [np.log(0.8)], [np.log(2.5)], FLAT, FLAT]
    states = [run_small(arm, returns[:n]) for n in (2, 3, 4, 5)]
    assert [value(s.pool.inventory) > 0.0 for s in states] == [True, True, True, False]
    paid, worth = value(states[-1].path_tally.purchased), value(states[-1].pool.realised)
    assert worth == pytest.approx(1.5 * paid, rel=1e-4)
    assert value(states[-1].pool.surplus) == worth


def test_it_holds_for_its_days_and_for_its_price_until_it_is_wound_up():
    shut = {"market": (1, 1), "system_entry": (-0.4, -1.0), "system_exit": ALWAYS}
    # bought on day 2, when the second fall opens the key; off from day 3
    returns = [FLAT, HALVES, FLAT, FLAT, FLAT, FLAT]
    arms = [from_funds(triggers=shut, investors={"base_rate": 0.25}, **RESALE, **rule) for rule in (
        {}, {"hold_days": 3.0}, {"margin_frac": 0.1}, {"margin_frac": 0.1, "wind_up_day": 5.0})]
    sold_on = []
    for arm in arms:
        stock = [value(run_small(arm, returns[:n]).pool.inventory) for n in (2, 3, 4, 5, 6)]
        assert stock[0] > 0.0
        sold_on.append(stock.index(0.0) + 2 if 0.0 in stock else None)
    assert sold_on == [3, 5, None, 5]


def test_resale_keeps_its_pace_and_moves_the_price():
    arm = in_market(prices={"kappa": 1.0}, total_budget=1e5, resale_adv_frac=0.02, wind_up_day=2.0)
    states = [run_small(arm, [FLAT] * n) for n in (1, 2, 3)]
    stock = [value(s.pool.inventory * s.prices.price) for s in states]
    assert stock[0] - stock[1] == pytest.approx(20e3, rel=1e-2)
    assert value(states[1].prices.close) < value(states[0].prices.close)


def test_a_share_of_the_gain_goes_to_those_who_sold():
    arm = from_funds(n_funds=2, investors={"base_rate": [[0.1], [0.3]]}, prices={"adv": 1e9}, daily_budget=100e3,
                     total_budget=100e3, resale_adv_frac=1.0, wind_up_day=4.0, gain_share_frac=0.6,
                     funds={"participation_frac": 1.0, "count": [1.0, 2.0]})
    state = run_small(arm, [FLAT, FLAT, FLAT, [np.log(1.5)]], is_closed=True)
    bought = np.asarray(state.purchases.bought)[:, 0]
    np.testing.assert_allclose(bought, [100e3 / 7, 300e3 / 7], atol=1)
    assert value(state.path_tally.resale_gain) == pytest.approx(50e3, abs=2)
    given = np.asarray(state.fund_tally.gain_returned)[:, 0]
    np.testing.assert_allclose(given, 0.3 * bought, atol=2)
    assert value(state.path_tally.gain_returned) == given @ [1.0, 2.0]
    assert value(state.pool.surplus) == value(state.path_tally.resale_gain) - value(state.path_tally.gain_returned)
    assert value(state.path_tally.money_created) == 0.0


def test_a_purchase_in_the_market_takes_the_price_up_and_pays_the_price_after_it():
    state = run_small(in_market(prices={"kappa": 1.0}), [FLAT])
    # a tenth of ADV times a volatility of 0.01
    assert np.log(value(state.prices.close)) == pytest.approx(0.001, rel=1e-9)
    assert value(state.pool.inventory) == pytest.approx(1e5 / np.exp(0.001), rel=1e-12)
    assert value(state.pool.inventory_cost) == 1e5
    assert value(state.pool.cash) == 1e9 - 1e5


def test_it_pays_the_ask():
    state = run_small(in_market(prices={"half_spread": 0.01}), [FLAT])
    assert value(state.pool.inventory) == pytest.approx(1e5 / np.exp(0.01), rel=1e-12)


def test_a_budget_is_spread_over_assets_by_weight_and_nothing_is_bought_at_limit_up():
    arm = in_market(n_assets=3, prices={"log_limit_up": np.log(1.1)}, weight=[[0.5, 0.3, 0.2]])
    state = run_small(arm, [[[0.0], [0.2], [0.0]]])
    np.testing.assert_array_equal(np.asarray(state.pool.inventory_cost)[:, 0], [50e3, 0.0, 20e3])


def test_what_the_pool_lacks_for_an_order_is_an_unmet_claim_that_counts_once():
    state = run_small(in_market(layers=(130e3,)), [FLAT] * 3)
    assert value(state.path_tally.purchased) == 130e3
    assert value(state.path_tally.unmet_claims) == 100e3
    assert value(state.path_tally.first_dry_day) == 2.0
    assert value(state.path_tally.pool_peak_use) == 130e3


def test_purchases_meet_the_sales_of_funds_before_they_move_a_price():
    request = {"base_rate": 0.05}
    arm = in_market(prices={"kappa": 1.0}, daily_budget=50e3)
    both = run_small(arm._replace(investors=small_arm(investors=request).investors), [FLAT, FLAT])
    alone = run_small(small_arm(prices={"kappa": 1.0, "adv": 1e6}, investors=request), [FLAT, FLAT])
    assert np.log(value(alone.prices.close)) == pytest.approx(-5e-4, rel=1e-3)
    # the day before has left half of its volume; today's cancel out
    assert np.log(value(both.prices.close)) == pytest.approx(2.5e-4, rel=1e-2)


LAWS = {"linear": {"impact_law": ImpactLaw.LINEAR}, "power": {"impact_law": ImpactLaw.POWER, "exponent": 0.5}}


@pytest.mark.parametrize(("law", "pace", "decay", "permanent"),
                         list(itertools.product(LAWS, (0.05, 0.5), (1.0, 0.8), (0.0, 0.3))))
def test_no_round_trip_of_a_facility_earns_anything_from_impact(law, pace, decay, permanent):
    rules = {"kappa": 3.0, "decay": decay, "permanent_frac": permanent} | LAWS[law]
    for n_days in (1, 6):
        arm = in_market(prices=rules, daily_budget=2e5, total_budget=n_days * 2e5, resale_adv_frac=pace,
                        wind_up_day=float(n_days + 1))
        state = run_small(arm, [FLAT] * 60, volatility=0.02)
        assert value(state.pool.inventory) == 0.0
        assert value(state.pool.realised) < 0.0


def test_with_its_key_off_nothing_happens():
    for arm in (from_funds(triggers={"system_entry": NEVER}), in_market(triggers={"system_entry": NEVER})):
        state = run_small(arm, [HALVES, FLAT, FLAT])
        assert value(state.path_tally.purchased) == value(state.path_tally.pool_peak_use) == 0.0
