"""What ``backstop history`` prints: episodes with their dates and money, then what they say of the key."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.history.answer import OWN, History
from backstop.answers.history.basis import Basis
from backstop.answers.history.burn import Burn
from backstop.answers.history.holdouts import KeyDays
from backstop.answers.history.near_misses import NearMiss
from backstop.answers.history.rows import EpisodeRow, When
from backstop.answers.history.strip import StripRow
from backstop.report.amounts import amount, interval, percent, shown
from backstop.report.terminal import console

_AS_IF = ("Funds open at the peak before an episode as they are today, in each anew; prices take their real path, "
          "other assets are drawn given it. ~ is the middle of days that differ from path to path. In brackets is the "
          "share of eligible funds' forced sales. Prices contain what authorities did then. Thresholds that were set "
          "with these episodes in mind are judged on them: see the markets held out.")
_TEXTS = ("design", "episode", "condition", "market", "on", "turns it at", "periods")
_LONG = ("turns it at", "periods", "condition")


def print_history(found: History) -> None:
    """All tables; one line a design where there are several."""
    out, many = console(), len({(row.design, row.arm) for row in found.rows}) > 1
    out.print(Text(f"{found.prices}, {found.first} to {found.last}, amounts in {found.currency}"), style="bold")
    for part in (_episodes(found.rows), _dates(found.rows, many), _money(found.rows, many), _burn(found),
                 _basis(found), _near(found.near_misses, many), _strip(found), _days(found.key_days, many)):
        if part.row_count:
            out.print(part)
    for line in _said(found.rows):
        out.print(Text(line), soft_wrap=True)
    out.print(Text(_AS_IF), style="dim")
    for line in (*found.notes, *dict.fromkeys(f"{row.episode}, {note}" for row in found.rows for note in row.notes)):
        out.print(Text(line), style="dim", soft_wrap=True)


def _table(title: str, heads: Sequence[str], many: bool) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False,
                  pad_edge=False, padding=(0, 1, 0, 0))
    for head in (*(("design",) if many else ()), *heads):
        table.add_column(head, justify="left" if head in _TEXTS else "right", no_wrap=head not in _LONG,
                         min_width=len("2015-06") if head == "episode" else None)
    return table


def _name(row: EpisodeRow | NearMiss | KeyDays | Burn | Basis | StripRow, many: bool) -> tuple[str, ...]:
    if not many:
        return ()
    return (row.arm if row.design in (OWN, row.arm) else f"{row.design} {row.arm}",)


def _episodes(rows: Sequence[EpisodeRow]) -> Table:
    """What was the same for all designs, once; of windows that differ, the first."""
    heads = ("episode", "peak", "begins", "trough", "window ends", "replayed to", "index", "eligible funds")
    table = _table("Episodes", heads, False)
    for episode in dict.fromkeys(row.episode for row in rows):
        row = next(row for row in rows if row.episode == episode)
        days = [str(day) for day in (row.peak, row.begins, row.trough, row.last, row.end)]
        table.add_row(episode, *days, percent(-row.index_loss), _share(row.value("fund_loss"), -1.0))
    return table


def _dates(rows: Sequence[EpisodeRow], many: bool) -> Table:
    heads = ("episode", "on", "breach", "decision", "cash", "exit", "days to\ntrough", "still to\nfall")
    table = _table("When it would have acted", heads, many)
    for row in _acting(rows, many):
        days = [_day(when) for when in (row.breach, row.decision, row.cash, row.exit)]
        table.add_row(*_name(row, many), row.episode, _on(row), *days, _text(row.days_to_trough),
                      _share(row.still_to_fall))
    return table


def _money(rows: Sequence[EpisodeRow], many: bool) -> Table:
    heads = ("paid", "peak use", "repaid", "rolled", "lost", "out at\nend", "averted", "postponed")
    # beside names of designs there is no room for what tables have too
    table = _table("What it would have paid", ("episode", *(() if many else ("eligible",)), *heads), many)
    for row in _acting(rows, many):
        value = row.value
        amounts = [_amount(value(name)) for name in ("paid", "pool_peak_use", "repaid", "rolled_over", "lost",
                                                     "outstanding_end")]
        eligible = () if many else (amount(row.eligible_nav),)
        table.add_row(*_name(row, many), row.episode, *eligible, *amounts, _averted(row),
                      _amount(value("sales_postponed")))
    return table


def _acting(rows: Sequence[EpisodeRow], many: bool) -> list[EpisodeRow]:
    """All rows of one design; of several, those in which something happened."""
    return [row for row in rows if not many or row.value("fired")]


def _burn(found: History) -> Table:
    many = len(found.burn) > 1
    heads = ("episodes", "fired", "fired a year", "model", "paid", "model", "cost", "model")
    table = _table("Burn, a year", heads, many)
    for row in found.burn:
        expected = row.expected
        cells = (f"{row.fired_a_year.value:.2f} [{row.fired_a_year.lower:.2f}, {row.fired_a_year.upper:.2f}]",
                 f"{expected.activations.value:.2f}")
        money = (amount(row.paid), f"{amount(expected.paid.value)} [{_range(expected.paid)}]", amount(row.cost),
                 amount(expected.cost.value))
        table.add_row(*_name(row, many), str(row.n_episodes), str(row.n_fired), *cells, *money)
    return table


def _basis(found: History) -> Table:
    whole = [row for row in found.basis if not row.left_out]
    table = _table("Basis, by episode", ("fired,\nneeded", "needed\nalone", "fired\nalone", "neither", "hit rate",
                                         "leaving one out"), len(whole) > 1)
    for row in whole:
        rates = [other.hit_rate for other in found.basis if other.left_out and other.hit_rate is not None
                 and (other.design, other.arm) == (row.design, row.arm)]
        spread = f"{percent(min(rates))} to {percent(max(rates))}" if rates else "-"
        table.add_row(*_name(row, len(whole) > 1), str(row.hits), str(row.misses), str(row.false),
                      str(row.quiet), _share(row.hit_rate), spread)
    return table


def _near(misses: Sequence[NearMiss], many: bool) -> Table:
    heads = ("episode", "condition", "shipped", "fires at", "change")
    table = _table("Near misses: the least change of terms that would have fired", heads, many)
    for miss in misses:
        least = next((change for change in miss.changes if change.term == miss.least), None)
        if least is None:
            table.add_row(*_name(miss, many), miss.episode, "none alone", "-", "-", "-")
        else:
            is_all = least.as_shipped is None
            table.add_row(*_name(miss, many), miss.episode, least.term, "-" if is_all else f"{least.as_shipped:g}",
                          "-" if is_all else f"{least.would_fire_at:.4g}", _share(least.size))
    return table


def _strip(found: History) -> Table:
    many = len({(row.design, row.arm, row.facility) for row in found.strip}) > 1
    heads = ("condition", "turns it at")
    table = _table("Strip: the strictest threshold at which an episode fires, all else as it is", heads, many)
    for key in dict.fromkeys((row.design, row.arm, row.facility, row.condition) for row in found.strip):
        own = [row for row in found.strip if (row.design, row.arm, row.facility, row.condition) == key]
        fires = ", ".join(f"{row.episode} {row.fires_at:.3g}" for row in own if row.fires_at is not None)
        never = ", ".join(row.episode for row in own if row.fires_at is None and not row.fires)
        table.add_row(*_name(own[0], many), key[3], fires + (f"; at none {never}" if never else ""))
    return table


def _days(rows: Sequence[KeyDays], many: bool) -> Table:
    heads = ("market", "from", "days", "entry holds", "in a row", "episodes", "fired", "periods")
    table = _table("The key by signals alone, here and in markets held out", heads, many)
    for row in rows:
        spells = [f"{spell.decision} to {spell.exit or 'the end'}" for spell in row.spells]
        few = spells if len(spells) <= 4 else [*spells[:2], f"{len(spells) - 2} more"]
        table.add_row(*_name(row, many), row.prices.removeprefix("builtin:"), str(row.first), f"{row.n_days:,}",
                      f"{row.entry_days} ({percent(row.entry_share)})", str(row.met_days), str(row.n_episodes),
                      str(row.n_fired), "\n".join(few) or "never")
    return table


def _said(rows: Sequence[EpisodeRow]) -> Iterable[str]:
    """What authorities did, once an episode."""
    for episode in dict.fromkeys(row.episode for row in rows):
        acts = next(row.authorities for row in rows if row.episode == episode)
        for act in acts:
            yield f"{episode}: {act.date}, {act.by}, {act.did} [{act.confidence}: {act.source}]"


def _day(when: When | None) -> str:
    if when is None:
        return "-"
    return str(when.date) if when.earliest == when.latest else f"{when.date}~"


def _on(row: EpisodeRow) -> str:
    fired = row.value("fired") or 0.0
    return "no" if fired == 0.0 else "yes" if fired == 1.0 else percent(fired)


def _averted(row: EpisodeRow) -> str:
    averted, whole = row.value("sales_averted"), row.value("sales_without")
    if averted is None or not whole:
        return "-"
    return f"{amount(averted)} ({percent(averted / whole)})"


def _range(estimate: Estimate) -> str:
    return interval(estimate.lower, estimate.upper, "currency")


def _amount(value: float | None) -> str:
    return "-" if value is None else shown(value, "currency")


def _share(value: float | None, sign: float = 1.0) -> str:
    return "-" if value is None else percent(sign * value)


def _text(value: int | None) -> str:
    return "-" if value is None else str(value)
