"""What must hold between the sections of a config: names that name something, money that can be counted."""

import math
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from backstop.config.base import Place, Problem, repeated_names
from backstop.config.facility.bad_terms import contract_problems, pool_problems
from backstop.config.facility.eligibility import Eligibility, Eligible, admitted
from backstop.config.facility.section import Facility
from backstop.config.funds.resolve_evaluation import is_peer
from backstop.config.funds.resolve_solvency import solvency_problems
from backstop.config.funds.risk import risk_problems
from backstop.config.funds.section import MOST_FUNDS, Fund, Ordered
from backstop.config.market.scenario import overlay_of, scenario_problems
from backstop.config.market.section import MarketConfig
from backstop.config.parts import Parts
from backstop.config.pool.checks import limit_problems, most_money
from backstop.config.pool.section import Pool
from backstop.config.prices.resolve_replay import replay_problems
from backstop.outcomes import PATH_OUTCOMES

LARGEST_EXACT = 2**53
"""Whole numbers are exact in float64 up to here."""
HEADROOM = 256
"""How many times the opening's money may turn over or grow and still be counted exactly. [ours]"""

_UNIT = 'unit = "亿元" or the like beside file, '
LEAST_NAV = 10_000
"""Quanta that a fund is worth at least: with fewer, rounding down would take more than a basis point. [ours]"""


def cross_problems(parts: Parts) -> list[Problem]:
    """Everything wrong between the sections."""
    problems = [
        *_repeated_fund_names(parts.fund_names),
        *repeated_names(parts.facility_names, ("facilities",)),
        *repeated_names(parts.arm_names, ("arms",)),
        *_problems_by_item(parts),
        *_pool_and_arm_problems(parts),
        *_scenario_problems(parts),
    ]
    if parts.market is not None:
        problems += risk_problems(parts.funds, {asset.name for asset in parts.market.assets if asset.is_risky})
    if len(parts.funds) > MOST_FUNDS:
        problems.append(Problem(("funds",), f"{len(parts.funds)} funds are too many; write at most {MOST_FUNDS}"))
    return [*problems, *_column_problems(parts.pool), *_money_problems(parts)]


def _problems_by_item(parts: Parts) -> Iterator[Problem]:
    """Fund by fund, facility by facility."""
    for place, fund in parts.funds.items():
        yield from _fund_problems(fund, parts.assets, place)
        yield from _peer_problems(fund, parts, place)
        yield from solvency_problems(fund, _risky(parts), place)
        yield from _purchase_problems(fund, parts.market, place)
    for position, facility in parts.facilities.items():
        place = ("facilities", position)
        yield from _facility_problems(facility, parts, place)
        yield from contract_problems(facility, _admitted(facility, parts), _risky(parts), parts.run, place)
    yield from _unused(parts)


def _pool_and_arm_problems(parts: Parts) -> Iterator[Problem]:
    if parts.pool is not None and parts.money is not None:
        yield from pool_problems(parts.pool, list(parts.funds.values()), parts.money)
    for position, arm in parts.arms.items():
        yield from _listed(arm.facilities, "facility", parts.facility_names, ("arms", position, "facilities"))
    if parts.pool is not None:
        yield from limit_problems(parts.facilities, parts.pool, parts.funds.values())


def _unknown(name: str, kind: str, known: Sequence[str], place: Place) -> list[Problem]:
    known = list(filter(None, known))
    # a config without any asset or fund is told that, once
    if name in known or (not known and kind in ("asset", "fund")):
        return []
    near = get_close_matches(name, known, n=1)
    choices = f"write one of {', '.join(known)}" if known else f"name a {kind} so, or leave it out"
    return [Problem(place, f"there is no {kind} {name!r}; {f'did you mean {near[0]!r}?' if near else choices}")]


def _listed(names: Sequence[str], kind: str, known: Sequence[str], place: Place) -> list[Problem]:
    """Problems of a list of names, each of which must be known and stand there once."""
    problems = [p for i, name in enumerate(names) for p in _unknown(name, kind, known, (*place, i))]
    return problems + [
        Problem((*place, i), f"{name!r} stands there twice; write it once")
        for i, name in enumerate(names)
        if name in names[:i]
    ]


def _repeated_fund_names(names: Mapping[Place, str]) -> list[Problem]:
    """A problem for each name of an entry or of a fund in a file that another has, in whatever case."""
    places = list(names)
    repeated = repeated_names(list(names.values()), ())
    return [Problem((*places[int(p.place[0])], "name"), p.message) for p in repeated]


