"""What stands beside a word of the left margin: who, gains, but, trust, next."""

from collections.abc import Iterator

from backstop.config.study import NO_FACILITY
from backstop.report.amounts import percent
from backstop.report.answer import answer, turning
from backstop.report.language.numbers import amount_text
from backstop.report.screen.told import Told
from backstop.report.wrapping import whole
from backstop.terms import PATHS_PER_MODEL

_GAINERS = {"investors": "investors_gain", "lenders": "lenders_gain", "banks": "banks_gain", "the_pool": "pool_gain",
            "market": "market_gain"}
_MOST_FUNDS = 3


def margin(told: Told) -> Iterator[tuple[str, str]]:
    """The key of a word, and what stands beside it."""
    if told.arms:
        arm = told.arms[0]
        if said := told.say("semicolon").join([*_takers(told, arm), *_losers(told, arm)]):
            yield "who", said
        if said := _gainers(told, arm):
            yield "gains", said
        if said := told.say("semicolon").join([*_less_bought(told, arm), *_turned(told, arm)]):
            yield "but", said
    yield "trust", told.say("semicolon").join(_trust(told))
    yield "next", " · ".join(map(whole, _next(told)))


def _takers(told: Told, arm: str) -> Iterator[str]:
    """Funds by their share of all cash, the largest first."""
    names = told.request.terms.names
    counts = dict(zip(names.funds, told.request.terms.arms[names.arms.index(arm)].funds.count.tolist(), strict=True))
    paid = {row.fund: row.estimate * counts[row.fund] for row in told.rows
            if row.fund is not None and (row.arm, row.metric, row.statistic) == (arm, "injected", "mean")}
    total = sum(paid.values())
    largest = sorted((fund for fund in paid if paid[fund] > 0.0), key=lambda fund: -paid[fund])
    if total > 0.0:
        shown = told.say("comma").join(f"{fund} {percent(paid[fund] / total)}" for fund in largest[:_MOST_FUNDS])
        more = len(largest) - _MOST_FUNDS
        yield told.say("takers", funds=shown) + (told.say("and_more", n=more) if more > 0 else "")


def _losers(told: Told, arm: str) -> Iterator[str]:
    """How often the pool loses, and which layers bear it."""
    row = told.row(arm, "has_loss", "prob")
    if row is None:
        return
    if row.estimate == 0.0:
        yield told.say("no_loss", paths=f"{row.n_paths:,}", bound=told.bound(row))
        return
    borne = told.say("comma").join(_layers(told, arm))
    yield told.say("loses", chance=told.beside(row),
                   borne=told.say("borne", layers=borne) if borne else told.say("made_good"))


def _layers(told: Told, arm: str) -> Iterator[str]:
    """Each layer that bears a loss on some path."""
    named = {name: name for name in told.request.terms.names.layers} | {"taxpayer": told.say("taxpayer")}
    for name, label in named.items():
        layer = told.row(arm, f"loss_{name}", "mean")
        if layer is not None and layer.estimate > 0.0:
            yield f"{label} {amount_text(layer.estimate, told.texts)}"


def _gainers(told: Told, arm: str) -> str:
    """Who is better off at the horizon, mean a path."""
    rows = [(told.say(who), told.row(arm, metric, "mean")) for who, metric in _GAINERS.items()]
    said = [f"{who} {told.beside(row)}" for who, row in rows if row is not None and row.estimate != 0.0]
    return told.say("gainers", sides=told.say("comma").join(said)) if said else ""


def _less_bought(told: Told, arm: str) -> Iterator[str]:
    """What funds surely buy less than without the facility: sales averted are then not holdings kept."""
    forgone = told.row(arm, "purchases_forgone", "mean")
    if forgone is not None and forgone.lower is not None and forgone.lower > 0.0:
        yield told.say("less_bought", amount=told.beside(forgone))


def _turned(told: Told, arm: str) -> Iterator[str]:
    """Where what is averted in windows comes back by the horizon."""
    if (turned := turning(told.rows, arm)) is not None:
        early, late = (amount_text(row.estimate, told.texts) for row in turned)
        yield told.say("turned", early=early, late=late, days=told.request.terms.n_days)


def _trust(told: Told) -> Iterator[str]:
    """What the figures rest on: paths, then models."""
    lines = [line for arm in told.arms or [NO_FACILITY]
             for line in answer(told.rows, arm, told.request.terms.names.layers, told.request.n_paths)]
    thin = sum(bool(line.note) for line in lines)
    yield told.say("thin", n=thin, all=len(lines)) if thin else told.say("thick")
    models = told.request.terms.mixture.models
    if not models:
        yield told.say("one_model")
        return
    signs = [line.label for line in lines if line.hangs_on_model == "sign"]
    hanging = sum(bool(line.hangs_on_model) for line in lines)
    yield told.say("hanging_sign" if signs else "hanging", n=hanging, models=len(models), paths=PATHS_PER_MODEL,
                   **({"signs": told.say("comma").join(signs)} if signs else {}))


def _next(told: Told) -> Iterator[str]:
    yield f"backstop show {told.place} --full"
    if told.enough:
        yield f"backstop size {told.place}"
    if told.config and told.enough:
        yield f"backstop history {told.config}"
    if len(told.arms) > 1:
        yield f"backstop compare {told.place}"
