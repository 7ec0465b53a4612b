"""What binds a borrower, against hand numbers."""

import numpy as np
import pytest

from backstop.terms import NO_GATE
from small_arm import NEVER, run_small, small_arm

ASKED = {"base_rate": 0.25}
"""250,000 shares fall due on day 2, 187,500 on day 3."""
PRESSED = {"is_on": 1, "threshold": 1.0, "floor": 0.0, "cut": 1.0, "speed": 0.1}
"""A flat fund is under full pressure: a tenth of its risky holdings a day."""


def run(days=3, **sections):
    return run_small(small_arm(n_facilities=1, **({"investors": ASKED} | sections)), [[0.0]] * days)


def test_a_borrower_sells_nothing_for_pressure_once_it_has_drawn():
    # one facility, cap of 1 % of NAV: 10,000 arrive on day 1, when 100,000 were to be sold
    arm = {"evaluation": PRESSED, "facilities": {"fund_cap_frac": 0.01}, "investors": {}}
    free, bound = run(days=2, **arm), run(days=2, covenants={"bars_derisking": 1.0}, **arm)
    assert float(free.fund_tally.sales_pressure[0, 0]) > 150_000.0
    assert float(bound.fund_tally.sales_pressure[0, 0]) == 0.0
    # and needs nothing for it any more
    assert float(bound.loans.drawn[0, 0]) == 10_000.0
    assert float(bound.loans.claim[0, 0]) == 0.0


def test_who_has_not_drawn_sells_as_before():
    arm = {"evaluation": PRESSED, "investors": {}, "triggers": {"fund_entry": NEVER}}
    state = run(days=1, covenants={"bars_derisking": 1.0}, **arm)
    assert float(state.fund_tally.sales_pressure[0, 0]) == 100_000.0


def test_payments_still_force_sales():
    state = run(days=3, covenants={"bars_derisking": 1.0}, facilities={"fund_cap_frac": 0.01})
    assert float(state.fund_tally.gross_sales[0, 0]) > 200_000.0


def test_payouts_are_gated_while_drawn_and_what_waits_is_no_arrears():
    arm = {"covenants": {"payout_frac": 0.01}, "funds": {"participation_frac": 0.0}}
    states = [run(days=days, **arm) for days in (2, 3)]
    # day 2: nothing drawn yet, all 250,000 are paid, by the loan; day 3: 1 % of a NAV of 750,000
    paid = [float(s.fund_tally.redemption_paid[0, 0]) for s in states]
    assert paid == [250_000.0, 257_500.0]
    assert float(states[1].fund_tally.days_gated[0, 0]) == 1.0
    assert float(states[1].funds.unpaid_days[0, 0]) == 0.0


def test_a_ban_pays_nothing():
    state = run(days=3, covenants={"payout_frac": 0.0})
    assert float(state.fund_tally.redemption_paid[0, 0]) == 250_000.0


def test_the_funds_own_gate_holds_too():
    state = run(days=3, covenants={"payout_frac": 0.01}, investors=ASKED | {"gate_frac": 0.004})
    # 4,000 on day 2, 0.4 % of 996,000 on day 3: the gate is the narrower
    assert float(state.fund_tally.redemption_paid[0, 0]) == 4_000.0 + np.floor(0.004 * 996_000)
    assert float(state.fund_tally.days_gated[0, 0]) == 2.0


def test_suspended_pay_presses_no_more():
    arm = {"evaluation": PRESSED, "facilities": {"fund_cap_frac": 0.01}, "investors": {}}
    pressure = [float(run(days=days, covenants={"bonus_frac": 0.4}, **arm).evaluation.pressure[0, 0])
                for days in (1, 2)]
    assert pressure == pytest.approx([1.0, 0.6])


def test_the_strictest_of_two_bonus_limits_counts():
    arm = small_arm(n_facilities=2, evaluation=PRESSED, covenants={"bonus_frac": [0.4, 0.7]},
                    facilities={"fund_cap_frac": 0.01})
    state = run_small(arm, [[0.0], [0.0]])
    assert float(state.evaluation.pressure[0, 0]) == pytest.approx(0.3)
    assert float(state.fund_tally.days_under_pressure[0, 0]) == pytest.approx(1.3)


def test_no_covenant_has_no_rows():
    state = run(days=1, covenants={"payout_frac": NO_GATE})
    assert len(state.evaluation.unpressed) == len(state.funds.ripe) == 0
