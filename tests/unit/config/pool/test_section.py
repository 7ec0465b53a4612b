"""The pool's rules and the limits of facilities: their terms with units, and what does not add up."""

import numpy as np
import pytest

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.errors import ConfigError
from backstop.terms import NO_CAP, ArmTerms, ProfitTo, ShareRule
from backstop.validation.pools import WORLD

TEXT = WORLD.read_text(encoding="utf-8").replace("quantum = 1.0", "quantum = 10.0")
LAYERS = 'layers = [{ name = "first", size = 0.0 }, { name = "last", size = 0.0 }]'
ARM = '\n[[arms]]\nname = "arm"\nfacilities = ["backstop"]\n'
LIMITS = "[facilities.limits]\n"


def arm_of(pool: str, layers: str = LAYERS, limits: str = "", funds: str = "") -> ArmTerms:
    """Terms of the one arm: `pool` after the layers, `limits` after the advance, `funds` in the first fund."""
    text = TEXT.replace(LAYERS, f"{layers}\n{pool}").replace("[pool]\n", f"{limits}\n[pool]\n")
    text = text.replace('name = "mixed"\n', f'name = "mixed"\n{funds}\n')
    return resolve(parse_config(text + ARM, "c.toml"), MarketInputs()).arms[1]


def refusal(*args: str, **more: str) -> str:
    with pytest.raises(ConfigError) as caught:
        arm_of(*args, **more)
    return str(caught.value)


def test_a_pool_of_layers_alone_has_no_other_rule():
    arm = arm_of("")
    pool, rationing = arm.pool, arm.rationing
    np.testing.assert_array_equal(pool.paid_in, pool.layer_size)
    assert not np.any(pool.refill_times)
    assert (pool.cash_floor, pool.borrow_multiple, pool.idle_rate_per_day) == (0.0, 0.0, 0.0)
    assert (pool.premium_days, pool.profit_frac) == (0, 0.0)
    assert not np.any(arm.members.premium_frac)
    assert rationing.pool_cap == NO_CAP
    assert [*rationing.facility_cap, *rationing.sponsor_cap] == [NO_CAP, NO_CAP]


def test_layers_are_paid_in_called_and_refilled_in_whole_quanta():
    layers = """layers = [
  { name = "first", size = 1000000005.0, paid_in_frac = 0.3, call_delay_days = 5 },
  { name = "last", size = 2e9, refill = { after_days = 20, times = 2, most = 999999999.0 } },
]"""
    pool = arm_of("cash_floor = 55.0", layers).pool
    assert pool.layer_size.tolist() == [1e8, 2e8]
    assert pool.paid_in.tolist() == [3e7, 2e8]
    assert pool.call_delay_days.tolist() == [5, 1]
    assert pool.refill_times.tolist() == [0.0, 2.0]
    assert (pool.refill_days[1], pool.refill_most[1], pool.cash_floor) == (20.0, 99_999_999.0, 5.0)


def test_rates_are_a_days_and_premiums_a_periods():
    rules = """idle_yield_ann_frac = 0.0252
borrowing = { multiple = 10.0, rate_ann_frac = 0.0504, guarantor = "taxpayer" }
premium = { rate_ann_frac = 0.004, every_days = 126 }
profit = { reserve = 1000.0, share_frac = 0.5, to = "funds" }"""
    arm = arm_of(rules, funds="risk_weight = 2.5")
    assert arm.pool.idle_rate_per_day == pytest.approx(1e-4)
    assert (arm.pool.borrow_multiple, arm.pool.borrow_rate_per_day) == (10.0, pytest.approx(2e-4))
    assert arm.pool.premium_days == 126
    np.testing.assert_allclose(arm.members.premium_frac, [0.005, 0.002])
    assert (arm.pool.profit_reserve, arm.pool.profit_frac, arm.pool.profit_to) == (100.0, 0.5, ProfitTo.FUNDS)


