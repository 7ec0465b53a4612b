"""Resolved terms in words, for ``backstop check``."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np

from backstop.config.facility.expressions import SIGNALS, FundSignal, MarketSignal
from backstop.config.schema import Config
from backstop.config.study import NO_FACILITY
from backstop.config.term_units import UNITS
from backstop.terms import (
    ABSOLUTES,
    ADVANCE,
    COMPENSATION,
    DRAW_JOINTLY,
    DRAW_NORMAL,
    DRAW_STUDENT_T,
    EXECUTE_AT_CLOSE,
    EXECUTE_ON_AVERAGE,
    GUARANTEE,
    IMPACT_CONT_SCHAANNING,
    IMPACT_LINEAR,
    IMPACT_POWER,
    IMPACT_SQUARE_ROOT,
    LOGS,
    MARKET_PURCHASE,
    MIXED,
    NO_CAP,
    POWERS,
    PRO_RATA,
    PROFIT_TO_FUNDS,
    PROFIT_TO_OWNERS,
    PURCHASE,
    SHARE_BY_CONTRIBUTION,
    SHARE_BY_ORDER,
    SHARE_PRO_RATA,
    SQUARES,
    WATERFALL,
    ArmTerms,
    Names,
    RunTerms,
    TriggerTerms,
)

CODES = {
    "impact_law": {
        IMPACT_LINEAR: "linear",
        IMPACT_SQUARE_ROOT: "square root",
        IMPACT_POWER: "power",
        IMPACT_CONT_SCHAANNING: "Cont-Schaanning",
    },
    "instrument": {ADVANCE: "advance", PURCHASE: "purchase from funds", MARKET_PURCHASE: "purchase in the market",
                   COMPENSATION: "compensation", GUARANTEE: "guarantee"},
    "execution": {EXECUTE_ON_AVERAGE: "average of the trade", EXECUTE_AT_CLOSE: "close"},
    "liquidation_rule": {PRO_RATA: "pro rata", WATERFALL: "waterfall", MIXED: "mixed"},
    "share_rule": {
        SHARE_PRO_RATA: "pro rata",
        SHARE_BY_CONTRIBUTION: "by contribution",
        SHARE_BY_ORDER: "by order",
    },
    "profit_to": {PROFIT_TO_OWNERS: "owners", PROFIT_TO_FUNDS: "funds"},
    "kind": {SQUARES: "variance", ABSOLUTES: "volatility", POWERS: "power of volatility", LOGS: "log variance"},
    "draw": {DRAW_JOINTLY: "joint", DRAW_NORMAL: "normal", DRAW_STUDENT_T: "Student-t"},
}
COLUMNS = {
    "units_open": "assets",
    "weight": "assets",
    "advance_rate": "assets",
    "haircut": "assets",
    "is_eligible": "funds",
    "most_per_fund": "funds",
}
CODES_OF = {"purchase": (PURCHASE, MARKET_PURCHASE), "compensation": (COMPENSATION,), "guarantee": (GUARANTEE,)}
"""Instruments of each part of the terms that only they have."""
MARKET = {SIGNALS[name].code: name for name in get_args(MarketSignal.__value__)}
FUND = {SIGNALS[name].code: name for name in get_args(FundSignal.__value__)}
KEY_DAYS = ("entry_days", "decision_lag", "exit_days", "cooldown_days")
LONGEST_LIST = 6
"""Longer arrays are shown by their length and range."""


class Row(NamedTuple):
    """One resolved term.

    Attributes
    ----------
    arm
        Empty where all arms have it.
    item
        The asset, fund, layer or facility it is of; empty where it is of none.
    """

    arm: str
    part: str
    item: str
    term: str
    value: str
    unit: str


def describe(config: Config, terms: RunTerms) -> list[Row]:
    """All terms of a run, in a stable order: what arm ``none`` has, then what each arm adds or changes.

    Counterfactuals, which have nothing that their arms have not, are named alone.
    """
    names = terms.names
    run = [("n_days", f"{terms.n_days}"), ("quantum", f"{terms.quantum:g} {config.money.currency}")]
    rows = [Row("", "run", "", term, value, UNITS[term]) for term, value in run]
    rows += _part_rows("market", terms.market, names.assets, names)
    shared = _arm_rows(terms.arms[0], (), names)
    rows += shared
    designs = dict(zip(names.arms, terms.arms, strict=True))
    for arm in config.arms:
        own = _arm_rows(designs[arm.name], arm.facilities, names)
        without = terms.counterfactual_names()[arm.name]
        if without not in (NO_FACILITY, arm.name):
            rows.append(Row(arm.name, "run", "", "counterfactual", without, "arm"))
        rows += [row._replace(arm=arm.name) for row in own if row not in shared]
    return rows


def _arm_rows(arm: ArmTerms, facilities: Sequence[str], names: Names) -> list[Row]:
    """Terms of one arm; `facilities` are those in force, in order."""
    rows = _part_rows("prices", arm.prices, names.assets, names)
    for part in ("funds", "leverage", "investors", "evaluation"):
        rows += _part_rows(part, getattr(arm, part), names.funds, names)
    rows += _part_rows("members", arm.members, names.funds, names)
    rows += _part_rows("rationing", arm.rationing, facilities, names)
    rows += _part_rows("pool", arm.pool, names.layers, names)
    rows += _part_rows("judging", arm.judging, names.funds, names)
    rows += [row for k, name in enumerate(facilities) for row in _key_rows(arm.triggers, 2 * k, name)]
    parts = ("facilities", "advances", "admission", "covenants", *CODES_OF)
    return rows + [row for part in parts for row in _facility_rows(arm, part, facilities, names)]


def _facility_rows(arm: ArmTerms, part: str, facilities: Sequence[str], names: Names) -> list[Row]:
    """Terms of facilities; of those of one instrument, only of facilities that have it."""
    rows = _part_rows(part, getattr(arm, part), facilities, names)
    if part not in CODES_OF:
        return rows
    having = {name for k, name in enumerate(facilities) if int(arm.facilities.instrument[k]) in CODES_OF[part]}
    return [row for row in rows if row.item in having]


def _part_rows(part: str, section: Any, items: Sequence[str], names: Names) -> list[Row]:
    """Rows of one tuple of terms: single values, then those of each of `items`, the first axis."""
    inner = {term: value for term, value in section._asdict().items() if hasattr(value, "_asdict")}
    values = {term: value for term, value in section._asdict().items() if term not in inner and np.size(value)}
    by_item = [term for term, value in values.items() if np.ndim(value) > 0 and len(value) == len(items)]
    rows = [
        Row("", part, "", term, _shown(term, value, names), UNITS[term])
        for term, value in values.items()
        if term not in by_item
    ]
    for position, item in enumerate(items):
        rows += [
            Row("", part, item, term, _shown(term, values[term][position], names), UNITS[term]) for term in by_item
        ]
    return rows + [row for term, value in inner.items() for row in _part_rows(f"{part}.{term}", value, items, names)]


def _shown(term: str, value: Any, names: Names) -> str:
    """A value as a person reads it: names for numbers of assets, the range of long arrays."""
    if term in CODES:
        return CODES[term][int(value)]
    if term in ("index", "asset"):
        return names.assets[int(value)] if value >= 0 else "none"
    if term == "liquidation_order":
        return ", ".join(names.assets[j] for j in value)
    if term in COLUMNS:
        axis: Sequence[str] = getattr(names, COLUMNS[term])
        return ", ".join(f"{name} {number:.12g}" for name, number in zip(axis, value, strict=True) if number > 0.0)
    if np.ndim(value) == 0 and value == NO_CAP:
        return "none"
    flat = np.ravel(value)
    if len(flat) > LONGEST_LIST:
        return f"{len(flat)} values, {flat.min():.6g} to {flat.max():.6g}, last {flat[-1]:.6g}"
    return ", ".join(f"{number:.12g}" for number in flat)


def _key_rows(triggers: TriggerTerms, first_key: int, facility: str) -> list[Row]:
    """The system and the fund key of one facility, their expressions read back from the trees."""
    rows = []
    for q, key, codes in ((first_key, "system_key", MARKET), (first_key + 1, "fund_key", FUND)):
        said = {
            "entry": _expression(triggers, int(triggers.entry_root[q]), codes),
            "exit": _expression(triggers, int(triggers.exit_root[q]), codes),
        }
        rows += [Row("", key, facility, term, text, "truth") for term, text in said.items()]
        rows += [Row("", key, facility, term, f"{getattr(triggers, term)[q]:g}", UNITS[term]) for term in KEY_DAYS]
        rows += [Row("", key, facility, "by hand", text, "days") for text in _hands(triggers, q)]
    return rows


def _hands(triggers: TriggerTerms, q: int) -> list[str]:
    """When key q is turned by hand, in words."""
    hands = zip(triggers.hand_key, triggers.hand_first, triggers.hand_last, triggers.hand_is_on, strict=True)
    return [f"{'active' if is_on else 'idle'}, {first} to {last}" for key, first, last, is_on in hands if key == q]


def _expression(triggers: TriggerTerms, node: int, codes: Mapping[int, str]) -> str:
    """One tree in words."""
    if triggers.node_signal[node] >= 0:
        return _condition(triggers, node, codes)
    first, n = int(triggers.node_first_child[node]), int(triggers.node_n_children[node])
    needed = int(triggers.node_needed[node])
    if triggers.node_signal[node] < -1:
        return _latch(triggers, -2 - int(triggers.node_signal[node]), first, codes)
    if n == 0:
        return "by hand alone"
    parts = [_expression(triggers, int(child), codes) for child in triggers.children[first : first + n]]
    head = "all of" if needed == n else "any of" if needed == 1 else f"{needed} of"
    return f"{head} ({', '.join(parts)})" if n > 1 else parts[0]


def _latch(triggers: TriggerTerms, latch: int, first_child: int, codes: Mapping[int, str]) -> str:
    """A condition with a past, in words."""
    entry, leave = (_condition(triggers, int(node), codes) for node in triggers.children[first_child : first_child + 2])
    persistence, lag, cooldown = (
        f"{column[latch]:g}" for column in (triggers.latch_days, triggers.latch_lag, triggers.latch_cooldown)
    )
    return f"{entry} for {persistence} days, {lag} later, until {leave}, not again for {cooldown}"


def _condition(triggers: TriggerTerms, node: int, codes: Mapping[int, str]) -> str:
    row = int(triggers.node_signal[node])
    is_market = codes is MARKET
    kind = int((triggers.market_kind if is_market else triggers.fund_kind)[row])
    window = int((triggers.market_window if is_market else triggers.fund_window)[row])
    signal = f"{codes[kind]} of {window} days" if window else codes[kind]
    relation = ">=" if triggers.node_sign[node] > 0.0 else "<="
    return f"{signal} {relation} {triggers.node_threshold[node]:g}"
