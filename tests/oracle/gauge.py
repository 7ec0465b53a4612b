"""How near a path came to a comparison that rounding could turn, and which rules it exercised."""

import sys
from collections import Counter

NEAR = 1e-8
"""Relative to 1 or the smaller side (bounds may be infinite): two engines may round quanta apart."""
NEAR_QUANTA = 16

RULES = (
    "limit-down", "limit-up", "thin volume", "below the floor", "sold under a floor", "sold at the close",
    "spread paid", "volatility fixed", "over the cap", "margin call", "lenders unpaid", "others sell",
    "others sold out", "another round", "unsettled", "pressure", "target capped", "insolvent by regulation",
    "held for long", "sold for solvency", "no score yet", "redemption capped",
    "waterfall", "pro rata", "participation binds", "partial payment", "arrears", "derisking cancelled",
    "system key on", "system key off", "cooldown", "fund key on", "fund key off", "fund key closed by system",
    "decision lag", "need binds", "cover binds", "pledge binds", "cap binds", "rationed", "dry pool", "late cash",
    "cash at once", "sweep", "rollover", "called", "called and paid", "called again", "default",
    "default beyond collateral", "window ends", "window cut", "several windows", "replayed",
    "collateral seized", "inventory sold", "inventory gain", "inventory loss", "layer loss", "layer restored",
    "surplus", "surplus used", "failed by value", "failed by arrears",
    "shares gone", "new money", "base inflow", "inflow dries up", "new money pays leavers",
    "stressed dues", "gains taken",
    "sold for stressed", "sold for gains", "sold for lenders", "sold for facilities", "sold for leavers in any market",
    "several causes", "curved response", "illiquid market", "gate", "swing", "mixed",
    "bought from funds", "offer binds", "budget binds", "bought in the market", "order cut", "resold",
    "below cost and margin", "wound up", "gain shared",
    "bank lends", "guarantees rationed", "guarantee premium", "cover set free", "guarantee paid",
    "compensated", "loss exhausts the layer", "clawed back", "fund's limit", "sponsor's limit", "period's limit",
    "two fixed points", "variance fed", "bought", "bought short", "bought back", "kept from buying back",
    "never bought back", "purchases prevail",
    "settled later", "sold ahead", "suspended", "suspended after limit-downs", "suspended after a fall", "announced",
    "fee", "rate of use", "rate stepped up", "instalment", "margin topped up", "demand missed",
    "raised for a maturity", "grace", "others buy", "others bought all", "over exposed",
    "too exposed to claim", "not taken up", "insolvent claim", "bonus suspended", "payout limit", "derisking barred",
    "latch on", "on by hand", "off by hand",
    "benchmark", "cohort dispersed", "year to date", "judged by peers", "cover in score", "manager replaced",
    "record cut short",
    "premium", "premium beyond cash", "call paid in", "called for claims", "called for a floor", "loss called",
    "refill", "refill used up", "borrowed", "borrowing repaid", "guarantor pays", "guarantor paid back",
    "taxpayer's loss", "idle yield", "profit to owners", "profit to funds", "sponsor cap", "cap on what is out",
    "by contribution", "by order",
    "sold near the bottom", "regretted", "bottoms not looked at",
    "distress", "leavers paid", "false activation", "missed episode",
)
"""Every rule that the small set of designs must exercise."""


class Gauge:
    """Comparisons go through here; `near` names the functions of the oracle in which one was within rounding."""

    def __init__(self) -> None:
        self.near: set[str] = set()
        self.fired: Counter[str] = Counter()

    def at_least(self, value: float, bound: float) -> bool:
        """``value >= bound`` for pure numbers (prices, rates, signals)."""
        self.note_near(abs(value - bound) <= NEAR * max(1.0, min(abs(value), abs(bound))))
        return value >= bound

    def covers(self, money: float, owed: float) -> bool:
        """``money >= owed`` for amounts in quanta."""
        self.note_near(abs(money - owed) <= max(NEAR_QUANTA, 1e-9 * min(abs(money), abs(owed))))
        return money >= owed

    def exceeds(self, money: float, bound: float) -> bool:
        """``money > bound`` for amounts in quanta."""
        return not self.covers(bound, money)

    def note_near(self, is_near: bool) -> None:
        """Keep the name of the function that compares: the first caller that is no method of this class."""
        if is_near:
            frame = sys._getframe(1)
            while frame.f_back is not None and frame.f_locals.get("self") is self:
                frame = frame.f_back
            self.near.add(frame.f_code.co_name)

    def fire(self, rule: str, happens: bool = True) -> None:
        """Count that a rule took effect."""
        if happens:
            assert rule in RULES
            self.fired[rule] += 1
