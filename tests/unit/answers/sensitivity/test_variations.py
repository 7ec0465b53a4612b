"""What numbers are varied to."""

import tomllib

import pytest

from backstop.answers.sensitivity.variations import FACTORS, LeftOut, variations
from backstop.config.text.tags import tagged_numbers
from backstop.config.text.toml_files import read_config
from commands import SMALL


@pytest.fixture(scope="module")
def by_key():
    text = SMALL.read_text()
    found = variations(tomllib.loads(text), tagged_numbers(text), read_config(SMALL), [])
    return {(one.key, one.side): one for one in found}


def test_a_number_is_halved_and_doubled(by_key):
    key = "facilities.backstop.advance.haircut_frac.index"
    assert [by_key[key, side].value for side in ("low", "high")] == [0.15, 0.6]


def test_the_far_side_of_a_negative_number_is_the_lower_one(by_key):
    key = "scenario.drift_ann_frac.index"
    assert [by_key[key, side].value for side in ("low", "high")] == [-2.0, -0.5]


def test_what_the_config_refuses_is_drawn_nearer(by_key):
    # 0.95 of NAV and 0.02 in cash leave no room for more
    assert by_key["funds.equity.holdings.index", "low"].value == 0.475
    assert by_key["funds.equity.holdings.index", "high"].value == 0.969


def test_whole_numbers_stay_whole(by_key):
    assert by_key["funds.equity.failure.unpaid_days", "low"].value == 10
    assert isinstance(by_key["funds.equity.count", "high"].value, int)
    left = by_key["facilities.backstop.system_key.persistence_days", "low"]
    assert isinstance(left, LeftOut)
    assert "at least 1" in left.reason


def test_what_is_no_assumption_stays(by_key):
    assert not [key for key, _ in by_key if key in ("run.paths", "run.seed")]


def test_parts_of_a_whole_make_up_for_one_that_is_varied(tmp_path):
    text = SMALL.read_text().replace("share_frac = 1.0", "share_frac = 0.4") .replace(
        "[[facilities]]", '''[[funds.investors]]
name = "two"
share_frac = 0.45
notice_days = 1
base_per_day_frac = 0.0
horizon_days = 10
tolerance_frac = 0.02
bear_slope_per_day = 0.2
daily_cap_frac = 0.05
[[funds.investors]]
name = "three"
share_frac = 0.15
notice_days = 1
base_per_day_frac = 0.0
horizon_days = 10
tolerance_frac = 0.02
bear_slope_per_day = 0.2
daily_cap_frac = 0.05

[[facilities]]''', 1)
    config = tmp_path / "three.toml"
    config.write_text(text)
    numbers = [number for number in tagged_numbers(text) if number.place[-3:] == ("investors", 0, "share_frac")]
    low, high = variations(tomllib.loads(text), numbers, read_config(config), [])
    assert low.values == pytest.approx({f"funds.equity.investors.{name}.share_frac": share for name, share in
                                        (("all", 0.2), ("two", 0.6), ("three", 0.2))})
    assert sum(high.values.values()) == pytest.approx(1.0)
    assert high.value == 0.8


def test_each_factor_that_is_tried_is_nearer_to_one_than_the_last():
    assert list(FACTORS) == sorted(FACTORS, reverse=True)
    assert (FACTORS[0], FACTORS[-1]) == (2.0, 1.02)
