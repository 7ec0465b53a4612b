"""Files that list funds: a row each, with what no two funds share. The config judges their values as its own.

Columns: ``name``, ``nav``, ``holding_<asset>`` (share of NAV; an empty cell is none), and if there is something to say
``count``, ``long_term``, ``sponsor`` and ``risk_weight``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from backstop.config.base import Problem
from backstop.config.funds.section import Standing
from backstop.config.funds.units import factor_of, named_unit, without_unit
from backstop.errors import DataError
from backstop.tables.faults import Faults, listed
from backstop.tables.numbers import read_numbers
from backstop.tables.table import Table, read_table

HOLDING = "holding_"
_WORDS = ("name", "sponsor")
_COLUMNS = ("name", "nav", "count", "long_term", "sponsor", "risk_weight")
_SWITCHES = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "是": True, "否": False}
_TOTALS = {"total", "sum", "合计", "总计", "小计", "total:", "合计:"}
_SAME = 1e-6
"""How far a total may be from the sum of what is above it, by rounding."""


class FundTable(NamedTuple):
    """The rows of a file as tables of the config, and what people call each row."""

    file: str
    rows: list[dict[str, Any]]
    places: list[str]
    """``line 3`` of a CSV, ``row 2`` of a workbook or parquet file."""
    notes: tuple[str, ...]
    """What was left out, or read in a way worth knowing."""


def read_fund_table(path: Path, entry: Mapping[str, Any]) -> FundTable:
    """Rows of a CSV, workbook or parquet file, as its entry in the config says.

    Raises
    ------
    DataError
        No such file, no table, columns that mean nothing, cells in a unit that is not certain: all faults, a line each.
    """
    table = read_table(path, lambda name: without_unit(name) in _COLUMNS or name.startswith(HOLDING))
    faults = Faults(table.file)
    names = [without_unit(name) for name in table.names]
    _check_header(faults, table, names)
    faults.raise_any()
    factor = _nav_factor(faults, table, names, entry)
    columns = {name: _values(faults, table, j, name) for j, name in enumerate(names)}
    faults.raise_any()
    last, note = _without_total(faults, table, columns)
    rows = [{name: values[i] for name, values in columns.items() if values[i] is not None} for i in range(last)]
    in_percent = entry.get("holdings_in") == "percent"
    _check_percent(faults, table, rows, in_percent or "leverage" in entry)
    faults.raise_any()
    notes = tuple(f"{table.file}: {line}" for line in (*table.notes, *note))
    return FundTable(table.file, [_row(row, factor, in_percent) for row in rows],
                     [table.where(i) for i in range(last)], notes)


def column_of(place: Sequence[str | int]) -> str:
    """The column that a place within a row stands in."""
    key = str(place[0]) if place else "name"
    return f"{HOLDING}{place[1]}" if key == "holdings" and len(place) > 1 else key


def with_rows(tree: dict[str, Any], folder: Path) -> tuple[dict[str, Any], dict[int, FundTable], list[Problem]]:
    """A TOML tree with the rows of its fund files in it, the tables by position, and what cannot be read."""
    entries = tree.get("funds")
    if not isinstance(entries, list):
        return tree, {}, []
    tables: dict[int, FundTable] = {}
    problems: list[Problem] = []
    for position, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("file"), str):
            continue
        problems += [Problem(("funds", position, key), "is what the file says; change the file instead")
                     for key in ("rows", "notes") if key in entry]
        try:
            tables[position] = read_fund_table(folder / entry["file"], entry)
        except DataError as error:
            problems += [Problem(("funds", position, "file"), line) for line in str(error).split("\n")]
    filled = [{**e, "rows": tables[i].rows, "notes": tables[i].notes} if i in tables else e
              for i, e in enumerate(entries)]
    return {**tree, "funds": filled}, tables, problems


def _check_header(faults: Faults, table: Table, names: Sequence[str]) -> None:
    unknown = [shown or f"(column {j + 1}, without a name)" for j, (shown, name) in enumerate(zip(table.names, names,
               strict=True)) if name not in _COLUMNS and not name.startswith(HOLDING)]
    if unknown:
        faults.add(f"columns that mean nothing: {listed(unknown, 40)}; delete or rename them: write "
                   f"{', '.join(_COLUMNS)} or {HOLDING}<asset>")
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        faults.add(f"{', '.join(twice)} stands there twice; write it once")
    missing = [name for name in ("name", "nav") if name not in names]
    if missing and not unknown:
        faults.add(f"has no column {' and no column '.join(missing)}; add it")


def _nav_factor(faults: Faults, table: Table, names: Sequence[str], entry: Mapping[str, Any]) -> float:
    """What amounts of the file are multiplied with, as the entry or the head of the column says."""
    column = table.names[names.index("nav")]
    head = named_unit(column)
    written = entry.get("unit")
    given = factor_of(written) if isinstance(written, str) else None
    in_head = None if head is None else factor_of(head)
    if head is not None and in_head is None:
        faults.add(f"column {column}: {head!r} is no unit; write nav, and unit in the entry")
    if given is not None and in_head is not None and given != in_head:
        faults.add(f"column {column} is in {head}, the entry says unit = {written!r}; write one of them")
    return given or in_head or 1.0


def _values(faults: Faults, table: Table, position: int, name: str) -> list[Any]:
    """Cells as TOML would have them, None where empty; what has no such form stays text, for the config to refuse."""
    column = table.columns[position]
    if name in _WORDS:
        return [cell and cell.strip() for cell in column.cast(pl.String, strict=False).to_list()]
    if name == "long_term":
        return [_SWITCHES.get(str(cell).lower(), cell) if cell is not None else None for cell in column.to_list()]
    read = read_numbers(column, table.columns)
    if read.problem is not None:
        faults.add(f"column {name}: {read.problem}")
    scale = 100.0 if read.is_percent else 1.0
    if read.is_percent and not name.startswith(HOLDING):
        faults.add(f"column {name} is in per cent; write plain numbers")
    pairs = zip(column.to_list(), read.values.to_list(), strict=True)
    return [cell if value is None else _number(value / scale, name) for cell, value in pairs]


def _number(value: float, name: str) -> float | int:
    if name == "count":
        return int(value) if value.is_integer() else value
    return round(value, 12) if name.startswith(HOLDING) else value


def _without_total(faults: Faults, table: Table, columns: Mapping[str, list[Any]]) -> tuple[int, list[str]]:
    """How many rows are funds, where the last adds them up, and what is said of that."""
    names, navs = columns["name"], columns["nav"]
    if not names or str(names[-1] or "").strip().lower() not in _TOTALS:
        return len(names), []
    last = len(names) - 1
    plain = [nav if isinstance(nav, int | float) else 0.0 for nav in navs]
    one = Standing.model_fields["count"].default
    counts = [count if isinstance(count, int | float) else one for count in columns.get("count", [None] * len(names))]
    sums = (sum(plain[:last]), sum(n * nav for n, nav in zip(counts[:last], plain[:last], strict=True)))
    if any(abs(plain[last] - total) <= _SAME * abs(total) for total in sums):
        return last, [f"{table.where(last)}: {names[last]} adds up the rows above it, and is left out"]
    faults.add(f"{table.where(last)}: {names[last]} is not the sum of nav above it ({sums[0]:,.2f}); if it is no fund, "
               "leave the row out, else give it another name")
    return last, []


def _check_percent(faults: Faults, table: Table, rows: Sequence[Mapping[str, Any]], is_said: bool) -> None:
    """Point at the unit of holdings that add up to a hundred rather than to one."""
    sums = [sum(v for k, v in row.items() if k.startswith(HOLDING) and isinstance(v, int | float)) for row in rows]
    if not is_said and sums and min(sums) > 2.0 and max(sums) < 101.0:
        faults.add(f"{table.where(0)}: holdings add up to {sums[0]:g}: in per cent? write "
                   "holdings_in = \"percent\" in the entry, or shares of one in the file")


def _row(cells: Mapping[str, Any], factor: float, in_percent: bool) -> dict[str, Any]:
    """A fund's own table; holdings of nothing are left out."""
    own = {name: cell for name, cell in cells.items() if not name.startswith(HOLDING)}
    if isinstance(own.get("nav"), int | float):
        own["nav"] = round(own["nav"] * factor, 6)
    holdings = {name.removeprefix(HOLDING): cell for name, cell in cells.items() if name.startswith(HOLDING)}
    if in_percent:
        holdings = {asset: round(share / 100.0, 12) if isinstance(share, int | float) else share
                    for asset, share in holdings.items()}
    return own | {"holdings": {asset: share for asset, share in holdings.items() if share != 0.0}}
