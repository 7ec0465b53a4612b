"""The first screen of a run: one sentence, arms side by side, what it rests on, what to ask next; 24 lines of 80."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from backstop.answers.comparisons import FACILITY, REFORM
from backstop.answers.sizing.of_run import Enough
from backstop.answers.summary import Row
from backstop.config.study import NO_FACILITY, WITHOUT
from backstop.report.amounts import amount, beside, interval, percent, shown
from backstop.report.answer import answer
from backstop.report.wrapping import MOST_LINES, beside_word, whole, wrapped
from backstop.runs.request import RunRequest
from backstop.terms import PATHS_PER_MODEL

_GAP = 2
_SAID_BY_ITSELF = ("run.paths=", "run.seed=", "market.models=")
"""Overrides that the header says in words."""


class Told(NamedTuple):
    """What the screen is made of.

    Attributes
    ----------
    place
        The run's folder.
    config
        As it was named; empty where a finished run is shown.
    enough
        By arm with a pool.
    """

    name: str
    place: str
    config: str
    rows: Sequence[Row]
    request: RunRequest
    enough: Mapping[str, Enough]

    @property
    def arms(self) -> list[str]:
        """Those of the config; counterfactuals are what they are held against."""
        return [arm for arm in self.request.terms.names.arms[1:] if not arm.startswith(WITHOUT)]

    def row(self, arm: str, metric: str, statistic: str) -> Row | None:
        """A figure of pool, market or all funds, against the arm's counterfactual where it is compared."""
        return next((row for row in self.rows if (row.arm, row.fund, row.metric, row.statistic)
                     == (arm, None, metric, statistic) and row.comparison in (None, FACILITY, REFORM)), None)


class _Side(NamedTuple):
    """A line of the table of arms."""

    label: str
    metric: str
    statistic: str


_SIDES = (
    _Side("paths with a crisis (its key is on)", "activated", "prob"),
    _Side("runs dry, of all paths", "dry", "prob"),
    _Side("paid in a crisis, mean", "injected_if_active", "mean"),
    _Side("days from breach to cash, mean", "breach_to_cash", "mean"),
    _Side("activations without distress ahead", "false_activations", "ratio"),
    _Side("pool: cost a year, mean", "cost_a_year", "mean"),
    _Side("forced sales averted, share [1]", "window_sales_averted_share", "ratio"),
    _Side("forced sales averted, mean [1]", "window_sales_averted", "mean"),
    _Side("all funds', less what is put off [2]", "relief", "mean"),
    _Side("technology kept from sale, share", "technology_saved_window_end", "mean"),
)
_COUNTS = "[1] eligible funds', in windows of stress  [2] relief, over the whole run"
_MAY_GO = ("gains", "technology_saved_window_end", "window_sales_averted", "false_activations", "who")
"""What is left out, one after another, where the screen would be longer; --full has it."""


def first_screen(told: Told, width: int) -> list[str]:
    """Lines of `width` at most, `MOST_LINES` of them unless much was changed by hand."""
    for n in range(len(_MAY_GO) + 1):
        lines = _screen(told, width, _MAY_GO[:n])
        if len(lines) <= MOST_LINES:
            break
    return lines


def _screen(told: Told, width: int, without: Sequence[str]) -> list[str]:
    table = [*_table(told, width, without), *wrapped(_COUNTS, width)] if told.arms else []
    margin = [(word, text) for word, text in _margin(told) if word not in without]
    return [*wrapped(_sentence(told), width), *wrapped(_header(told), width), *table,
            *(line for word, text in margin for line in beside_word(word, text, width))]


def _sentence(told: Told) -> str:
    """What the first arm did, against what, how sure, in which scenario."""
    where = f"scenario {told.request.scenario}"
    if not told.arms:
        row = told.row(NO_FACILITY, "forced_sales", "mean")
        return f"Without a facility funds are forced to sell {_estimate(row)} a path: {where}." if row else ""
    arm = told.arms[0]
    without = told.request.terms.counterfactual_names()[arm]
    kind, against = ("the reform", "the funds as they are") if without == arm else ("", "the same funds without it")
    return f"{_did(told, arm, kind)}, against {against}; {where}."


def _did(told: Told, arm: str, kind: str) -> str:
    share, active = told.row(arm, "window_sales_averted_share", "ratio"), told.row(arm, "activated", "prob")
    of = "of eligible funds' forced sales in windows of stress"
    if share is None:
        share, of = told.row(arm, "sales_averted", "mean"), "of all funds' forced sales over the run, mean a path"
    name = f"{kind} {arm}".strip()
    if active is not None and active.estimate == 0.0:
        return f"{name} never acts on {active.n_paths:,} paths (so on {_bound(active)} of all)"
    if share is None:
        return f"{name} has nothing to avert"
    return f"{name} {_verb(share)} {_estimate(share)} {of}"


