"""Random expression trees for keys, laid out as `TriggerTerms` asks."""

from dataclasses import dataclass, field

import numpy as np

from backstop.terms import FundSignal, MarketSignal, TriggerTerms

N_FIRST = 5
"""Signals of the market, and of funds, that every design draws from; what came later has a generator of its own."""
SHARE_OF_LATER = 0.1
"""Of conditions that read a signal which came later."""


@dataclass
class Forest:
    """Signals, nodes and children as they are laid out."""

    rng: np.random.Generator
    more: np.random.Generator
    """Draws what was added later."""
    windows: list[int]
    seed: int
    windowed: np.random.Generator
    """Draws windows of signals that may do without."""
    later: dict[MarketSignal | FundSignal, np.random.Generator] = field(default_factory=dict)
    """A generator for each signal that came later, so that no design shifts but by its own conditions."""
    signals: tuple[list[tuple[int, int]], list[tuple[int, int]]] = field(default_factory=lambda: ([], []))
    """Distinct (kind, window) of the market, and of funds."""
    nodes: list[tuple[int, float, float, int, int, int]] = field(default_factory=list)
    children: list[int] = field(default_factory=list)
    latch_keys: list[int] = field(default_factory=list)
    """The key of each latch."""

    def plant(self, key: int, is_crisis: bool, depth: int) -> tuple[int, int]:
        """Add a tree that tends to hold in a crisis (or out of one); its first node and its root."""
        first = len(self.nodes)
        self._grow(key, is_crisis, depth)
        return first, len(self.nodes) - 1

    def _grow(self, key: int, is_crisis: bool, depth: int) -> int:
        if depth == 0 or self.rng.random() < 0.4:
            self.nodes.append(self._leaf(key % 2 == 0, is_crisis))
            if self.more.random() < 0.2:
                self._latch(key)
        else:
            roots = [self._grow(key, is_crisis, depth - 1) for _ in range(self.rng.integers(2, 4))]
            needed = int(self.rng.choice([1, len(roots), self.rng.integers(1, len(roots) + 1)]))
            self.nodes.append((-1, 0.0, 0.0, needed, len(self.children), len(roots)))
            self.children += roots
        return len(self.nodes) - 1

    def _latch(self, key: int) -> None:
        """The last leaf as the entry of a latch, which is left somewhat calmer or as soon as it is not met."""
        signal, sign, threshold, *_ = self.nodes[-1]
        calmer = threshold - sign * float(self.more.choice([1e-6, 0.02]))
        self.nodes.append((signal, -sign, calmer, 0, 0, 0))
        entry = len(self.nodes) - 2
        self.nodes.append((-2 - len(self.latch_keys), 0.0, 0.0, 0, len(self.children), 2))
        self.children += [entry, entry + 1]
        self.latch_keys.append(key)

    def _leaf(self, is_market: bool, is_crisis: bool) -> tuple[int, float, float, int, int, int]:
        table, signals = (MarketSignal, self.signals[0]) if is_market else (FundSignal, self.signals[1])
        first, *later = np.split(np.array(table), [N_FIRST])
        kind = table(int(self.rng.choice(first)))
        pair = (int(kind), int(self.rng.choice(self.windows)) if kind.rule.has_window else 0)
        threshold = float(self.rng.uniform(*kind.rule.usual))
        if kind.rule.may_have_window and self.windowed.random() < 0.5:
            pair = (int(kind), int(self.windowed.choice(self.windows)))
        for other in map(table, *later):
            own = self.later.setdefault(other, np.random.default_rng([self.seed, 100, not is_market, other]))
            if own.random() < SHARE_OF_LATER:
                kind, pair = other, (int(other), int(own.choice(self.windows)) if other.rule.has_window else 0)
                threshold = float(own.uniform(*other.rule.usual))
        if pair not in signals:
            signals.append(pair)
        sign = 1.0 if kind.rule.is_high_in_crisis == is_crisis else -1.0
        return signals.index(pair), sign, threshold, 0, 0, 0


def _integers(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _random_hands(more: np.random.Generator, n_keys: int) -> np.ndarray:
    """(H, 4) key, first and last day, on or off: one key in five is turned by hand for some days."""
    firsts = more.integers(1, 100, n_keys)
    hands = np.stack([np.arange(n_keys), firsts, firsts + more.integers(0, 30, n_keys), more.integers(0, 2, n_keys)])
    return hands.T[more.random(n_keys) < 0.2].astype(np.int64)


def random_triggers(seed: int, rng: np.random.Generator, more: np.random.Generator, n_facilities: int,
                    n_history: int) -> TriggerTerms:
    """Keys of `n_facilities` of design `seed`, on signals that look back at most `n_history` days."""
    forest = Forest(rng, more, sorted({1, 2, int(rng.integers(3, n_history)), n_history}), seed,
                    np.random.default_rng([seed, 102]))
    entries, exits = [], []
    for key in range(2 * n_facilities):
        entries.append(forest.plant(key, is_crisis=True, depth=int(rng.integers(0, 3))))
        exits.append(forest.plant(key, is_crisis=False, depth=int(rng.integers(0, 3))))
    nodes = list(zip(*forest.nodes, strict=True)) if forest.nodes else [()] * 6
    market, funds = forest.signals
    n_latches, hands = len(forest.latch_keys), _random_hands(more, 2 * n_facilities)
    closes = np.exp(np.cumsum(rng.normal(0.0, rng.choice([0.0, 0.01, 0.02]), n_history)))

    def per_key(highest: int, lowest: int = 0) -> np.ndarray:
        return rng.integers(lowest, highest + 1, 2 * n_facilities).astype(np.float64)

    return TriggerTerms(
        market_kind=_integers([kind for kind, _ in market]), market_window=_integers([w for _, w in market]),
        index_history=closes / closes[-1],
        fund_kind=_integers([kind for kind, _ in funds]), fund_window=_integers([w for _, w in funds]),
        node_signal=_integers(nodes[0]), node_sign=np.array(nodes[1]), node_threshold=np.array(nodes[2]),
        node_needed=_integers(nodes[3]), node_first_child=_integers(nodes[4]), node_n_children=_integers(nodes[5]),
        children=_integers(forest.children),
        entry_first=_integers([e[0] for e in entries]), entry_root=_integers([e[1] for e in entries]),
        exit_first=_integers([e[0] for e in exits]), exit_root=_integers([e[1] for e in exits]),
        entry_days=per_key(3, 1), exit_days=per_key(6, 1), cooldown_days=per_key(8), decision_lag=per_key(2),
        latch_key=_integers(forest.latch_keys), latch_days=more.integers(1, 5, n_latches).astype(np.float64),
        latch_cooldown=more.integers(0, 4, n_latches).astype(np.float64),
        latch_lag=more.integers(0, 3, n_latches).astype(np.float64),
        hand_key=hands[:, 0].copy(), hand_first=hands[:, 1].copy(), hand_last=hands[:, 2].copy(),
        hand_is_on=hands[:, 3].copy())
