"""Facilities of other instruments, from config text to terms."""

import re

import pytest

from ashare import EXPLICIT_TEXT
from backstop.config.describe import describe
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.errors import ConfigError
from backstop.terms import NEVER, NO_BUDGET, ArmTerms, Instrument

BEFORE, _, REST = EXPLICIT_TEXT.partition("[[facilities]]")
CONTRACT, _, AFTER = REST.partition("[facilities.advance]")
AFTER = AFTER[AFTER.index("[pool]"):]

FROM_FUNDS = """
[facilities.purchase]
buys_from = "funds"
discount_frac = { technology = 0.05 }
need_frac = 0.8
daily_budget = 2e9
adv_frac = 0.2
resale_adv_frac = 0.1
resale_lag_days = 20
margin_frac = 0.0
gain_share_frac = 0.5
"""
IN_MARKET = """
[facilities.purchase]
buys_from = "market"
parts = { csi300 = 3, technology = 1 }
daily_budget = 5e9
total_budget = 5e10
adv_frac = 0.1
resale_adv_frac = 0.02
resale_lag_days = 60
hold_days = 120
wind_up_day = 400
"""


COMPENSATION_TABLE = """
[facilities.compensation]
reference = "peak"
attach_frac = 0.1
exhaust_frac = 0.3
share_frac = 0.6
fund_cap_frac = 0.05
period_limit = 1e10
period_days = 63
clawback_days = 20
"""
GUARANTEE_TABLE = """
[facilities.guarantee]
coverage_frac = 0.5
deductible_frac = 0.1
fund_cap_frac = 0.05
haircut_frac = { csi300 = 0.3, bond = 0.1 }
rate_ann_frac = 0.0252
tenor_days = 250
n_rollovers = 0
sweep_frac = 0.5
guaranteed_frac = 0.8
upfront_bps = 20.0
premium_ann_frac = 0.0126
"""


def text_with(instrument: str, table: str, contract: str = CONTRACT) -> str:
    named = contract.replace('instrument = "advance"', f'instrument = "{instrument}"')
    return f"{BEFORE}[[facilities]]{named}{table}\n{AFTER}"


def without_funds(contract: str = CONTRACT) -> str:
    """The contract of a facility that deals with no fund."""
    contract = re.sub(r"^eligible = .*$", "", contract, flags=re.M)
    return contract[: contract.index("[facilities.fund_key]")]


def arm_of(text: str) -> ArmTerms:
    return resolve(parse_config(text, "c.toml"), MarketInputs()).arms[1]


def message_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "c.toml")
    return str(caught.value)


def test_a_purchase_from_funds():
    arm = arm_of(text_with("purchase", FROM_FUNDS))
    assert arm.facilities.instrument.tolist() == [Instrument.PURCHASE]
    assert arm.facilities.is_eligible.tolist() == [[1, 1, 1, 0]]
    assert not arm.facilities.coverage_frac.any()
    assert not arm.facilities.advance_rate.any()
    assert arm.purchase.weight.tolist() == [[0, 0.95, 0]]
    assert (arm.purchase.daily_budget[0], arm.purchase.total_budget[0]) == (2e9, NO_BUDGET)
    assert (arm.purchase.margin_frac[0], arm.purchase.wind_up_day[0]) == (0, NEVER)
    assert arm.purchase.gain_share_frac[0] == 0.5


def test_a_purchase_in_the_market_has_no_funds_and_no_fund_key():
    arm = arm_of(text_with("purchase", IN_MARKET, without_funds()))
    assert arm.facilities.instrument.tolist() == [Instrument.MARKET_PURCHASE]
    assert not arm.facilities.is_eligible.any()
    assert arm.purchase.weight.tolist() == [[0.75, 0.25, 0]]
    assert (arm.purchase.total_budget[0], arm.purchase.wind_up_day[0], arm.purchase.need_frac[0]) == (5e10, 400, 0)


def test_a_compensation():
    arm = arm_of(text_with("compensation", COMPENSATION_TABLE))
    rules = arm.compensation
    assert arm.facilities.instrument.tolist() == [Instrument.COMPENSATION]
    assert (rules.attach[0], rules.exhaust[0], rules.share_frac[0], rules.is_from_peak[0]) == (0.1, 0.3, 0.6, 1)
    assert rules.most_per_fund.tolist() == [[5e8, 5e8, 2.5e8, 2.5e8]]
    assert (rules.most_per_period[0], rules.most_per_sponsor[0]) == (1e10, NO_BUDGET)
    assert (rules.period_days[0], rules.clawback_days[0]) == (63, 20)