def _verb(row: Row) -> str:
    """As sure as the interval is."""
    if row.lower is None or row.upper is None:
        return "averts, as far as these paths can tell,"
    return "averts" if row.lower > 0.0 else "adds (below zero)" if row.upper < 0.0 else "may avert or add"


def _estimate(row: Row) -> str:
    ends = interval(row.lower, row.upper, row.unit)
    return whole(shown(row.estimate, row.unit)) + (f" {whole(f'(95 %: {ends})')}" if ends else "")


def _bound(row: Row) -> str:
    return whole(f"at most {percent(row.upper or 0.0)}")


def _header(told: Told) -> str:
    """What was run."""
    request = told.request
    index = request.terms.names.assets[0]
    models = f"{index} {request.models.get(index, '')}".strip()
    more = len(request.models) - 1
    days = f"; days 1 to {len(request.dates)} are {request.dates[0]} to {request.dates[-1]}" if request.dates else ""
    own = [setting for setting in request.overrides if not setting.startswith(_SAID_BY_ITSELF)]
    return (f"{told.name}: {models}{f' and {more} assets more' if more > 0 else ''}; {request.n_paths:,} paths of "
            f"{request.terms.n_days} days{days}; seed {request.seed}; amounts in {request.currency}"
            f"{'; set: ' if own else ''}{', '.join(map(whole, own))}")


def _table(told: Told, width: int, without: Sequence[str]) -> list[str]:
    """As many arms as fit, with intervals if all of them then fit."""
    sides = [side for side in _SIDES if side.metric not in without]
    wanted = [(len(told.arms), True), *((n, False) for n in range(len(told.arms), 1, -1))]
    for n, has_intervals in wanted:
        lines = _lines_of(told, sides, told.arms[:n], has_intervals)
        if max(map(len, lines)) <= width:
            return [*lines, *([f"and beside them {', '.join(told.arms[n:])}"[:width]] if n < len(told.arms) else ())]
    return _lines_of(told, sides, told.arms[:1], True)


def _lines_of(told: Told, sides: Sequence[_Side], arms: Sequence[str], has_intervals: bool) -> list[str]:
    head = "95 % intervals in brackets" if has_intervals else "--full has intervals"
    rows = [(head, list(arms)), *_cells(told, sides, arms, has_intervals)]
    widths = [max(len(cells[n]) for _, cells in rows) for n in range(len(arms))]
    label = max(len(text) for text, _ in rows)
    gap = " " * _GAP
    return [gap.join([text.ljust(label), *(cell.rjust(wide) for cell, wide in zip(cells, widths, strict=True))])
            for text, cells in rows]


def _cells(told: Told, sides: Sequence[_Side], arms: Sequence[str], has_intervals: bool
           ) -> Iterator[tuple[str, list[str]]]:
    """Labels with a cell an arm; lines that no arm has anything in, or all arms 0, are left out."""
    against = told.request.terms.counterfactual_names()
    if len(arms) > 1:
        yield "against", [NO_FACILITY if against[arm] == arm else against[arm] for arm in arms]
    pools = [told.enough.get(arm) for arm in arms]
    if any(pools):
        yield "pool that it has", [amount(pool.size) if pool else "-" for pool in pools]
        target = next(pool.target for pool in pools if pool)
        yield (f"pool to last in {percent(1.0 - target).replace('.0 %', ' %')} of crises",
               [_enough(pool, has_intervals) for pool in pools])
    for side in sides:
        found = [told.row(arm, side.metric, side.statistic) for arm in arms]
        if any(row is not None and (row.estimate or row.unit == "bool") for row in found):
            yield side.label, [_cell(row, has_intervals) for row in found]


def _cell(row: Row | None, has_intervals: bool) -> str:
    if row is None:
        return "-"
    if row.unit == "bool" and row.estimate == 0.0:
        return f"0 of {row.n_paths:,}" + (f" (< {percent(row.upper or 0.0)})" if has_intervals else "")
    return beside(row.estimate, row.lower, row.upper, row.unit) if has_intervals else shown(row.estimate, row.unit)


def _enough(pool: Enough | None, has_intervals: bool) -> str:
    """What keeps the pool from running dry in all but the target of crises."""
    if pool is None:
        return "-"
    if pool.hanging:
        return "see size"
    if pool.crisis.value == 0.0:
        return "no crisis"
    if pool.least is None:
        return "more than that"
    if not has_intervals:
        return amount(pool.least)
    if pool.upper is None:
        return f"{amount(pool.least)} ({amount(pool.lower or 0.0)} or more)"
    return beside(pool.least, pool.lower, pool.upper, "currency")


