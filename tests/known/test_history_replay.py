"""Signals alone and a replay of all days are one thing where the replay contains what sales did to prices."""

from pathlib import Path

import numpy as np

from backstop.answers.history.signals import key_signals
from backstop.config.text.load import load_config
from backstop.market.data import load_prices
from backstop.runs.assemble import assemble
from backstop.runs.watched import watched_blocks
from backstop.terms import ACTIVE

ASHARE = Path(__file__).parents[2] / "configs" / "ashare.toml"
PRICES = load_prices("builtin:csi300")
DAYS = 1000
"""To February 2010: the key is turned on twice."""


class KeyDays:
    """Whether the key of each arm was on, day by day, on path 0."""

    def __init__(self):
        self.on = {}

    def see(self, arm, day, tile, state):
        if len(state.system_keys.phase):
            self.on.setdefault(arm, []).append(state.system_keys.phase[0, 0] == ACTIVE)


def days_on(contains_impact):
    first, last = PRICES.dates[1], PRICES.dates[DAYS]
    pin = f'{{ asset = "csi300", prices = "builtin:csi300", first = "{first}", last = "{last}" }}'
    scenario = f"scenario={{ pins = [{pin}], contains_impact = {contains_impact} }}"
    request = assemble(ASHARE, [scenario, f"run.days={DAYS}", "run.paths=1"]).request
    seen = KeyDays()
    list(watched_blocks(request, 1, seen))
    return np.array(seen.on[1])


def test_the_key_of_a_replay_is_on_when_signals_alone_say_so():
    alone = key_signals("fund", load_config(ASHARE, ()).facilities[0], PRICES).phase[1 : DAYS + 1] == ACTIVE
    assert alone.sum() > 300
    assert (days_on("true") == alone).all()


def test_a_replay_that_adds_the_sales_of_funds_once_more_turns_the_key_earlier():
    alone = key_signals("fund", load_config(ASHARE, ()).facilities[0], PRICES).phase[1 : DAYS + 1] == ACTIVE
    assert np.argmax(days_on("false")) < np.argmax(alone)
