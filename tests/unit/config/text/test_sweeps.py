import pytest

from backstop.config.text.load import load_config
from backstop.config.text.sweeps import design_of, parse_sweep, swept_arms, with_arms
from backstop.errors import ConfigError
from commands import SMALL

KEY = "facilities.backstop.system_key.entry.at_least"


def test_a_grid_has_both_ends_and_numbers_as_people_write_them():
    assert parse_sweep(f"{KEY}=0.1:0.4:4") == (KEY, (0.1, 0.2, 0.3, 0.4))
    days = parse_sweep("facilities.backstop.system_key.persistence_days=1:9:3").values
    assert days == (1, 5, 9)
    assert all(isinstance(n, int) for n in days)


@pytest.mark.parametrize("text", [KEY, f"{KEY}=0.1", f"{KEY}=0.1:0.4", f"{KEY}=0.1:0.4:1",
                                  f"{KEY}=a:b:3", f"{KEY}=0:1:256", "no key=0:1:3",
                                  f"{KEY}=0:inf:3", f"{KEY}=0:1:2.5"])
def test_what_is_no_grid_is_refused(text):
    with pytest.raises(ConfigError, match=r"write KEY=LOW:HIGH:N"):
        parse_sweep(text)


def test_steps_are_the_design_with_one_value_each_beside_its_own_overrides():
    own = 'arms=[{name="fund", facilities=["backstop"], overrides={"pool.layers.first.size"=2e8}}]'
    config = load_config(SMALL, [own])
    arms = swept_arms(design_of(config, None), [parse_sweep(f"{KEY}=0.1:0.3:3")])
    assert [arm.overrides for arm in arms] == [{"pool.layers.first.size": 2e8, KEY: v} for v in (0.1, 0.2, 0.3)]
    steps = with_arms(config, arms)
    assert [steps.for_arm(arm).facilities[0].system_key.entry.at_least for arm in steps.arms] == [0.1, 0.2, 0.3]


def test_keys_that_move_together_need_equal_lengths():
    config = load_config(SMALL)
    with pytest.raises(ConfigError, match="move together"):
        swept_arms(config.arms[0], [parse_sweep(f"{KEY}=0.1:0.3:3"), parse_sweep("pool.layers.first.size=1e8:2e8:2")])


def test_a_step_that_the_design_does_not_allow_is_named():
    config = load_config(SMALL)
    with pytest.raises(ConfigError, match="lies beyond entry"):
        with_arms(config, swept_arms(config.arms[0], [parse_sweep(f"{KEY}=0.01:0.3:3")]))


def test_an_arm_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="the config has fund"):
        design_of(load_config(SMALL), "other")
