"""Amounts in different units: said where funds are too small for the market, or the pool too large for the funds."""

import pytest

from ashare import config_with
from backstop.config.funds.scale import scale_findings

NAMES = ("insurers", "pensions", "technology-funds", "active-equity")
NAVS = (10e9, 10e9, 5e9, 5e9)


def in_units_of(factor):
    return [f"funds.{name}.nav={nav / factor!r}" for name, nav in zip(NAMES, NAVS, strict=True)]


def test_the_example_is_in_one_unit():
    assert scale_findings(config_with()) == ()


def test_nav_in_ten_thousands_is_told_by_volume_and_pool():
    thin, vast = scale_findings(config_with(*in_units_of(1e4)))
    assert "of a day's volume (adv) of" in thin
    assert "the pool of 1.5e+11 is" in vast
    assert all("万元" in line for line in (thin, vast))


@pytest.mark.parametrize("factor", [1e4, 1e5])
def test_all_but_volume_in_another_unit_is_told_by_volume(factor):
    pool = f"pool.layers=[{{ name = 'a', size = {150e9 / factor!r} }}]"
    (thin,) = scale_findings(config_with(*in_units_of(factor), pool))
    assert "sales move no price" in thin
