"""What counts as stress, from [judging] and prices to terms."""

import numpy as np
import pytest

from ashare import resolved
from backstop.config.judging import Judging
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.resolve_judging import _breach_age
from backstop.config.text.load import parse_config
from backstop.terms import NEVER
from commands import SMALL


def small(arms):
    return resolve(parse_config(SMALL.read_text().split("[[arms]]")[0] + arms, "c.toml"), MarketInputs())


class Market:
    """All that a window reads of a market."""

    index = "index"


def age(closes, **given):
    rules = Judging(window_high_days=3, window_days=5, **given)
    return _breach_age(rules, Market(), MarketInputs(history={"index": np.array(closes) / closes[-1]}))


def test_days_since_the_last_breach_are_counted_back_from_day_0():
    assert age([1.0, 1.0, 0.8, 0.9, 1.0]) == 2.0
    assert age([1.0, 1.0, 1.0, 1.0, 0.8]) == 0.0


def test_a_high_out_of_sight_and_a_breach_too_old_do_not_matter():
    # the high of 1 is three closes back at most; there are five days to look at, beside day 0
    assert age([1.0, 0.85, 0.85, 0.85, 0.8]) == NEVER
    assert age([1.0, 0.8, *[0.8] * 9]) == NEVER


@pytest.mark.parametrize("fall", [0.3, 0.1])
def test_the_fall_is_that_of_the_config(fall):
    assert age([1.0, 1.0, 1.0, 0.8], window_drawdown_frac=fall) == (NEVER if fall > 0.2 else 0.0)


def test_bottoms_are_looked_at_where_there_are_arms_to_compare_whatever_they_change():
    for text, expected in (("", 0.0), ('[[arms]]\nname = "reform"\nfacilities = []\n', 60.0)):
        assert {arm.judging.bottom_days for arm in small(text).arms} == {expected}


def test_funds_that_some_facility_admits_are_known_in_every_arm():
    for arm in resolved().arms:
        assert arm.judging.is_admissible.tolist() == [1.0, 1.0, 1.0, 0.0]
        assert len(arm.judging.index_history) == 250
