"""What the first arm did, against what, how sure, in which scenario; and what was run."""

from backstop.answers.summary import Row
from backstop.config.study import NO_FACILITY
from backstop.report.language.numbers import plain_text, range_text
from backstop.report.screen.told import Told
from backstop.report.wrapping import whole

_SAID_BY_ITSELF = ("run.paths=", "run.seed=", "market.models=")
"""Overrides that the header says in words."""


def sentence(told: Told) -> str:
    """What the first arm did, in one sentence."""
    where = told.say("where", scenario=told.request.scenario)
    if not told.arms:
        row = told.row(NO_FACILITY, "forced_sales", "mean")
        return told.say("alone", estimate=_estimate(told, row), where=where) if row else ""
    arm = told.arms[0]
    is_reform = told.request.terms.counterfactual_names()[arm] == arm
    name = told.say("reform", arm=arm) if is_reform else arm
    against = told.say("as_they_are" if is_reform else "without_it")
    return told.say("sentence", did=_did(told, arm, name), against=against, where=where)


def _did(told: Told, arm: str, name: str) -> str:
    share, active = told.row(arm, "window_sales_averted_share", "ratio"), told.row(arm, "activated", "prob")
    of = "of_eligible"
    if share is None:
        share, of = told.row(arm, "sales_averted", "mean"), "of_all"
    if active is not None and active.estimate == 0.0:
        return told.say("never", name=name, paths=f"{active.n_paths:,}", bound=told.bound(active))
    if share is None:
        return told.say("nothing", name=name)
    return told.say("did", name=name, verb=told.say(_verb(share)), estimate=_estimate(told, share), of=told.say(of))


def _verb(row: Row) -> str:
    """As sure as the interval is."""
    if row.lower is None or row.upper is None:
        return "unsure"
    return "averts" if row.lower > 0.0 else "adds" if row.upper < 0.0 else "may"


def _estimate(told: Told, row: Row) -> str:
    ends = range_text(row.lower, row.upper, row.unit, told.texts)
    value = plain_text(row.estimate, row.unit, told.texts)
    if not ends:
        return whole(value)
    # the interval may stand on the next line, not be broken by it
    return told.say("estimate", value=whole(value), ends=whole(ends)).replace("%: ", whole("%: "))


def header(told: Told) -> str:
    """What was run."""
    request = told.request
    index = request.terms.names.assets[0]
    more, dates = len(request.models) - 1, request.dates
    own = [whole(setting) for setting in request.overrides if not setting.startswith(_SAID_BY_ITSELF)]
    return told.say(
        "header", name=told.name, models=f"{index} {request.models.get(index, '')}".strip(),
        more=told.say("more_assets", n=more) if more > 0 else "", paths=f"{request.n_paths:,}",
        days=request.terms.n_days, seed=request.seed, currency=request.currency,
        dates=told.say("dates", n=len(dates), first=dates[0], last=dates[-1]) if dates else "",
        set=told.say("set", settings=", ".join(own)) if own else "")