def test_a_compensation_without_a_period_is_paid_at_the_horizon():
    table = COMPENSATION_TABLE.replace("period_days = 63\nclawback_days = 20\n", "")
    assert arm_of(text_with("compensation", table)).compensation.period_days[0] == 504


def test_a_guarantee_has_the_terms_of_the_banks_loan():
    arm = arm_of(text_with("guarantee", GUARANTEE_TABLE))
    assert arm.facilities.instrument.tolist() == [Instrument.GUARANTEE]
    assert arm.facilities.rate_per_day[0] == pytest.approx(1e-4)
    assert arm.facilities.advance_rate.tolist() == [[0.7, 0.0, 0.9]]
    assert (arm.facilities.cash_lag_days[0], arm.facilities.inventory_participation_frac[0]) == (0, 0)
    terms = arm.guarantee
    assert (terms.guaranteed_frac[0], terms.upfront_frac[0]) == (0.8, 0.002)
    assert terms.premium_per_day[0] == pytest.approx(5e-5)


def test_facilities_of_different_instruments_stand_side_by_side():
    second = without_funds().replace('"compensation-fund"', '"buyer"').replace('"advance"', '"purchase"')
    text = EXPLICIT_TEXT.replace("[pool] ", f"[[facilities]]{second}{IN_MARKET}\n[pool] ", 1)
    arm = arm_of(text.replace('facilities = ["compensation-fund"]', 'facilities = ["buyer", "compensation-fund"]'))
    assert arm.facilities.instrument.tolist() == [Instrument.MARKET_PURCHASE, Instrument.ADVANCE]
    assert arm.facilities.tenor_days.tolist() == [0, 250]
    assert arm.purchase.daily_budget.tolist() == [5e9, 0]


def test_terms_of_an_instrument_are_shown_where_a_facility_has_it():
    for text, is_shown in ((text_with("purchase", FROM_FUNDS), True), (EXPLICIT_TEXT, False)):
        config = parse_config(text, "c.toml")
        rows = describe(config, resolve(config, MarketInputs()))
        assert any(row.part == "purchase" for row in rows) == is_shown
        assert any(row.value in ("purchase from funds", "advance") for row in rows)


def test_the_table_is_that_of_the_instrument():
    assert "advance: is missing; write [facilities.advance]" in message_of(text_with("advance", FROM_FUNDS))
    advance = "[facilities.advance]" + REST.partition("[facilities.advance]")[2].partition("[pool]")[0]
    said = message_of(text_with("purchase", FROM_FUNDS + advance))
    assert "advance: is no table of instrument 'purchase'; leave it out" in said


@pytest.mark.parametrize(("text", "said"), [
    (text_with("purchase", IN_MARKET), "eligible: no fund claims on a purchase in the market; leave it out"),
    (text_with("purchase", FROM_FUNDS, without_funds()), "fund_key: is missing"),
    (text_with("purchase", FROM_FUNDS.replace("technology", "tech")), "discount_frac.tech: there is no asset 'tech'"),
    (text_with("purchase", FROM_FUNDS.replace("0.05", "5.0")), "discount_frac.technology: 5 is "),
    (text_with("purchase", IN_MARKET + "gain_share_frac = 0.1", without_funds()), "gain_share_frac: nobody sold"),
    (text_with("compensation", COMPENSATION_TABLE.replace("0.3", "0.1")), "exhaust_frac: 0.1 leaves no layer"),
    (text_with("compensation", COMPENSATION_TABLE.replace("period_days = 63", "")), "clawback_days: nothing is left"),
    (text_with("compensation", COMPENSATION_TABLE.replace("= 20", "= 64")), "clawback_days: reaches into the period"),
    (text_with("compensation", COMPENSATION_TABLE + "sponsor_limit = 1e9"), "'insurers' has no sponsor"),
    (text_with("guarantee", GUARANTEE_TABLE.replace("csi300 = 0.3, bond = 0.1", "bond = 1.0")), "nothing is lent"),
])
def test_a_wrong_facility_is_refused(text, said):
    assert said in message_of(text)