def _margin(told: Told) -> Iterator[tuple[str, str]]:
    """What stands beside a word of the left margin."""
    if told.arms:
        if said := "; ".join([*_takers(told, told.arms[0]), *_losers(told, told.arms[0])]):
            yield "who", said
        if said := _gainers(told, told.arms[0]):
            yield "gains", said
        if said := _turned(told, told.arms[0]):
            yield "but", said
    yield "trust", "; ".join(_trust(told))
    yield "next", " · ".join(map(whole, _next(told)))


def _takers(told: Told, arm: str) -> Iterator[str]:
    """Funds by their share of all cash, the largest first."""
    terms = told.request.terms
    counts = dict(zip(terms.names.funds, terms.arms[0].funds.count.tolist(), strict=True))
    paid = {row.fund: row.estimate * counts[row.fund] for row in told.rows
            if row.fund is not None and (row.arm, row.metric, row.statistic) == (arm, "injected", "mean")}
    total = sum(paid.values())
    largest = sorted((fund for fund in paid if paid[fund] > 0.0), key=lambda fund: -paid[fund])
    if total > 0.0:
        names = ", ".join(f"{fund} {percent(paid[fund] / total)}" for fund in largest[:3])
        yield f"of the cash {names}" + (f", {len(largest) - 3} more" if len(largest) > 3 else "")


def _losers(told: Told, arm: str) -> Iterator[str]:
    """How often the pool loses, and which layers bear it."""
    row = told.row(arm, "has_loss", "prob")
    if row is None:
        return
    if row.estimate == 0.0:
        yield f"no loss on {row.n_paths:,} paths ({_bound(row)} have one)"
        return
    layers = [(name, told.row(arm, f"loss_{name}", "mean")) for name in (*told.request.terms.names.layers, "taxpayer")]
    borne = ", ".join(f"{name} {amount(layer.estimate)}" for name, layer in layers if layer and layer.estimate > 0.0)
    yield (f"the pool loses on {whole(beside(row.estimate, row.lower, row.upper, row.unit))} of paths, "
           f"{'mean a path ' + borne if borne else 'made good by its income'}")


def _gainers(told: Told, arm: str) -> str:
    """Who is better off at the horizon, mean a path."""
    sides = {"investors": "investors_gain", "lenders": "lenders_gain", "banks": "banks_gain", "the pool": "pool_gain",
             "who trades with them": "market_gain"}
    rows = [(who, told.row(arm, metric, "mean")) for who, metric in sides.items()]
    said = [f"{who} {whole(beside(row.estimate, row.lower, row.upper, row.unit))}" for who, row in rows
            if row is not None and row.estimate != 0.0]
    return f"{', '.join(said)}, mean a path" if said else ""


def _turned(told: Told, arm: str) -> str:
    """Where what is averted in windows comes back by the horizon."""
    early, late = told.row(arm, "window_sales_averted", "mean"), told.row(arm, "relief", "mean")
    if early is None or late is None or not early.estimate * late.estimate < 0.0:
        return ""
    return (f"the sign turns: {amount(early.estimate)} averted in windows, {amount(late.estimate)} relief by day "
            f"{told.request.terms.n_days}, since loans are repaid out of sales")


def _trust(told: Told) -> Iterator[str]:
    """What the figures rest on: paths, then models."""
    lines = [line for arm in told.arms or [NO_FACILITY]
             for line in answer(told.rows, arm, told.request.terms.names.layers, told.request.n_paths)]
    thin = sum(bool(line.note) for line in lines)
    yield (f"{thin} of {len(lines)} figures rest on few paths or a heavy tail (* in --full)" if thin
           else "every figure rests on many paths")
    models = told.request.terms.mixture.models
    if not models:
        yield "one market model: what hangs on it, --models egarch,garch,gjr says"
        return
    signs = [line.label for line in lines if line.hangs_on_model == "sign"]
    hanging = sum(bool(line.hangs_on_model) for line in lines)
    said = f"{hanging} of them hang on the market model ({len(models)} in turns of {PATHS_PER_MODEL} paths)"
    yield f"{said}, the sign too of {', '.join(signs)}" if signs else said


def _next(told: Told) -> Iterator[str]:
    yield f"backstop show {told.place} --full"
    if told.enough:
        yield f"backstop size {told.place}"
    if told.config and told.enough:
        yield f"backstop history {told.config}"
    if len(told.arms) > 1:
        yield f"backstop compare {told.place}"