def _fund_problems(fund: Fund, assets: Sequence[str], place: Place) -> list[Problem]:
    problems = [p for name in fund.holdings for p in _unknown(name, "asset", assets, (*place, "holdings", name))]
    haircuts = fund.leverage.haircut_frac if fund.leverage else {}
    lent_against = (*place[:2], "leverage", "haircut_frac")
    problems += [p for name in haircuts for p in _unknown(name, "asset", assets, (*lent_against, name))]
    if isinstance(fund.liquidation, Ordered) and sorted(fund.liquidation.order) != sorted(fund.holdings):
        held = ", ".join(fund.holdings)
        message = f"names other assets than holdings; write each of {held} once"
        if "rows" in place:
            left_out = ", ".join(sorted(set(fund.holdings) - set(fund.liquidation.order)))
            message = f"leaves out {left_out}, which a fund of the file holds; write it as well"
        problems.append(Problem((*place[:2], "liquidation", "order"), message))
    return problems


def _peer_problems(fund: Fund, parts: Parts, place: Place) -> list[Problem]:
    """Peers that there are not, or none but the fund itself."""
    at = (*place[:2], "evaluation", "peers")
    peers = fund.evaluation.peers if fund.evaluation else ()
    problems = _listed(peers, "fund", list(parts.fund_names.values()), at)
    others = [other for other in parts.funds.values() if other is not fund]
    if fund.evaluation and peers and not problems and not any(is_peer(other, fund.evaluation) for other in others):
        problems.append(Problem(at, f"{fund.name!r} has no peers but itself; name others"))
    return problems


def _purchase_problems(fund: Fund, market: MarketConfig | None, place: Place) -> list[Problem]:
    """Assets that a fund would buy more of, by a law that knows no purchases."""
    if not fund.may_buy or market is None:
        return []
    invests = fund.invest_frac > 0.0
    key = ("invest_frac",) if invests else ("evaluation", "rebuys")
    laws = {a.name: a.trading.impact.law for a in market.assets if a.trading and a.trading.impact}
    remedy = "0.0" if invests else "false"
    message = f"has the law cont_schaanning, which knows no purchases; write {remedy}, or another law"
    bought = [a.name for a in market.assets if invests or a.is_risky]
    return [
        Problem((*place[:2], *key), f"{name!r} {message}")
        for name in fund.holdings
        if laws.get(name) == "cont_schaanning" and name in bought
    ]


def _facility_problems(facility: Facility, parts: Parts, place: Place) -> list[Problem]:
    table = (*place, facility.instrument)
    problems = [
        p for at, name in facility.terms.named_assets for p in _unknown(name, "asset", parts.assets, (*table, *at))
    ]
    if facility.eligible is None:
        return [*problems, *_not_for_sale(facility, parts, table)]
    problems = _eligible_problems(facility.eligible, parts, (*place, "eligible")) + problems
    for fund in parts.funds.values():
        if fund.name in admitted(facility.eligible, [fund], parts.technology):
            at = (*place, "eligible", *_position(facility.eligible, fund))
            problems += [Problem(at, f"{fund.name!r} {lacks}") for lacks in _lacks(facility, fund)]
    return problems


def _not_for_sale(facility: Facility, parts: Parts, table: Place) -> list[Problem]:
    """Assets that a facility buys in the market, by a law that knows no purchases."""
    message = "has the law cont_schaanning, which knows no purchases; leave it out, or write another law"
    laws = {a.name: a.trading.impact.law for a in parts.market.assets if a.trading and a.trading.impact} if (
        parts.market) else {}
    return [
        Problem((*table, *at), f"{name!r} {message}")
        for at, name in facility.terms.named_assets
        if laws.get(name) == "cont_schaanning"
    ]


def _lacks(facility: Facility, fund: Fund) -> Iterator[str]:
    """What an eligible fund lacks to be dealt with."""
    if facility.terms.takes is not None and not facility.terms.takes & set(fund.holdings):
        yield f"holds nothing {_TAKEN[facility.instrument]}"
    if facility.compensation and facility.compensation.sponsor_limit and not fund.sponsor:
        yield "has no sponsor to whom sponsor_limit could apply; write its sponsor, or no sponsor_limit"


