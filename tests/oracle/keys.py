"""Step 6 of docs/model.md: signals, expression trees, and the two keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backstop.terms import FundSignal, MarketSignal, TriggerTerms
from backstop.terms.declare import covers

if TYPE_CHECKING:
    from oracle.gauge import Gauge
    from oracle.state import Path
    from oracle.state_funds import Fund

Read = Callable[[int, int], float]
"""Value of the signal of a kind and a window."""


@dataclass
class Tree:
    """A leaf (a signal and a bound) or an inner node (children, and how many must hold)."""

    kind: int = 0
    window: int = 0
    is_at_least: bool = True
    threshold: float = 0.0
    needed: int = 0
    children: tuple[Tree, ...] = ()
    is_leaf: bool = False
    latch: Key | None = None
    """A condition with persistence, exit, lag and cooldown of its own."""

    def holds(self, read: Read, gauge: Gauge) -> bool:
        """Whether the expression is true today."""
        if self.latch is not None:
            return self.latch.is_active
        if not self.is_leaf:
            return sum(child.holds(read, gauge) for child in self.children) >= self.needed
        value = read(self.kind, self.window)
        if self.is_at_least:
            return gauge.at_least(value, self.threshold)
        return gauge.at_least(self.threshold, value)

    def advance(self, read: Read, gauge: Gauge) -> None:
        """A day of every latch, whether or not anybody asks for it today."""
        if self.latch is not None:
            self.latch.move(read, gauge)
            gauge.fire("latch on", self.latch.is_active)
        for child in self.children:
            child.advance(read, gauge)

    def release(self) -> None:
        """All latches back to idle."""
        if self.latch is not None:
            self.latch.release()
        for child in self.children:
            child.release()


def system_tree(triggers: TriggerTerms, root: int, is_market: bool) -> Tree:
    """The expression below node `root`; leaves read market signals or fund signals."""
    signal = int(triggers.node_signal[root])
    if signal >= 0:
        kinds, windows = ((triggers.market_kind, triggers.market_window) if is_market
                          else (triggers.fund_kind, triggers.fund_window))
        return Tree(int(kinds[signal]), int(windows[signal]), triggers.node_sign[root] > 0.0,
                    float(triggers.node_threshold[root]), is_leaf=True)
    first = int(triggers.node_first_child[root])
    nodes = triggers.children[first : first + int(triggers.node_n_children[root])]
    if signal < -1:
        entry, leave = (system_tree(triggers, int(node), is_market) for node in nodes)
        n = -2 - signal
        return Tree(latch=Key(entry, leave, int(triggers.latch_days[n]), 1, int(triggers.latch_cooldown[n]),
                              int(triggers.latch_lag[n])))
    return Tree(needed=int(triggers.node_needed[root]),
                children=tuple(system_tree(triggers, int(node), is_market) for node in nodes))


@dataclass
class Key:
    """A key: its rule and its phase (idle, pending, active)."""

    entry: Tree
    exit: Tree
    entry_days: int
    exit_days: int
    cooldown_days: int
    decision_lag: int
    by_hand: list[tuple[int, int, bool]] = field(default_factory=list)
    """First and last day on which it is active, or idle, by hand."""
    phase: str = "idle"
    breach_count: int = 0
    exit_count: int = 0
    wait: int = 0

    @property
    def is_active(self) -> bool:
        """Whether what it locks is open."""
        return self.phase == "active"

    def move(self, read: Read, gauge: Gauge) -> None:
        """One day."""
        for tree in (self.entry, self.exit):
            tree.advance(read, gauge)
        if self.phase == "idle":
            self._idle(read, gauge)
        elif self.phase == "pending":
            self.wait -= 1
            self.phase = "active" if self.wait == 0 else "pending"
        else:
            self._active(read, gauge)

    def _idle(self, read: Read, gauge: Gauge) -> None:
        if self.wait > 0:
            self.wait -= 1
            gauge.fire("cooldown")
            return
        self.breach_count = self.breach_count + 1 if self.entry.holds(read, gauge) else 0
        if self.breach_count >= self.entry_days:
            self.breach_count = 0
            self.wait = self.decision_lag
            self.phase = "pending" if self.decision_lag else "active"
            gauge.fire("decision lag", self.decision_lag > 0)

    def _active(self, read: Read, gauge: Gauge) -> None:
        self.exit_count = self.exit_count + 1 if self.exit.holds(read, gauge) else 0
        if self.exit_count >= self.exit_days:
            self.close(self.cooldown_days)

    def turn_by_hand(self, t: int, gauge: Gauge) -> None:
        """Whatever it was, it is what is said of day t."""
        for first, last, is_on in self.by_hand:
            if first <= t <= last:
                self.close()
                self.phase = "active" if is_on else "idle"
                gauge.fire("on by hand" if is_on else "off by hand")

    def release(self) -> None:
        """Idle, with all latches below it."""
        self.close()
        for tree in (self.entry, self.exit):
            tree.release()

    def close(self, wait: int = 0) -> None:
        """Idle, all counts 0."""
        self.phase, self.breach_count, self.exit_count, self.wait = "idle", 0, 0, wait


def market_signal(path: Path, kind: int, window: int) -> float:
    """A signal on the index asset before today's trade."""
    asset, closes = path.assets[path.index], path.index_closes
    if kind == MarketSignal.DRAWDOWN:
        return 1.0 - asset.price / max(asset.price, *closes[-window:])
    if kind == MarketSignal.RETURN:
        return asset.price / closes[-window] - 1.0
    if kind == MarketSignal.CONDITIONAL_VOLATILITY:
        return asset.sigma * math.sqrt(252)
    if kind == MarketSignal.REALISED_VOLATILITY:
        returns = [*path.index_returns[len(path.index_returns) - (window - 1) :], asset.log_pre - asset.log_close]
        return math.sqrt(252 / window * math.fsum(r * r for r in returns))
    assert kind == MarketSignal.DISLOCATION
    return asset.dislocation


