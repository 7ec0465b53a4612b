import numpy as np

from backstop.config.channels import CHANNELS, Channels, switched
from backstop.runs.request import terms_hash
from toy_run import toy_arm


def test_a_channel_that_is_off_changes_its_own_terms_alone():
    arm = toy_arm(1)
    arm = arm._replace(facilities=arm.facilities._replace(announcement_cut=np.array([0.5])))
    off = {name: switched(arm, Channels(**{name: False})) for name in CHANNELS}
    assert not np.any(off["redemption"].investors.n_classes)
    assert not np.any(off["evaluation"].evaluation.is_on)
    assert not np.any(off["leverage"].leverage.cap)
    assert not np.any(off["leverage"].leverage.has_margin)
    assert not np.any(off["impact"].prices.kappa)
    assert not np.any(off["announcement"].facilities.announcement_cut)
    parts = {"redemption": "investors", "surrender": "investors", "solvency": "solvency",
             "evaluation": "evaluation", "leverage": "leverage", "impact": "prices",
             "announcement": "facilities"}
    for name, part in parts.items():
        same = [field for field in arm._fields if field != part]
        assert [terms_hash(getattr(off[name], f)) for f in same] == [terms_hash(getattr(arm, f)) for f in same]


def test_all_channels_are_on_unless_told():
    arm = toy_arm(1)
    assert terms_hash(switched(arm, Channels())) == terms_hash(arm)


def test_policyholders_and_other_investors_are_stilled_apart():
    arm = toy_arm(1)
    is_policyholder = np.zeros_like(arm.investors.is_policyholder)
    is_policyholder[1, 0] = 1
    arm = arm._replace(investors=arm.investors._replace(is_policyholder=is_policyholder))
    redeeming = switched(arm, Channels(surrender=False)).investors
    surrendering = switched(arm, Channels(redemption=False)).investors
    assert np.all((redeeming.base_rate > 0.0) == ((arm.investors.base_rate > 0.0) & (is_policyholder == 0)))
    assert np.all((surrendering.base_rate > 0.0) == ((arm.investors.base_rate > 0.0) & (is_policyholder > 0)))
    nobody = switched(arm, Channels(surrender=False, redemption=False)).investors
    assert not np.any(nobody.base_rate)


def test_insurers_need_no_capital_without_the_channel():
    arm = toy_arm(1)
    arm = arm._replace(solvency=arm.solvency._replace(target=np.array([1.5, 0.0])))
    assert not np.any(switched(arm, Channels(solvency=False)).solvency.target)
