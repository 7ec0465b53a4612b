"""The screen of ``backstop check``: what a config holds, in words, and which limits bind first."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from backstop.config.describe import describe
from backstop.report.amounts import amount, percent
from backstop.report.wrapping import MOST_LINES, beside_word, whole, wrapped
from backstop.runs.assemble import Assembled
from backstop.terms import NO_CAP, ArmTerms, Instrument

_TAG = re.compile(r"\[(ours|cited|fitted)\b")
MOST_FUNDS = 6
"""Cohorts that are named; of more, their number is said."""


def check_screen(found: Assembled, width: int) -> list[str]:
    """Lines of `width` at most; where all arms make more than `MOST_LINES`, those after the first are only named."""
    for n_arms in (len(found.config.arms), 1):
        lines = [*wrapped(_head(found), width),
                 *(line for word, text in _margin(found, n_arms) for line in beside_word(word, text, width))]
        if len(lines) <= MOST_LINES:
            break
    return lines


def _head(found: Assembled) -> str:
    request = found.request
    models = ", ".join(f"{asset} {title}" for asset, title in list(request.models.items())[:3])
    more = len(request.models) - 3
    rest = f" and {more} assets more" if more > 0 else ""
    return (f"{found.config.run.name} is valid: scenario {request.scenario}; {models}{rest}; {request.n_paths:,} paths "
            f"of {request.terms.n_days} days, amounts in {request.currency}")


def _margin(found: Assembled, n_arms: int) -> Iterator[tuple[str, str]]:
    """What stands beside a word of the left margin; `n_arms` arms in full."""
    yield "funds", _funds(found)
    terms = found.request.terms
    for arm in found.config.arms[:n_arms]:
        own = terms.arms[terms.names.arms.index(arm.name)]
        yield "arm", _arm(found, arm.name, own)
        for k, facility in enumerate(arm.facilities):
            yield "", f"{facility}: {Instrument(int(own.facilities.instrument[k])).key} for {_eligible(found, own, k)}"
            if lends := _limits(own, k, terms.quantum):
                yield "binds", lends
    if others := [arm.name for arm in found.config.arms[n_arms:]]:
        yield "arms", f"beside it {', '.join(others)}"
    yield from _keys(found)
    yield "ours", _tags(found.request.config_text)
    yield "next", " · ".join(map(whole, ("check CONFIG --terms: every term", "run CONFIG --dry-run: time and memory",
                                         "run CONFIG")))


def _funds(found: Assembled) -> str:
    terms = found.request.terms
    funds, names = terms.arms[0].funds, terms.names.funds
    worth = funds.count * funds.nav_open * terms.quantum
    total = f"{len(names)} cohorts of {int(funds.count.sum()):,} funds, {amount(float(worth.sum()))}"
    if len(names) > MOST_FUNDS:
        return total
    return f"{total}: {', '.join(f'{name} {amount(own)}' for name, own in zip(names, worth.tolist(), strict=True))}"


def _arm(found: Assembled, name: str, arm: ArmTerms) -> str:
    """Against what, and with which pool."""
    terms = found.request.terms
    against = terms.counterfactual_names()[name]
    sizes = arm.pool.layer_size * terms.quantum
    if not len(arm.facilities.instrument):
        return f"{name}, a reform without a facility, against none"
    stack = zip(terms.names.layers, sizes.tolist(), strict=True)
    layers = ", ".join(f"{layer} {amount(size)}" for layer, size in stack)
    return f"{name} against {against}: a pool of {amount(float(sizes.sum()))}, the first loses first: {layers}"


def _eligible(found: Assembled, arm: ArmTerms, k: int) -> str:
    terms = found.request.terms
    is_in = arm.facilities.is_eligible[k] > 0.0
    worth = float(np.sum((arm.funds.count * arm.funds.nav_open)[is_in]) * terms.quantum)
    names = [name for name, own in zip(terms.names.funds, is_in.tolist(), strict=True) if own]
    said = ", ".join(names) if len(names) <= MOST_FUNDS else f"{len(names)} cohorts"
    return f"{said or 'nobody'}, {amount(worth)}"


def _limits(arm: ArmTerms, k: int, quantum: float) -> str:
    """The most that loans may come to at the opening, limit by limit: the least of them binds first."""
    facilities, funds = arm.facilities, arm.funds
    if facilities.instrument[k] == Instrument.PURCHASE or not facilities.is_eligible[k].any():
        return ""
    worth = funds.count * funds.nav_open * facilities.is_eligible[k] * quantum
    held = funds.units_open * facilities.advance_rate[k]
    collateral = funds.count * held.sum(axis=1) * facilities.is_eligible[k] * quantum
    limits = {"the caps of funds": float((worth * facilities.fund_cap_frac[k]).sum()),
              "collateral after haircuts": float(collateral.sum()),
              "the pool": float(arm.pool.layer_size.sum()) * quantum}
    if arm.rationing.facility_cap[k] < NO_CAP:
        limits["the cap of the facility"] = float(arm.rationing.facility_cap[k]) * quantum
    if arm.rationing.pool_cap < NO_CAP:
        limits["the cap of the pool"] = float(arm.rationing.pool_cap) * quantum
    first, *others = sorted(limits, key=lambda limit: limits[limit])
    return (f"first, if all draw at the opening: {first}, {whole(amount(limits[first]))}; then "
            f"{', '.join(f'{limit}, {whole(amount(limits[limit]))}' for limit in others)}; a fund also at "
            f"{percent(float(facilities.coverage_frac[k]))} of its loss beyond "
            f"{percent(float(facilities.deductible_frac[k]))}")


def _keys(found: Assembled) -> Iterator[tuple[str, str]]:
    """What opens and closes the keys of the first arm with a facility, in words."""
    arm = next((arm.name for arm in found.config.arms if arm.facilities), None)
    rows = {(row.item, row.part, row.term): row.value for row in describe(found.config, found.request.terms)
            if row.arm == arm and row.part in ("system_key", "fund_key")}
    for item, part in dict.fromkeys((item, part) for item, part, _ in rows):
        said = {term: rows[item, part, term] for _, _, term in [key for key in rows if key[:2] == (item, part)]}
        name = "system" if part == "system_key" else "fund"
        yield "key", (f"{item}, {name}: on after {said['entry_days']} days of {said['entry']}, {said['decision_lag']} "
                      f"days later; off after {said['exit_days']} days of {said['exit']}")


def _tags(text: str) -> str:
    """How many lines of the config carry which tag."""
    counts = Counter(tag for line in text.splitlines() for tag in _TAG.findall(line))
    if not counts:
        return "no number is tagged; write [ours], [cited: SOURCE] or [fitted] behind each, so that readers can tell"
    return (f"{counts['ours']} numbers are our assumptions, {counts['cited']} cited, {counts['fitted']} fitted, by the "
            "tags of the file; `backstop sensitivity` says which of ours matter")
