"""Resolved terms in words, for ``backstop check``, and as a tree, for ``resolved.json``: as they are declared."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from backstop.config.schema import Config
from backstop.config.study import NO_FACILITY
from backstop.terms import ArmTerms, FundSignal, Instrument, MarketSignal, Names, RunTerms, TriggerTerms
from backstop.terms.declare import Term, fields_of, terms_of

KEY_DAYS = ("entry_days", "decision_lag", "exit_days", "cooldown_days")
LONGEST_LIST = 6
"""Longer arrays are shown by their length and range."""
Labels: TypeAlias = Mapping[str, Sequence[str]]
"""Names along those axes that have them."""


Kinds: TypeAlias = type[MarketSignal] | type[FundSignal]


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
    meaning: str


def describe(config: Config, terms: RunTerms) -> list[Row]:
    """All terms of a run, in a stable order: what arm ``none`` has, then what each arm adds or changes.

    Counterfactuals, which have nothing that their arms have not, are named alone.
    """
    said = fields_of(RunTerms)
    run = [("n_days", f"{terms.n_days}"), ("quantum", f"{terms.quantum:g} {config.money.currency}")]
    rows = [Row("", "run", "", term, value, said[term][1].unit, said[term][1].meaning) for term, value in run]
    rows += _part_rows("market", terms.market, _labels(terms.names, ()))
    shared = _arm_rows(terms.arms[0], _labels(terms.names, ()))
    rows += shared
    designs = dict(zip(terms.names.arms, terms.arms, strict=True))
    for arm in config.arms:
        own = _arm_rows(designs[arm.name], _labels(terms.names, arm.facilities))
        without = terms.counterfactual_names()[arm.name]
        if without not in (NO_FACILITY, arm.name):
            meaning = said["counterfactuals"][1].meaning
            rows.append(Row(arm.name, "run", "", "counterfactual", without, "name of the arm", meaning))
        rows += [row._replace(arm=arm.name) for row in own if row not in shared]
    return rows


def as_tree(terms: RunTerms) -> dict[str, Any]:
    """Every term as ``{"value", "unit", "axes", "meaning"}``, lists for arrays: ready for JSON."""
    arms = zip(terms.names.arms, terms.arms, strict=True)
    said = fields_of(RunTerms)
    return {
        **{name: _leaf(said[name][1], getattr(terms, name)) for name in ("n_days", "quantum")},
        "counterfactuals": terms.counterfactual_names(),
        "mixture": {"models": list(terms.mixture.models), "weights": list(terms.mixture.weights)},
        "names": {axis: list(names) for axis, names in terms.names._asdict().items()},
        "market": _tree(terms.market),
        "arms": {name: _tree(arm) for name, arm in arms},
    }


def _tree(section: Any) -> dict[str, Any]:
    declarations = zip(fields_of(type(section)).items(), section, strict=True)
    return {name: _tree(value) if said is None else _leaf(said, value) for (name, (_, said)), value in declarations}


def _leaf(said: Term, value: Any) -> dict[str, Any]:
    plain = value.tolist() if isinstance(value, np.ndarray) else value
    return {"value": plain, "unit": said.unit, "axes": said.axes.split(), "meaning": said.meaning}


def _labels(names: Names, facilities: Sequence[str]) -> Labels:
    """`facilities` are those in force, in order."""
    return {"asset": names.assets, "fed_asset": names.assets, "fund": names.funds, "layer": names.layers,
            "facility": facilities}


def _arm_rows(arm: ArmTerms, labels: Labels) -> list[Row]:
    """Terms of one arm; keys in words."""
    keys = [row for k, name in enumerate(labels["facility"]) for row in _key_rows(arm.triggers, 2 * k, name)]
    parts = arm._asdict().items()
    rows = [_facility_rows(arm, part, labels) if value is not arm.triggers else keys for part, value in parts]
    return [row for of_part in rows for row in of_part]


def _facility_rows(arm: ArmTerms, part: str, labels: Labels) -> list[Row]:
    """Terms of a part; of one that only some instruments have, those of facilities with one of them."""
    rows = _part_rows(part, getattr(arm, part), labels)
    having = [kind for kind in Instrument if kind.rule.part == part]
    if not having:
        return rows
    names = {name for name, kind in zip(labels["facility"], arm.facilities.instrument, strict=True) if kind in having}
    return [row for row in rows if row.item in names]


def _part_rows(part: str, section: Any, labels: Labels) -> list[Row]:
    """Rows of one tuple of terms: single values, then those of each item of the first axis, if it has names."""
    single, by_item = [], []
    for path, said, value in terms_of(section):
        *inner, term = path.split(".")
        place, first = ".".join([part, *inner]), said.axes.split(" ")[0]
        if np.size(value) == 0:
            continue
        if np.ndim(value) and first in labels:
            by_item += [
                (n, Row("", place, item, term, _shown(said, value[n], labels), said.unit, said.meaning))
                for n, item in enumerate(labels[first]) if n < len(value)
            ]
        else:
            single.append(Row("", place, "", term, _shown(said, value, labels), said.unit, said.meaning))
    by_item.sort(key=lambda found: (found[1].part != part, found[1].part, found[0]))
    return single + [row for _, row in by_item]


def _shown(said: Term, value: Any, labels: Labels) -> str:
    """A value as a person reads it: the words of codes, names for positions, the range of long arrays."""
    if said.kinds is not None:
        return ", ".join(said.kinds(int(code)).key for code in np.ravel(value))
    if said.of in labels:
        return ", ".join(labels[said.of][int(n)] if n >= 0 else "none" for n in np.ravel(value))
    flat = [_number(said, number) for number in np.ravel(value).tolist()]
    last = said.axes.split(" ")[-1]
    if np.ndim(value) == 1 and last in labels and len(flat) == len(labels[last]):
        named = [f"{name} {shown}" for name, shown, number in zip(labels[last], flat, value, strict=True) if number]
        return ", ".join(named) or "0"
    if len(flat) > LONGEST_LIST:
        return f"{len(flat)} values, {np.min(value):.6g} to {np.max(value):.6g}, last {np.ravel(value)[-1]:.6g}"
    return ", ".join(flat)


def _number(said: Term, number: float) -> str:
    return "none" if number == said.none else f"{number:.12g}"


def _key_rows(triggers: TriggerTerms, first_key: int, facility: str) -> list[Row]:
    """The system and the fund key of one facility, their expressions read back from the trees."""
    rows = []
    said = {term: fields_of(TriggerTerms)[term][1] for term in KEY_DAYS}
    for q, key, kinds in ((first_key, "system_key", MarketSignal), (first_key + 1, "fund_key", FundSignal)):
        roots = triggers.entry_root, triggers.exit_root
        entry, leave = (_expression(triggers, int(root[q]), kinds) for root in roots)
        texts = [("entry", entry, "0 or 1", "what opens it"), ("exit", leave, "0 or 1", "what closes it")]
        texts += [(term, f"{getattr(triggers, term)[q]:g}", of.unit, of.meaning) for term, of in said.items()]
        texts += [("by hand", text, "day", "when it is turned by hand") for text in _hands(triggers, q)]
        rows += [Row("", key, facility, *text) for text in texts]
    return rows


def _hands(triggers: TriggerTerms, q: int) -> list[str]:
    """When key q is turned by hand, in words."""
    hands = zip(triggers.hand_key, triggers.hand_first, triggers.hand_last, triggers.hand_is_on, strict=True)
    return [f"{'active' if is_on else 'idle'}, {first} to {last}" for key, first, last, is_on in hands if key == q]


def _expression(triggers: TriggerTerms, node: int, kinds: Kinds) -> str:
    """One tree in words."""
    if triggers.node_signal[node] >= 0:
        return _condition(triggers, node, kinds)
    first, n = int(triggers.node_first_child[node]), int(triggers.node_n_children[node])
    needed = int(triggers.node_needed[node])
    if triggers.node_signal[node] < -1:
        return _latch(triggers, -2 - int(triggers.node_signal[node]), first, kinds)
    if n == 0:
        return "by hand alone"
    parts = [_expression(triggers, int(child), kinds) for child in triggers.children[first : first + n]]
    head = "all of" if needed == n else "any of" if needed == 1 else f"{needed} of"
    return f"{head} ({', '.join(parts)})" if n > 1 else parts[0]


def _latch(triggers: TriggerTerms, latch: int, first_child: int, kinds: Kinds) -> str:
    """A condition with a past, in words."""
    entry, leave = (_condition(triggers, int(node), kinds) for node in triggers.children[first_child : first_child + 2])
    persistence, lag, cooldown = (
        f"{column[latch]:g}" for column in (triggers.latch_days, triggers.latch_lag, triggers.latch_cooldown)
    )
    return f"{entry} for {persistence} days, {lag} later, until {leave}, not again for {cooldown}"


def _condition(triggers: TriggerTerms, node: int, kinds: Kinds) -> str:
    row = int(triggers.node_signal[node])
    is_market = kinds is MarketSignal
    kind = kinds(int((triggers.market_kind if is_market else triggers.fund_kind)[row])).key
    window = int((triggers.market_window if is_market else triggers.fund_window)[row])
    signal = f"{kind} of {window} days" if window else kind
    relation = ">=" if triggers.node_sign[node] > 0.0 else "<="
    return f"{signal} {relation} {triggers.node_threshold[node]:g}"