def test_arm_none_pays_no_premium():
    text = TEXT.replace(LAYERS, f"{LAYERS}\npremium = {{ rate_ann_frac = 0.004, every_days = 126 }}")
    none, _ = resolve(parse_config(text + ARM, "c.toml"), MarketInputs()).arms
    assert not np.any(none.members.premium_frac)


def test_limits_are_caps_in_quanta_and_a_rule():
    limits = LIMITS + 'total = 1e6\nsponsor = 5e5\ncapital_frac = 0.1\nrationing = "by-contribution"'
    arm = arm_of("cap = 2e6\npremium = { rate_ann_frac = 0.004, every_days = 126 }", limits=limits,
                 funds='sponsor = "state"')
    rationing = arm.rationing
    assert (rationing.facility_cap[0], rationing.sponsor_cap[0], rationing.pool_cap) == (1e5, 5e4, 2e5)
    assert (rationing.capital_frac[0], rationing.share_rule[0]) == (0.1, ShareRule.BY_CONTRIBUTION)
    assert arm.members.sponsor.tolist() == [0, -1]


REFUSED = [
    (("", 'layers = [{ name = "a", size = 1e9, paid_in_frac = 1.2, call_delay_days = 5 }]'),
     "pool.layers.a.paid_in_frac: 1.2 is no share of one"),
    (("", 'layers = [{ name = "a", size = 1e9, paid_in_frac = 0.2 }]'),
     "pool.layers.a.call_delay_days: something is left to call; write the days that a call takes"),
    (("", 'layers = [{ name = "a", size = 1e9, call_delay_days = 5 }]'),
     "pool.layers.a.call_delay_days: nothing is left to call; drop it"),
    (("borrowing = { multiple = 10.0, rate_ann_frac = 0.02 }",), "pool.borrowing.guarantor: is missing"),
    (('borrowing = { multiple = 10.0, rate_ann_frac = 2, guarantor = "taxpayer" }',),
     "pool.borrowing.rate_ann_frac: 2 is no share of one; write 0.02 for 2 %"),
    (('borrowing = { multiple = 10.0, rate_ann_frac = 0.02, guarantor = "taxpayer" }',
      'layers = [{ name = "a", size = 1e9, paid_in_frac = 0.0, call_delay_days = 5 }]'),
     "pool.borrowing.multiple: nothing is paid in to borrow against"),
    (("cash_floor = 1e6",), "pool.cash_floor: nothing is left to call"),
    (("cash_floor = 2e9", 'layers = [{ name = "a", size = 1e9, paid_in_frac = 0.5, call_delay_days = 5 }]'),
     "pool.cash_floor: is above what all layers hold, 1e+09"),
    (('profit = { reserve = 0.0, share_frac = 0.5, to = "funds" }',),
     "pool.profit.to: funds share in proportion to premiums, and none are paid"),
]


@pytest.mark.parametrize(("pool", "said"), REFUSED, ids=[said.split(";")[0] for _, said in REFUSED])
def test_a_stack_that_does_not_add_up_is_refused(pool, said):
    assert said in refusal(*pool)


@pytest.mark.parametrize(("limits", "pool", "said"), [
    ('rationing = "by-contribution"', "", "limits.rationing: nobody contributes; write pool.premium"),
    ("sponsor = 1e9", "", "limits.sponsor: no fund has a sponsor"),
    ("total = 2e9", "cap = 1e9", "limits.total: 2e+09 is above pool.cap 1e+09; write that or less"),
])
def test_a_limit_that_could_never_bind_is_refused(limits, pool, said):
    assert f"facilities.backstop.{said}" in refusal(pool, limits=LIMITS + limits)


def test_money_that_may_be_borrowed_must_be_countable_too():
    borrowing = 'borrowing = { multiple = 100.0, rate_ann_frac = 0.0, guarantor = "taxpayer" }'
    layers = 'layers = [{ name = "a", size = 1e13 }]'
    arm_of("", layers)
    assert "money.quantum" in refusal(borrowing, layers)
