"""Risky holdings times a multiplier, and what makes way, by hand."""

import numpy as np
import pytest

from backstop.config.funds.risk import at_risk
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import load_config
from backstop.errors import ConfigError
from commands import SMALL
from small_arm import small_arm

ARM = small_arm(n_assets=2, prices={"is_risky": [1, 0]}, funds={"units_open": [5e5, 3e5]})


@pytest.mark.parametrize(("m", "units", "cash", "debt"), [
    (1.0, [500_000, 300_000], 200_000, 0.0),
    (1.2, [600_000, 240_000], 160_000, 0.0),
    (0.5, [250_000, 450_000], 300_000, 0.0),
    (2.0, [1_000_000, 0], 0, 0.0),
    (2.5, [1_250_000, 0], 0, 250_000.0),
])
def test_safe_assets_and_cash_make_way_in_proportion_then_debt(m, units, cash, debt):
    arm = at_risk(ARM, [m])
    assert arm.funds.units_open.tolist() == [units]
    assert (arm.funds.cash_open.tolist(), arm.leverage.debt_open.tolist()) == ([cash], [debt])
    assert np.all(arm.funds.cash_open - arm.leverage.debt_open + arm.funds.units_open.sum(axis=1) == 1e6)


def test_an_override_changes_its_arm_and_the_counterfactual_of_it_alone():
    own = 'arms=[{name="fund", facilities=["backstop"], overrides={"funds.equity.risk_multiplier"=0.5}}]'
    none, without, fund = resolve(load_config(SMALL, [own]), MarketInputs()).arms
    assert none.funds.units_open[0, 0] == 0.95e9
    assert without.funds.units_open[0, 0] == fund.funds.units_open[0, 0] == 0.5 * 0.95e9


def test_more_risk_than_a_fund_without_lenders_can_pay_for_is_refused_with_the_most_it_can():
    with pytest.raises(ConfigError, match=r"takes risky holdings to 1.14 of NAV; write 1.052 or less"):
        load_config(SMALL, ["funds.equity.risk_multiplier=1.2"])
    debt = "funds.equity.leverage={debt_frac=0.2}"
    levered = resolve(load_config(SMALL, [debt, "funds.equity.risk_multiplier=1.5"]), MarketInputs()).arms[0]
    # 1.425 at risk, of which 1.2 is own and borrowed money already
    assert levered.leverage.debt_open.tolist() == [0.425e9]
    assert levered.funds.cash_open.tolist() == [0.0]
