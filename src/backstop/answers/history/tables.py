"""A history as tables, for parquet, and as a tree, for JSON: dates are dates, amounts are in currency."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.history.answer import History
from backstop.answers.history.figures import FIGURES
from backstop.answers.history.rows import KEY_DAYS, EpisodeRow, When
from backstop.answers.written import as_text, plain, write_answer

if TYPE_CHECKING:
    import pyarrow as pa

_KEYS = ("design", "arm", "episode")
_DATES = ("peak", "begins", "trough", "last", "end")


def tables_of(found: History) -> dict[str, "pa.Table"]:
    """By name of the file, without its ending."""
    import pyarrow as pa

    rows = {
        "episodes": [_flat(row) for row in found.rows],
        "figures": [figure for row in found.rows for figure in _figures(row)],
        "money_by_fund": [figure for row in found.rows for figure in _parts(row, "fund", row.money_by_fund)],
        "losses_by_layer": [figure for row in found.rows for figure in _parts(row, "layer", row.layers)],
        "authorities": [_key(row) | act._asdict() for row in found.rows for act in row.authorities],
        "key_days": [{name: value for name, value in row._asdict().items() if name != "spells"}
                     for row in found.key_days],
        "spells": [_key_of_market(row) | spell._asdict() for row in found.key_days for spell in row.spells],
        "burn": [_spread(row._asdict()) for row in found.burn],
        "basis": [row._asdict() | {"hit_rate": row.hit_rate} for row in found.basis],
        "near_misses": [_key_of_miss(row) | change._asdict() | {"is_least": change.term == row.least}
                        for row in found.near_misses for change in row.changes],
        "strip": [row._asdict() for row in found.strip],
    }
    made = {name: pa.Table.from_pylist([plain(row) for row in lines]) for name, lines in rows.items() if lines}
    days = list(_days(found))
    return made | ({"signals": pa.concat_tables(days)} if days else {})


def write_history(found: History, folder: Path) -> None:
    """A parquet file a table, and ``history.json``; `EnvironmentFailure` where it cannot."""
    write_answer(folder, "history", tree_of(found), tables_of(found))


def tree_of(found: History) -> dict[str, Any]:
    """For JSON; the days of signals are in the tables alone."""
    tree: dict[str, Any] = as_text(plain({name: value for name, value in vars(found).items() if name != "signals"}))
    for row, shown in zip(found.rows, tree["rows"], strict=True):
        shown["still_to_fall"] = row.still_to_fall
    return tree


def _key(row: EpisodeRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _KEYS}


def _key_of_market(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("design", "arm", "facility", "prices")}


def _key_of_miss(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_KEYS, "facility", "days_in_a_row")}


def _flat(row: EpisodeRow) -> dict[str, Any]:
    """One line an episode: dates, falls, and the mean of every figure."""
    flat = _key(row) | {name: getattr(row, name) for name in (*_DATES, "is_cut", "index_loss")}
    for name in KEY_DAYS:
        when: When | None = getattr(row, name)
        parts = when._asdict() if when else dict.fromkeys(When._fields)
        flat |= {name if part == "date" else f"{name}_{part}": value for part, value in parts.items()}
    flat |= {"days_to_trough": row.days_to_trough, "still_to_fall": row.still_to_fall,
             "eligible_nav": row.eligible_nav, "pool_size": row.pool_size}
    return flat | {figure.name: row.value(figure.name) for figure in FIGURES} | {"notes": "; ".join(row.notes)}


def _figures(row: EpisodeRow) -> Iterator[dict[str, Any]]:
    units = {figure.name: (figure.unit, figure.meaning) for figure in FIGURES}
    for name, estimate in row.figures.items():
        unit, meaning = units[name]
        yield _key(row) | {"figure": name, "unit": unit, "meaning": meaning, "estimate": estimate.value,
                           "lower": estimate.lower, "upper": estimate.upper, "note": estimate.note}


def _parts(row: EpisodeRow, name: str, parts: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    for item, value in parts.items():
        yield _key(row) | {name: item, "amount": value}


def _spread(row: dict[str, Any]) -> dict[str, Any]:
    """Estimates as three columns."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name == "expected":
            flat |= {f"expected_{key}": item for key, item in _spread(value._asdict()).items()}
        elif isinstance(value, Estimate):
            flat |= {name: value.value, f"{name}_lower": value.lower, f"{name}_upper": value.upper}
        else:
            flat[name] = value
    return flat


def _days(found: History) -> Iterator["pa.Table"]:
    """Each key on every day."""
    import pyarrow as pa

    for design, key in found.signals:
        values = {reading.name: reading.values for reading in key.readings}
        values |= {"entry holds": key.holds.astype(np.float64), "phase": key.phase.astype(np.float64)}
        for name, column in values.items():
            n = len(key.dates)
            labels = {"design": design, "arm": key.arm, "facility": key.facility, "signal": name}
            table = {label: pa.array([text]).take(pa.array(np.zeros(n, dtype=np.int32)))
                     for label, text in labels.items()}
            yield pa.table(table | {"date": pa.array(key.dates), "value": pa.array(column, from_pandas=True)})