covers(MarketSignal, market_signal)


def fund_signal(fund: Fund, kind: int, window: int) -> float:
    """A signal of one fund before today's trade."""
    if kind == FundSignal.DRAWDOWN and window:
        return 1.0 - fund.navps / max(fund.navps, *fund.closes[-window:])
    if kind == FundSignal.DRAWDOWN:
        return fund.drawdown
    if kind == FundSignal.RETURN:
        return fund.navps / fund.closes[-window] - 1.0
    if kind == FundSignal.REDEMPTION_RATE:
        return fund.redemption_rate
    if kind == FundSignal.REDEMPTION_COVERAGE:
        return max(fund.cash - fund.buffer, 0.0) / max(fund.due + fund.intended, 1.0)
    assert kind == FundSignal.EVALUATION_SCORE
    return 0.0 if fund.score is None else fund.score


covers(FundSignal, fund_signal)


def turn_keys(path: Path, t: int) -> None:
    """Move the keys of every facility by a day."""
    for facility in path.facilities:
        _turn_system_key(path, facility.system_key, t)
        for fund, loan in zip(path.funds, facility.loans, strict=True):
            key, was_active = loan.fund_key, loan.fund_key.is_active
            if facility.system_key.is_active:
                key.move(lambda kind, window, fund=fund: fund_signal(fund, kind, window), path.gauge)
                key.turn_by_hand(t, path.gauge)
                path.gauge.fire("fund key off", was_active and not key.is_active)
            else:
                path.gauge.fire("fund key closed by system", was_active)
                key.release()
            if key.is_active and not was_active:
                loan.shadow_peak = fund.peak
                path.gauge.fire("fund key on")
    if any(facility.system_key.is_active for facility in path.facilities):
        path.pool.days_active += 1
        path.pool.first_active_day = path.pool.first_active_day or t


def _turn_system_key(path: Path, key: Key, t: int) -> None:
    was_active = key.is_active
    key.move(lambda kind, window: market_signal(path, kind, window), path.gauge)
    key.turn_by_hand(t, path.gauge)
    path.gauge.fire("system key on", key.is_active and not was_active)
    path.gauge.fire("system key off", was_active and not key.is_active)
