"""Gaming cases by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from backstop.answers.gaming import (
    Assumptions,
    Bait,
    _dislocation,
    bait_of,
    gaming_cases,
    least_fall,
    look_back,
    push_of,
    related_party_loss,
)
from backstop.config.text.load import load_config
from backstop.terms import ImpactLaw
from commands import SMALL
from small_arm import prices, run_small, small_arm

ASHARE = Path(__file__).parents[3] / "configs" / "ashare.toml"
OURS = Assumptions()
SHANGHAI = Bait(coverage=0.6, deductible=0.0, most_frac=math.inf, worth=1.0, least_fall=0.0)
"""Angel compensation of 2016: 60 % of the loss on a seed project, in cash."""


def small(*overrides):
    config = load_config(SMALL, overrides)
    return config, config.facilities[0]


def test_the_recipe_of_2016_pays_55_of_100_faked():
    case = related_party_loss("angels", SHANGHAI, OURS)
    assert case.earns == pytest.approx(0.6 - 0.05)
    assert not case.passes


def test_a_deductible_alone_does_not_stop_it_but_cover_below_the_leak_does():
    # the most is faked: 0.6 (0.9 - 0.3) / 0.9
    assert related_party_loss("a", SHANGHAI._replace(deductible=0.3), OURS).earns == pytest.approx(0.4 - 0.05)
    assert related_party_loss("a", SHANGHAI._replace(coverage=0.04), OURS).passes
    assert related_party_loss("a", SHANGHAI._replace(worth=0.05), OURS).passes


def test_a_cap_makes_the_best_fake_smaller():
    # the cap binds beyond 0.6 x = 0.1 (1 - x), x = 1/7
    case = related_party_loss("a", SHANGHAI._replace(most_frac=0.1, least_fall=0.2), OURS)
    assert "faking 20%" in case.because
    assert case.earns == pytest.approx(0.1 * 0.8 / 0.2 - 0.05)


def test_a_fund_key_that_turns_late_leaves_little_to_claim():
    late = SHANGHAI._replace(least_fall=0.5, most_frac=0.05)
    # at a fall of 50 %: 2.5 % of NAV then, against a leak of 2.5 %
    assert related_party_loss("a", late, OURS).earns == pytest.approx(0.05 * 0.5 / 0.5 - 0.05)


def test_buying_after_the_fall_earns_the_cover_of_those_who_bore_it():
    bait = Bait(coverage=0.5, deductible=0.1, most_frac=0.2, worth=0.1, least_fall=0.15)
    # cover a unit is 0.5 (x - 0.1) / (1 - x), capped at 0.2, reached at x = 0.36 (0.1286 / 0.64)
    assert look_back("a", bait, OURS).earns == pytest.approx(0.1 * 0.2 - 0.005)
    assert look_back("a", bait._replace(worth=0.02), OURS).passes


def test_a_loan_is_worth_the_interest_that_it_saves():
    config, facility = small("facilities.backstop.advance.rate_ann_frac=0.01",
                             "facilities.backstop.advance.tenor_days=126")
    bait = bait_of(facility, config.cohorts, 0.02, OURS)
    assert bait.worth == pytest.approx((0.02 + 0.04 - 0.01) * 0.5)
    # the cap, which is less than 70 % of 95 %
    assert (bait.coverage, bait.deductible, bait.most_frac) == (0.8, 0.05, 0.3)


@pytest.mark.parametrize(("entry", "fall"), [
    ('{signal="fund_drawdown", at_least=0.2}', 0.2),
    ('{signal="redemption_coverage", at_most=1.0}', 0.0),
    ('{all=[{signal="fund_drawdown", at_least=0.2}, {signal="fund_return", window_days=60, at_most=-0.3}]}', 0.3),
    ('{any=[{signal="fund_drawdown", at_least=0.2}, {signal="fund_return", window_days=60, at_most=-0.3}]}', 0.2),
    ('{k_of_n=2, of=[{signal="fund_drawdown", at_least=0.2}, {signal="fund_drawdown", at_least=0.4}, '
     '{signal="fund_drawdown", at_least=0.3}]}', 0.3),
])
def test_the_least_fall_is_read_off_the_fund_key(entry, fall):
    _, facility = small(f"facilities.backstop.fund_key.entry={entry}", "facilities.backstop.fund_key.exit.at_most=0.01")
    assert least_fall(facility.fund_key.entry) == fall


def test_a_push_under_linear_impact_is_the_closed_form():
    market = prices(1, kappa=1.0, adv=1e9, decay=0.8)
    given = Assumptions(gap=0.02, volatility_ann=0.32)
    sigma, gap = 0.32 / math.sqrt(252.0), -math.log(0.98)
    volume = gap / sigma / 0.8
    one, three = push_of(market, given, 1), push_of(market, given, 3)
    assert one.sales == pytest.approx(1e9 * volume, rel=1e-3)
    # the mean of 1 - exp(-sigma e) over the trade
    assert one.cost == pytest.approx(1e9 * (volume - (1.0 - math.exp(-sigma * volume)) / sigma), rel=1e-3)
    assert three.sales == pytest.approx(1e9 * volume * (1.0 + 2 * 0.2), rel=1e-3)
    assert three.cost > one.cost


def test_nothing_moves_a_price_without_impact():
    assert push_of(prices(1), OURS, 1) is None


def test_the_magnet_needs_a_price_in_the_key_and_someone_able_to_push():
    def magnet(*overrides):
        config = load_config(SMALL, overrides)
        return gaming_cases(config, config.arms[0], OURS)[2]

    able = magnet("facilities.backstop.advance.rate_ann_frac=0.0")
    assert able.earns is not None
    # held for longer it costs more, each unit sold
    assert magnet("facilities.backstop.advance.rate_ann_frac=0.0",
                  "facilities.backstop.system_key.persistence_days=5").earns < able.earns
    assert "more than any covered group holds" in magnet("funds.equity.count=1").because
    calm = [f'facilities.backstop.system_key.{key}={{signal="conditional_volatility", {bound}}}'
            for key, bound in (("entry", "at_least=0.5"), ("exit", "at_most=0.4"))]
    assert magnet(*calm).earns is None


def test_every_facility_of_an_arm_meets_every_case():
    config, _ = small()
    assert [case.name for case in gaming_cases(config, config.arms[0], OURS)] == [
        "related-party loss", "buying at the bottom of the look-back", "magnet near the threshold"]


def test_the_compensation_of_2016_fails_as_it_did():
    config = load_config(ASHARE, ["design=shanghai-angel-2016"])
    cases = {case.name: case for case in gaming_cases(config, config.arms[0], OURS)}
    # the cap of 1 % of NAV binds beyond a fake of 1.67 %: below it each unit faked earns all of 0.6 - 0.05
    assert cases["related-party loss"].earns == pytest.approx(0.6 - 0.05)
    assert not cases["related-party loss"].passes


@pytest.mark.parametrize("law", list(ImpactLaw), ids=lambda law: law.name)
def test_the_push_moves_prices_by_the_law_of_the_engine(law):
    given = {"impact_law": law, "adv": 1e6, "kappa": 0.5, "permanent_frac": 0.2,
             "exponent": 0.5 if law == ImpactLaw.SQUARE_ROOT else 0.7 if law == ImpactLaw.POWER else 1.0,
             "price_floor": 0.3 if law == ImpactLaw.CONT_SCHAANNING else 0.0}
    arm = small_arm(prices=given, funds={"units_open": [9e5], "buffer_frac": 0.5},
                    investors={"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.1})
    # a tenth of the shares is asked back on the first day, and the price is 1 again when the fund sells on the second
    state = run_small(arm, [[math.log(0.9)], [-math.log(0.9)]], 0.02)
    sold = float(state.fund_tally.gross_sales[0, 0]) / 1e6
    assert sold > 0.05
    moved = -math.log(float(state.prices.close[0, 0]))
    assert moved == pytest.approx(float(_dislocation(arm.prices, 0, 0.02, np.array([sold]))[0]), rel=1e-9)
