import json
from datetime import date

import numpy as np
import polars as pl
import pytest

from backstop.runs.trace import trace_path
from toy_run import ToyMarket, toy_terms

TERMS = toy_terms(40)


@pytest.fixture(scope="module")
def trace():
    return trace_path(TERMS, 9, 7, ToyMarket())


@pytest.fixture(scope="module")
def days(trace):
    return pl.from_arrow(trace.days)


def test_every_day_of_every_arm_is_there_once_for_each_variable_and_item(days):
    keys = days.group_by("arm", "day", "variable", "item").len()
    assert keys["len"].max() == 1
    per_day = days.filter(pl.col("arm").is_not_null()).group_by("arm", "day").len()
    assert per_day.filter(pl.col("arm") == "fund")["len"].unique().len() == 1
    assert set(days["day"]) == set(range(1, 41))


def test_days_have_their_dates_where_they_are_known(days):
    assert days["date"].is_null().all()
    dated = pl.from_arrow(trace_path(TERMS, 9, 7, ToyMarket(), ["2015-06-15", "2015-06-16"]).days)
    found = {day: set(rows["date"]) for (day,), rows in dated.group_by("day")}
    assert (found[1], found[2], found[3]) == ({date(2015, 6, 15)}, {date(2015, 6, 16)}, {None})


def test_prices_follow_the_market_less_the_dislocation(days):
    one = days.filter(pl.col("item") == "index")
    returns = one.filter(pl.col("variable") == "market.log_return").sort("day")["value"].to_numpy()
    arm = one.filter(pl.col("arm") == "fund").pivot("variable", index="day", values="value").sort("day")
    fundamental = arm["prices.log_fundamental"].to_numpy()
    np.testing.assert_allclose(fundamental, np.cumsum(returns), rtol=0, atol=1e-12)
    # price limits of ten per cent do not bind on this path
    expected = np.exp(fundamental - arm["prices.dislocation"].to_numpy())
    np.testing.assert_allclose(arm["prices.close"].to_numpy(), expected, rtol=1e-12)


def test_the_last_day_is_the_outcome(trace, days):
    last = days.filter(pl.col("day") == 40, pl.col("arm") == "fund", pl.col("variable") == "funds.nav")
    outcomes = pl.from_arrow(trace.outcomes.funds).filter(pl.col("arm") == "fund")
    # the trace is in quanta of 0.01
    assert last["item"].to_list() == outcomes["fund"].to_list()
    assert (last["value"] * 0.01).to_list() == outcomes["nav_end"].to_list()


def test_items_are_named_by_fund_asset_layer_and_signal(days):
    items = set(days["item"].drop_nulls())
    assert {"insurers/technology", "funds/class 2", "second", "market_drawdown(30)"} <= items


def test_items_of_facilities_bear_their_names(days):
    items = set(days.filter(pl.col("arm") == "fund")["item"].drop_nulls())
    assert {"backstop", "backstop/insurers", "slot 0/backstop/funds"} <= items
    assert not days["item"].str.contains("facility").any()


def test_unit_and_meaning_of_every_variable_go_with_the_trace(trace, days):
    said = json.loads(trace.days.schema.metadata[b"variables"])
    assert said.keys() == set(days["variable"])
    assert said["funds.cash"] == {"unit": "quanta", "meaning": "cash"}
    assert all(entry["unit"] and entry["meaning"] for entry in said.values())


def test_what_repeats_the_past_or_lives_within_a_stage_is_left_out(days):
    assert not {"funds.nav_history", "signals.closes", "service.budget", "foresight.ahead"} & set(days["variable"])
