"""Choices that a config spells out itself, section by section, are those of the tables of kinds."""

from typing import get_args

from backstop.config.funds.section import Liquidation
from backstop.config.prices.trading import Impact
from backstop.terms import ImpactLaw, LiquidationRule


def words_of(union, key):
    """What the sections of a union take for the key that tells them apart."""
    sections = get_args(get_args(union)[0])
    return {word for section in sections for word in get_args(section.model_fields[key].annotation)}


def test_every_rule_of_selling_can_be_written_and_no_other():
    assert words_of(Liquidation, "rule") == set(LiquidationRule.keys())


def test_every_law_of_impact_can_be_written_the_square_root_as_a_power():
    assert words_of(Impact, "law") == {law.rule.key for law in ImpactLaw} - {"square root"}
