"""Which arms have a counterfactual of their own, and which share one."""

import numpy as np
import pytest

from ashare import config_with, resolved
from backstop.errors import ConfigError

FACILITY, LADDER = '["compensation-fund"]', '"funds.insurers.evaluation.threshold_ann_frac" = -0.05'
POOL = '"pool.layers.social.size" = 30e9'


def arm(name, facilities, overrides=""):
    return f'\n[[arms]]\nname = "{name}"\nfacilities = {facilities}\noverrides = {{ {overrides} }}\n'


def compared(*arms):
    """The counterfactual of each arm of the config, by name."""
    terms = resolved(arms="".join(arms))
    return terms.counterfactual_names()


def test_arms_that_change_facilities_or_pool_share_none():
    term = '"facilities.compensation-fund.advance.fund_cap_frac" = 0.1'
    found = compared(arm("cap", FACILITY, term), arm("pool", FACILITY, POOL))
    assert found == {"none": "none", "fund": "none", "cap": "none", "pool": "none"}


def test_each_set_of_fund_and_channel_terms_is_simulated_once_without_its_facilities():
    found = compared(arm("ladder", FACILITY, LADDER), arm("ladder-and-pool", FACILITY, f"{LADDER}, {POOL}"),
                     arm("calm", FACILITY, '"channels.impact" = false'))
    assert list(found) == ["none", "none_ladder", "none_calm", "fund", "ladder", "ladder-and-pool", "calm"]
    assert found["ladder"] == found["ladder-and-pool"] == "none_ladder"
    assert found["calm"] == "none_calm"


def test_an_arm_of_the_config_without_facilities_is_the_counterfactual_of_its_like():
    found = compared(arm("both", FACILITY, LADDER), arm("reform", "[]", LADDER))
    assert list(found) == ["none", "fund", "both", "reform"]
    assert (found["both"], found["reform"]) == ("reform", "reform")


def test_an_override_that_changes_nothing_shares_none():
    assert compared(arm("same", FACILITY, '"funds.insurers.count" = 60'))["same"] == "none"


def test_a_counterfactual_has_the_reform_and_the_pool_of_the_config():
    terms = resolved(arms=arm("ladder", FACILITY, f"{LADDER}, {POOL}"))
    without, ladder = (terms.arms[terms.names.arms.index(name)] for name in ("none_ladder", "ladder"))
    assert without.evaluation.threshold[0] == ladder.evaluation.threshold[0] == -0.05
    assert len(without.facilities.instrument) == 0
    assert np.array_equal(without.pool.layer_size, terms.arms[0].pool.layer_size)


@pytest.mark.parametrize("name", ["none_ladder", "NONE_x"])
def test_names_of_counterfactuals_are_kept(name):
    with pytest.raises(ConfigError) as refused:
        config_with(arms=arm(name, FACILITY))
    assert "begin with 'none_' are kept" in refused.value.lines[0]
    assert "write another name" in refused.value.lines[0]
