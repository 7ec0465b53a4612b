"""Which column of a table holds the days and which the prices, by the names that common sources give them.

A name that says it all is taken; one that may mean something else (``value`` is a turnover in some files) is taken only
where nothing else could be meant, and it is said; of two alike the user chooses.
"""

import re
import unicodedata
from typing import NamedTuple, NoReturn

import numpy as np

from backstop.tables.dates import holds_days
from backstop.tables.faults import listed, refuse
from backstop.tables.numbers import read_numbers
from backstop.tables.table import Table

DAY_NAMES = (
    {"date", "trade date", "tradedate", "trading date", "trading day", "price date", "pricing date", "nav date",
     "as of date", "datum", "fecha", "日期", "交易日期", "交易日", "净值日期", "统计日期"},
    {"datetime", "date time", "timestamp", "时间", "交易时间", "日期时间"},
)
"""Names of the column of days, the surer ones first."""
PRICE_NAMES = (
    {"adj close", "adjclose", "adjusted close", "close adj", "adjusted closing price", "adj closing price",
     "adj close price", "复权收盘价", "后复权收盘价", "前复权收盘价", "复权净值", "复权单位净值"},
    {"close", "closing", "close price", "closing price", "closing value", "close last", "px last", "px close",
     "settle", "settlement", "settlement price", "schluss", "schlusskurs", "cierre", "clôture", "收盘", "收盘价",
     "收盘价格", "收盘点位", "收盘指数", "今收盘"},
    {"price", "价格"},
)
"""Names of the column of prices: adjusted for splits and dividends first."""
WEAK_PRICE_NAMES = {"value", "index", "nav", "level", "last", "last price", "unit nav", "nav per share", "net value",
                    "单位净值", "净值", "累计净值", "最新价", "指数", "点位"}
NO_PRICES = {"open", "high", "low", "volume", "vol", "amount", "turnover", "pre close", "previous close", "dividends",
             "stock splits", "change", "px open", "px high", "px low", "px volume", "openint", "shares", "market cap",
             "开盘", "开盘价", "最高", "最高价", "最低", "最低价", "成交量", "成交额", "成交金额", "昨收", "前收盘",
             "前收盘价", "换手率", "振幅", "涨跌额", "市值"}
"""What stands beside prices: never taken for them unless asked for."""
_FEW_ROWS = 9
"""Too few to tell a count of rows from prices."""
_IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_JOINTS = re.compile(r"[\s_./*-]+")


class Choice(NamedTuple):
    """A column by position, and what is to be said of the choice."""

    position: int
    note: str | None = None


def is_known(name: str) -> bool:
    """Whether a name stands at the head of a column of days or prices."""
    return any(_plain(name) in names for names in (*DAY_NAMES, *PRICE_NAMES))


def day_column(table: Table) -> Choice:
    """The column of days.

    Raises
    ------
    DataError
        There is none, or there are several.
    """
    for names in DAY_NAMES:
        found = [j for j, name in enumerate(table.names) if _plain(name) in names]
        if len(found) > 1:
            _ask_to_rename(table, found, "days")
        if found:
            return Choice(found[0])
    found = [j for j, column in enumerate(table.columns) if holds_days(column)]
    if len(found) > 1:
        _ask_to_rename(table, found, "days")
    if not found:
        refuse(table.file, f"no column holds dates (columns: {listed(table.names)}); add one called date with the day "
                           "of each row, like 2015-06-15")
    return Choice(found[0], f"days are those of {_called(table, found[0])}, the only one with dates")


def price_column(table: Table, day: int, wanted: str | None) -> Choice:
    """The column of prices: the wanted one, else the one with a customary name, else the only one there is.

    Raises
    ------
    DataError
        There is none, or there are several.
    """
    others = [j for j in range(len(table.names)) if j != day]
    if wanted is not None:
        return _wanted(table, others, wanted)
    for names in PRICE_NAMES:
        found = [j for j in others if _plain(table.names[j]) in names]
        if len(found) > 1:
            _ask(table, found)
        if found:
            return Choice(found[0])
    usable = [j for j in others if _may_be_prices(table, j)]
    if len(usable) == 1:
        is_sure = len(others) == 1 and _plain(table.names[usable[0]]) not in WEAK_PRICE_NAMES
        what = "the only one that may hold them"
        return Choice(usable[0], None if is_sure else f"prices are those of {_called(table, usable[0])}, {what}")
    if not usable and others:
        refuse(table.file, f"no column of prices: {listed([table.names[j] for j in others])} hold something else by "
                           f"their names; name the right one after the path, like {table.file}#close")
    return _ask(table, usable)


def _wanted(table: Table, others: list[int], wanted: str) -> Choice:
    found = [j for j in others if table.names[j] == wanted] or [
        j for j in others if _plain(table.names[j]) == _plain(wanted)]
    if len(found) > 1:
        _ask_to_rename(table, found, "prices")
    if not found:
        names = listed([table.names[j] for j in others])
        refuse(table.file, f"no price column {wanted!r} among {names}; write one of these after #")
    return Choice(found[0])


def _ask(table: Table, found: list[int]) -> NoReturn:
    names = [table.names[j] for j in found]
    if len(set(names)) < len(names):
        _ask_to_rename(table, found, "prices")
    example = f"like {table.file}#{names[0]}" if names else f"like {table.file}#close"
    refuse(table.file, f"which of {listed(names)} is the price? name it after the path, {example}")


def _ask_to_rename(table: Table, found: list[int], what: str) -> NoReturn:
    places = ", ".join(f"{table.names[j]} (column {j + 1})" for j in found[:8])
    refuse(table.file, f"{len(found)} columns may hold the {what}: {places}; rename or delete all but one of them")


def _called(table: Table, position: int) -> str:
    name = table.names[position]
    return f"column {name}" if name else f"column {position + 1}, which has no name"


def _may_be_prices(table: Table, position: int) -> bool:
    """Whether a column may be meant: it has a name, none of something else, and numbers that do not just count rows."""
    name = _plain(table.names[position])
    if not name or name in NO_PRICES:
        return False
    values = read_numbers(table.columns[position], table.columns).values.to_numpy()
    counts = len(values) > _FEW_ROWS and bool((np.diff(values) == 1.0).all())
    return bool(np.isfinite(values).any()) and not counts


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    return _JOINTS.sub(" ", _IN_BRACKETS.sub("", text)).strip()
