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
    parts = {"redemption": "investors", "evaluation": "evaluation", "leverage": "leverage", "impact": "prices",
             "announcement": "facilities"}
    for name, part in parts.items():
        same = [field for field in arm._fields if field != part]
        assert [terms_hash(getattr(off[name], f)) for f in same] == [terms_hash(getattr(arm, f)) for f in same]


def test_all_channels_are_on_unless_told():
    arm = toy_arm(1)
    assert terms_hash(switched(arm, Channels())) == terms_hash(arm)
