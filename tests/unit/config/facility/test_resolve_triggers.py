"""Keys and their expressions, from a config to trees in postorder."""

from ashare import resolved
from backstop.terms import FundSignal, MarketSignal


def test_trees_stand_in_postorder_and_share_signals(fund_arm):
    triggers = fund_arm.triggers
    market = list(zip(triggers.market_kind.tolist(), triggers.market_window.tolist(), strict=True))
    assert market == [(MarketSignal.DRAWDOWN, 250), (MarketSignal.RETURN, 20), (MarketSignal.REALISED_VOLATILITY, 20)]
    fund = list(zip(triggers.fund_kind.tolist(), triggers.fund_window.tolist(), strict=True))
    assert fund == [(FundSignal.DRAWDOWN, 250), (FundSignal.REDEMPTION_COVERAGE, 0)]
    assert triggers.node_signal.tolist() == [0, 1, 2, -1, 0, 2, -1, 0, 1, -1, 0]
    assert triggers.node_sign.tolist() == [1, -1, 1, 0, -1, -1, 0, 1, -1, 0, -1]
    assert triggers.node_threshold.tolist() == [0.2, -0.1, 0.35, 0, 0.15, 0.25, 0, 0.1, 1, 0, 0.05]
    assert triggers.node_needed.tolist() == [0, 0, 0, 3, 0, 0, 1, 0, 0, 2, 0]
    assert triggers.children.tolist() == [0, 1, 2, 4, 5, 7, 8]
    assert (triggers.entry_first.tolist(), triggers.entry_root.tolist()) == ([0, 7], [3, 9])
    assert (triggers.exit_first.tolist(), triggers.exit_root.tolist()) == ([4, 10], [6, 10])
    assert triggers.entry_days.tolist() == [3, 1]
    assert triggers.exit_days.tolist() == [10, 10]
    assert triggers.decision_lag.tolist() == [2, 0]
    assert triggers.cooldown_days.tolist() == [20, 0]


def test_nested_expressions_keep_their_shape():
    nested = (
        "facilities.compensation-fund.system_key.entry={ k_of_n = 2, of = ["
        '{ signal = "conditional_volatility", at_least = 0.4 }, '
        '{ any = [{ signal = "market_return", window_days = 5, at_most = -0.05 }, '
        '{ signal = "market_drawdown", window_days = 250, at_least = 0.3 }] }, '
        '{ signal = "dislocation", at_least = 0.02 }] }'
    )
    triggers = resolved(nested).arms[1].triggers
    root = int(triggers.entry_root[0])
    assert root == 5
    assert triggers.node_signal.tolist()[:6] == [0, 1, 2, -1, 3, -1]
    assert triggers.node_needed.tolist()[:6] == [0, 0, 0, 1, 0, 2]
    first, n = int(triggers.node_first_child[root]), int(triggers.node_n_children[root])
    assert triggers.children[first : first + n].tolist() == [0, 3, 4]
    first, n = int(triggers.node_first_child[3]), int(triggers.node_n_children[3])
    assert triggers.children[first : first + n].tolist() == [1, 2]
    assert triggers.market_kind[0] == MarketSignal.CONDITIONAL_VOLATILITY