_TAKEN = {
    "advance": "that is lent against; write a haircut for an asset it holds",
    "guarantee": "that is lent against; write a haircut for an asset it holds",
    "purchase": "that is bought; write a discount for an asset it holds",
}
"""What a facility does with a fund's assets, and what to write."""


def _eligible_problems(eligible: Eligible, parts: Parts, place: Place) -> list[Problem]:
    """Names that nobody has, or a description that no fund fits."""
    if eligible == "all":
        return []
    if not isinstance(eligible, Eligibility):
        return _listed(eligible, "fund", list(parts.fund_names.values()), place)
    if {entry[:2] for entry in parts.fund_names} != {entry[:2] for entry in parts.funds}:
        return []  # what a wrong entry would be is not known
    sponsors = sorted({fund.sponsor for fund in parts.funds.values() if fund.sponsor})
    for i, name in enumerate(eligible.sponsors or ()):
        if name not in sponsors:
            return _unknown(name, "sponsor", sponsors, (*place, "sponsors", i))
    if admitted(eligible, parts.funds.values(), parts.technology):
        return []
    return [Problem(place, "no fund is all that; write what some fund is")]


def _admitted(facility: Facility, parts: Parts) -> list[Fund]:
    """The funds that may claim, as far as they are right."""
    names = admitted(facility.members, parts.funds.values(), parts.technology)
    return [fund for fund in parts.funds.values() if fund.name in names]


def _risky(parts: Parts) -> frozenset[str]:
    """Names of the risky assets."""
    return frozenset(asset.name for asset in parts.market.assets if asset.is_risky) if parts.market else frozenset()


def _unused(parts: Parts) -> list[Problem]:
    """Facilities that no arm has, where arms have facilities and name none that there is not."""
    used = {name for arm in parts.arms.values() for name in arm.facilities}
    if parts.is_library or not used or not used <= set(parts.facility_names) or len(parts.arms) < len(parts.arm_names):
        return []
    return [
        Problem(
            ("facilities", k, "name"),
            f"no arm has {name!r}; list it in an arm's facilities, leave it out, or write library = true at the head",
        )
        for k, name in enumerate(parts.facility_names)
        if name and name not in used
    ]


def _position(eligible: Eligible, fund: Fund) -> Place:
    """Where a fund stands in a list of names."""
    if isinstance(eligible, Eligibility | str):
        return ()
    return (eligible.index(fund.name if fund.name in eligible else fund.entry),)


def _scenario_problems(parts: Parts) -> list[Problem]:
    """What the scenario, its preset included, names that the market does not have."""
    if parts.market is None or parts.scenario is None:
        return []
    overlay = overlay_of(parts.scenario, parts.market)
    found = [*scenario_problems(overlay, parts.market), *replay_problems(overlay, parts.market)]
    return [Problem(("scenario", *place), message) for place, message in found]


def _column_problems(pool: Pool | None) -> list[Problem]:
    """Layers become columns ``loss_<layer>``, which must not be those of another outcome."""
    taken = {outcome.name for outcome in PATH_OUTCOMES}
    return [
        Problem(
            ("pool", "layers", i, "name"),
            f"{layer.name!r} would be column loss_{layer.name}, which is taken; write another name",
        )
        for i, layer in enumerate(pool.layers if pool else ())
        if f"loss_{layer.name}" in taken
    ]


def _money_problems(parts: Parts) -> list[Problem]:
    """All money, in quanta, must stay exact in float64, and a fund be worth enough of them."""
    if parts.money is None:
        return []
    quantum, currency = parts.money.quantum, parts.money.currency
    small = [
        Problem(
            (*place, "nav"),
            f"{fund.nav:g} is too little to count in {quantum:g} {currency}; write amounts in {currency}, "
            f"10e9 for ten billion, {_UNIT if 'rows' in place else ''}or money.quantum = "
            f"{fund.nav / LEAST_NAV:g} or less",
        )
        for place, fund in parts.funds.items()
        if fund.nav < LEAST_NAV * quantum
    ]
    total = sum(fund.count * fund.nav * fund.assets_over_nav for fund in parts.funds.values())
    total += most_money(parts.pool) if parts.pool else 0.0
    finest = total * HEADROOM / LARGEST_EXACT
    if quantum >= finest:
        return small
    coarser = 10.0 ** math.ceil(math.log10(finest))
    return [
        *small,
        Problem(
            ("money", "quantum"),
            f"{total:.3g} {currency} in all is too much to count in "
            f"{quantum:g}; write quantum = {coarser:.1f} or more",
        ),
    ]
