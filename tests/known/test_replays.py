"""In every shipped scenario with a real window, arm none has the observed closes, whatever its funds sell."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from ashare import config_with
from backstop.config.market.scenario import PRESETS_FOLDER, preset_names
from backstop.config.resolve import resolve
from backstop.kernels.state import open_arm
from backstop.kernels.step import run_arm
from backstop.market.data import load_prices
from backstop.market.prepare import prepare
from backstop.market.price_reader import PriceReader

CONFIGS = Path(__file__).parents[2] / "configs"
WINDOWS = {name: pins[0] for name in preset_names()
           if (pins := tomllib.loads((PRESETS_FOLDER / f"{name}.toml").read_text(encoding="utf-8")).get("pins"))}


def observed(pin):
    """Log closes of the window over the last close before it."""
    series = load_prices(pin["prices"], CONFIGS)
    first, last = (np.datetime64(pin[key]) for key in ("first", "last"))
    inside = np.flatnonzero((series.dates >= first) & (series.dates <= last))
    return np.log(series.prices[inside] / series.prices[inside[0] - 1])


def as_shipped(arm):
    return arm


def without_new_money(arm):
    """Funds sell for ordinary leavers too, in short windows as in long ones."""
    return arm._replace(investors=arm.investors._replace(base_inflow=np.zeros_like(arm.investors.base_inflow)))


@pytest.mark.parametrize("funds", [as_shipped, without_new_money])
@pytest.mark.parametrize("name", WINDOWS)
def test_arm_none_reproduces_history(name, funds):
    closes = observed(WINDOWS[name])
    prepared = prepare(config_with(f"scenario.preset={name}", f"run.days={len(closes)}"), PriceReader(CONFIGS))
    none = funds(resolve(prepared.config, prepared.inputs).arms[0])
    state, index, worst = open_arm(none, 1), none.prices.index, 0.0
    # the other assets stand still: only what funds sell of them differs
    seam = np.zeros((len(closes), len(none.prices.adv), 1))
    for day, close in enumerate(closes):
        run_arm(none, state, seam, seam + 0.03, day, day + 1, 1)
        assert float(state.prices.log_close[index, 0]) == pytest.approx(close, abs=1e-12)
        worst = max(worst, float(state.prices.dislocation[index, 0]))
    # as shipped, new money may pay all leavers of a short window
    assert worst > 1e-4 or funds is as_shipped
    assert float(state.path_tally.money_created[0, 0]) == 0.0
