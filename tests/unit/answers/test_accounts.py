"""Who gains of investors, and what is derived of accounts, by hand."""

import pytest

from backstop.answers.accounts import SUMS_OF_FUNDS, metrics_of

SUMS = {total.name: total.of_fund for total in SUMS_OF_FUNDS}
WITHOUT = {"shares_end": 60.0, "nav_per_share_end": 0.90, "redemption_paid": 28.0, "subscribed": 0.0}
"""Of 100 shares 40 leave for 28."""
WITH = {"shares_end": 70.0, "nav_per_share_end": 0.95, "redemption_paid": 24.0, "subscribed": 0.0}
"""30 leave for 24."""


def test_stayers_and_leavers_gain_what_all_investors_gain():
    stayers, leavers = SUMS["stayers_gain"](WITH, WITHOUT), SUMS["leavers_gain"](WITH, WITHOUT)
    assert (stayers, leavers) == (pytest.approx(3.0), pytest.approx(5.5))
    gains = [one["shares_end"] * one["nav_per_share_end"] + one["redemption_paid"] for one in (WITH, WITHOUT)]
    assert stayers + leavers == pytest.approx(gains[0] - gains[1]) == pytest.approx(8.5)


def test_an_arm_that_changes_nothing_gives_nobody_anything():
    assert SUMS["stayers_gain"](WITH, WITH) == SUMS["leavers_gain"](WITH, WITH) == 0.0


def test_each_layer_has_its_cost_a_year():
    metric = next(m for m in metrics_of(("first", "last")) if m.name == "cost_a_year_last")
    columns = {"funding_cost_last": 6.0, "gain_pool_last": -4.0, "years": 2.0}
    assert metric.value(columns, columns) == 5.0
