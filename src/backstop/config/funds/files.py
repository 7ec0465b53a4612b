"""Files that list funds: a row each, with what no two funds share. The config judges their values as its own.

Columns: ``name``, ``count``, ``nav``, ``holding_<asset>`` (share of NAV; an empty cell is none), and if there is
something to say ``long_term``, ``sponsor`` and ``risk_weight``.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backstop.config.base import Problem

HOLDING = "holding_"
_COLUMNS = ("name", "count", "nav", "long_term", "sponsor", "risk_weight")
_LARGEST_FILE = 64 * 2**20
_SWITCHES = {"true": True, "false": False}


class FundFileError(ValueError):
    """A file that cannot be read; the message is what is wrong and what to write instead."""


class FundTable(NamedTuple):
    """The rows of a file as tables of the config, and what people call each row."""

    file: str
    rows: list[dict[str, Any]]
    places: list[str]
    """``line 3`` of a CSV, ``row 2`` of a parquet file."""


def read_fund_table(path: Path, file: str) -> FundTable:
    """Rows of a CSV or parquet file; `file` is what messages call it.

    Raises
    ------
    FundFileError
        No such file, no table, or columns that mean nothing.
    """
    content = _content(path)
    header, cells, places = _parquet(content) if path.suffix.lower() in (".parquet", ".pq") else _csv(content)
    _check_header(header)
    return FundTable(file, [_row(header, row) for row in cells], places)


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
        if "rows" in entry:
            problems.append(Problem(("funds", position, "rows"), "is what the file says; change the file instead"))
        try:
            tables[position] = read_fund_table(folder / entry["file"], Path(entry["file"]).name)
        except FundFileError as error:
            problems.append(Problem(("funds", position, "file"), str(error)))
    filled = [{**e, "rows": tables[i].rows} if i in tables else e for i, e in enumerate(entries)]
    return {**tree, "funds": filled}, tables, problems


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise FundFileError(f"there is no {path}; write a path that starts from the config's folder") from None
    except (OSError, ValueError) as error:
        raise FundFileError(f"{path} cannot be read ({error}); name a CSV or parquet file") from None
    if len(content) > _LARGEST_FILE:
        raise FundFileError(f"{path} is larger than {_LARGEST_FILE // 2**20} MB; write a row a fund")
    return content


def _csv(content: bytes) -> tuple[list[str], list[list[Any]], list[str]]:
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FundFileError(f"is no CSV in UTF-8 ({error}); separate cells with commas") from None
    if not lines:
        raise FundFileError("is empty; write a header and a row a fund")
    header = [cell.strip() for cell in lines[0][1]]
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            raise FundFileError(f"line {number} has {len(cells)} cells for {len(header)} columns; write one for each")
    rows = [[_value(name, cell.strip()) for name, cell in zip(header, cells, strict=True)] for _, cells in lines[1:]]
    return header, rows, [f"line {number}" for number, _ in lines[1:]]


def _value(column: str, cell: str) -> Any:
    """A cell of a CSV as TOML would have it; what has no such form stays text."""
    if not cell:
        return None
    if column == "long_term":
        return _SWITCHES.get(cell.lower(), cell)
    kinds: tuple[Callable[[str], Any], ...] = () if column in ("name", "sponsor") else (int, float)
    for kind in kinds:
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def _parquet(content: bytes) -> tuple[list[str], list[list[Any]], list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise FundFileError(f"is no parquet file ({str(error).splitlines()[0]}); write one, or a CSV") from None
    columns = [column.to_pylist() for column in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return table.column_names, rows, [f"row {number}" for number in range(1, table.num_rows + 1)]


def _check_header(header: Sequence[str]) -> None:
    for name in header:
        if name not in _COLUMNS and not name.startswith(HOLDING):
            raise FundFileError(f"column {name!r} means nothing; write {', '.join(_COLUMNS)} or {HOLDING}<asset>")
        if list(header).count(name) > 1:
            raise FundFileError(f"column {name!r} stands there twice; write it once")


def _row(header: Sequence[str], cells: Sequence[Any]) -> dict[str, Any]:
    """A fund's own table: empty cells are left out."""
    known = {name: cell for name, cell in zip(header, cells, strict=True) if cell is not None}
    holdings = {name.removeprefix(HOLDING): cell for name, cell in known.items() if name.startswith(HOLDING)}
    own = {name: cell for name, cell in known.items() if not name.startswith(HOLDING)}
    return own | {"holdings": {asset: share for asset, share in holdings.items() if share != 0.0}}
