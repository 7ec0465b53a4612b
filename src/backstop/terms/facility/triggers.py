"""Terms of what turns facilities on: signals, expressions, keys."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.kinds import FundSignal, MarketSignal
from backstop.terms.numbers import Floats, Integers


@declared
class TriggerTerms(NamedTuple):
    """Signals, expression trees and keys of all facilities.

    Nodes stand in postorder within a tree: a leaf compares a signal row with a threshold, an inner node counts
    how many of its ``n_children`` children (their node numbers lie in `children` from ``first_child``) are true.
    Key ``2k`` is the system key of facility k, key ``2k+1`` its fund key. Nodes of an exit follow those of the entry.
    """

    market_kind: Annotated[Integers, Term("market_signal", "code", "what is read of the index", kinds=MarketSignal)]
    market_window: Annotated[Integers, Term(
        "market_signal", "trading days", "looked back on; 0 where it has no window")]
    index_history: Annotated[Floats, Term("close", "price", "of the index before day 1, oldest first; the last is 1")]
    fund_kind: Annotated[Integers, Term("fund_signal", "code", "what is read of a fund", kinds=FundSignal)]
    fund_window: Annotated[Integers, Term("fund_signal", "trading days", "looked back on; 0 where it has no window")]
    node_signal: Annotated[Integers, Term(
        "node", "number of the signal",
        "that a leaf reads; -1 for an inner node, -2 - n for latch n, true while it is active")]
    node_sign: Annotated[Floats, Term("node", "sign", "1: true at or above the threshold; -1: true at or below")]
    node_threshold: Annotated[Floats, Term("node", "unit of the signal", "that a leaf compares with")]
    node_needed: Annotated[Integers, Term("node", "count", "of children that must hold")]
    node_first_child: Annotated[Integers, Term("node", "number", "place of its first child in `children`")]
    node_n_children: Annotated[Integers, Term("node", "count", "of its children")]
    children: Annotated[Integers, Term("child", "number of the node", "children of all nodes", of="node")]
    entry_first: Annotated[Integers, Term("key", "number of the node", "first of the entry's expression", of="node")]
    entry_root: Annotated[Integers, Term("key", "number of the node", "last of it, the root", of="node")]
    exit_first: Annotated[Integers, Term("key", "number of the node", "first of the exit's expression", of="node")]
    exit_root: Annotated[Integers, Term("key", "number of the node", "last of it, the root", of="node")]
    entry_days: Annotated[Floats, Term("key", "trading days", "in a row that the entry must hold")]
    exit_days: Annotated[Floats, Term("key", "trading days", "in a row that the exit must hold")]
    cooldown_days: Annotated[Floats, Term("key", "trading days", "after closing before it may open again")]
    decision_lag: Annotated[Floats, Term("key", "trading days", "from a met entry to an active key")]
    latch_key: Annotated[Integers, Term("latch", "number of the key", "that it is part of", of="key")]
    latch_days: Annotated[Floats, Term("latch", "trading days", "in a row that its entry must hold")]
    latch_cooldown: Annotated[Floats, Term("latch", "trading days", "before it may be true again")]
    latch_lag: Annotated[Floats, Term(
        "latch", "trading days", "from then until it is true; the children of its node are its entry and its exit")]
    hand_key: Annotated[Integers, Term("hand", "number of the key", "turned by hand", of="key")]
    hand_first: Annotated[Integers, Term("hand", "day", "first on which it is")]
    hand_last: Annotated[Integers, Term("hand", "day", "last on which it is")]
    hand_is_on: Annotated[Integers, Term("hand", "0 or 1", "1: the key is active on those days; 0: idle")]
