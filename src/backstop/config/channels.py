"""[channels]: ways in which a crisis feeds on itself, each with a switch.

A channel that is off leaves no trace in the terms: kernels know of no switches.
"""

from collections.abc import Callable, Iterable

import numpy as np
from pydantic import Field

from backstop.config.base import Section, Switch
from backstop.config.prices.resolve_feedback import NO_FEEDBACK
from backstop.terms import NO_TARGET, ArmTerms, Integers


class Channels(Section):
    """Which channels are at work, in all arms or (as an override) in one."""

    redemption: Switch = Field(default=True, description="investors move money out of funds, and into them")
    surrender: Switch = Field(default=True, description="policyholders surrender, and buy, policies of insurers")
    evaluation: Switch = Field(default=True, description="managers are judged, and sell under pressure")
    solvency: Switch = Field(default=True, description="insurers sell to keep their solvency")
    leverage: Switch = Field(default=True, description="lenders and leverage rules make funds repay debt")
    impact: Switch = Field(default=True, description="sales move prices")
    announcement: Switch = Field(default=True, description="a facility that is announced makes investors stay")


_FLOWS = ("base_rate", "base_inflow", "bear_slope", "bull_slope", "gain_slope", "queue_open")
"""What moves money of a class."""


def _still(arm: ArmTerms, is_still: Integers) -> ArmTerms:
    """`arm` whose chosen classes (F, C) move no money; funds have no classes where all of them are chosen."""
    investors, is_used = arm.investors, np.arange(arm.investors.share_frac.shape[1]) < arm.investors.n_classes[:, None]
    if np.all(is_still[is_used]):
        return arm._replace(investors=investors._replace(n_classes=np.zeros_like(investors.n_classes)))
    still = {name: np.where(is_still > 0, 0.0, getattr(investors, name)) for name in _FLOWS}
    return arm._replace(investors=investors._replace(**still))


def _without_redemption(arm: ArmTerms) -> ArmTerms:
    """Funds whose investors neither come nor go."""
    return _still(arm, 1 - arm.investors.is_policyholder)


def _without_surrender(arm: ArmTerms) -> ArmTerms:
    """Insurers whose policyholders stay."""
    return _still(arm, arm.investors.is_policyholder) if arm.investors.is_policyholder.any() else arm


def _without_solvency(arm: ArmTerms) -> ArmTerms:
    """Insurers whom no regulator asks for capital."""
    return arm._replace(solvency=arm.solvency._replace(target=np.full_like(arm.solvency.target, NO_TARGET)))


def _without_evaluation(arm: ArmTerms) -> ArmTerms:
    """Managers whom nobody judges."""
    evaluation = arm.evaluation
    return arm._replace(evaluation=evaluation._replace(is_on=np.zeros_like(evaluation.is_on),
                                                       cut=np.zeros_like(evaluation.cut)))


def _without_leverage(arm: ArmTerms) -> ArmTerms:
    """Debt that nobody asks back."""
    off = {name: np.zeros_like(getattr(arm.leverage, name)) for name in ("cap", "has_margin")}
    return arm._replace(leverage=arm.leverage._replace(**off))


def _without_impact(arm: ArmTerms) -> ArmTerms:
    """Prices that no sale moves."""
    off = np.zeros_like(arm.prices.kappa)
    return arm._replace(prices=arm.prices._replace(kappa=off, feedback=NO_FEEDBACK))


def _without_announcement(arm: ArmTerms) -> ArmTerms:
    """Facilities that nobody hears of before they pay."""
    off = np.zeros_like(arm.facilities.announcement_cut)
    return arm._replace(facilities=arm.facilities._replace(announcement_cut=off))


_WITHOUT: dict[str, Callable[[ArmTerms], ArmTerms]] = {
    "redemption": _without_redemption,
    "surrender": _without_surrender,
    "evaluation": _without_evaluation,
    "solvency": _without_solvency,
    "leverage": _without_leverage,
    "impact": _without_impact,
    "announcement": _without_announcement,
}
CHANNELS = tuple(_WITHOUT)
"""Names of all channels."""


def without(arm: ArmTerms, channels: Iterable[str]) -> ArmTerms:
    """`arm` with these channels switched off."""
    for channel in channels:
        arm = _WITHOUT[channel](arm)
    return arm


def switched(arm: ArmTerms, channels: Channels) -> ArmTerms:
    """`arm` with those channels alone that are on."""
    return without(arm, [name for name in CHANNELS if not getattr(channels, name)])
