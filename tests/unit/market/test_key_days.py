"""Days on which a key may open, read from returns: the shipped key on the CSI 300, and signals by plain loops."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from backstop.config.choices import OfMarket
from backstop.config.facility.expressions import Expression
from backstop.config.text.load import load_config
from backstop.errors import ConfigError
from backstop.market.data import load_prices, log_returns
from backstop.market.key_days import holds

ASHARE = Path(__file__).parents[3] / "configs" / "ashare.toml"
X = 0.02 * np.random.default_rng(1).standard_t(4, (300, 2))
PRICE = np.exp(np.concatenate([np.zeros((1, 2)), np.cumsum(X, axis=0)]))


def entry(**table):
    return TypeAdapter(Expression[OfMarket]).validate_python(table)


def test_the_shipped_key_may_open_on_164_days_of_the_csi_300_and_three_in_a_row_on_129():
    key = load_config(ASHARE, ()).facilities[0].system_key.entry
    days = holds(key, log_returns(load_prices("builtin:csi300")).values[:, None])[:, 0]
    assert days.sum() == 164
    assert (days[2:] & days[1:-1] & days[:-2]).sum() == 129
    assert round(days.mean(), 4) == 0.0338


@pytest.mark.parametrize("window", [1, 2, 20, 250, 400])
def test_signals_are_those_of_a_plain_loop(window):
    for t in (0, 1, 7, 150, 299):
        for h in (0, 1):
            past = PRICE[max(0, t + 1 - window) : t + 2, h]
            fall = 1 - past[-1] / past.max()
            move = past[-1] / past[0] - 1
            storm = np.sqrt(252 / window * (X[max(0, t + 1 - window) : t + 1, h] ** 2).sum())
            for signal, value in (("market_drawdown", fall), ("market_return", move), ("realised_volatility", storm)):
                if value > 1e-9 or signal == "market_return":
                    assert holds(entry(signal=signal, window_days=window, at_least=float(value - 1e-9)), X)[t, h]
                    assert not holds(entry(signal=signal, window_days=window, at_most=float(value - 1e-9)), X)[t, h]
                assert holds(entry(signal=signal, window_days=window, at_most=float(value + 1e-9)), X)[t, h]
                assert not holds(entry(signal=signal, window_days=window, at_least=float(value + 1e-9)), X)[t, h]


def test_parts_are_joined_as_the_expression_says():
    falls = {"signal": "market_drawdown", "window_days": 50, "at_least": 0.1}
    storms = {"signal": "realised_volatility", "window_days": 20, "at_least": 0.4}
    up = {"signal": "market_return", "window_days": 20, "at_least": 0.0}
    one, two, three = (holds(entry(**part), X) for part in (falls, storms, up))
    assert (holds(entry(all=[falls, storms]), X) == (one & two)).all()
    assert (holds(entry(any=[falls, storms]), X) == (one | two)).all()
    assert (holds(entry(k_of_n=2, of=[falls, storms, up]), X) == (one.astype(int) + two + three >= 2)).all()


@pytest.mark.parametrize("part", [{"signal": "dislocation", "at_least": 0.1},
                                  {"signal": "conditional_volatility", "at_least": 0.3}])
def test_what_returns_do_not_tell_is_refused_by_name(part):
    with pytest.raises(ConfigError, match=rf"^{part['signal']}: a history of returns tells market_drawdown"):
        holds(entry(any=[part]), X)


def test_a_condition_with_a_past_of_its_own_turns_as_a_key_does():
    falls = np.log([0.79, 0.9, 1.05, 0.99, 1.0, 1.3])[:, None]
    part = entry(signal="market_drawdown", window_days=9, at_least=0.2, persistence_days=2, leave_at=0.1)
    # drawdowns .21, .289, .253, .261, .261, .039: met for two days on the second, left on the first day at .1 or less
    assert holds(part, falls)[:, 0].tolist() == [False, True, True, True, True, False]
