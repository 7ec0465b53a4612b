"""Files of prices and of funds that are wrong, each with what is said of it and the file a reader then writes."""

import gzip
import io
from typing import NamedTuple

import numpy as np
import polars as pl

from backstop.errors import BackstopError
from backstop.market.data import load_prices
from remedies.following import base, changed, errors_in

DAYS = [str(day) for day in np.arange("2020-01-01", "2020-03-01", dtype="datetime64[D]")]
PRICES = [round(price, 4) for price in
          100.0 * np.exp(np.cumsum(0.01 * np.random.default_rng(1).standard_normal(len(DAYS))))]


class Told(NamedTuple):
    """A file that is wrong, and the one that a reader writes once told."""

    name: str
    wrong: str | bytes
    said: str
    right: str | bytes
    right_name: str = ""
    """Its own name where that is what changes; of a column, after ``#``."""
    is_of_funds: bool = False


def csv_of(days=DAYS, prices=PRICES, head="date,close", between=","):
    """A file of prices."""
    rows = [f"{day}{between}{price}" for day, price in zip(days, prices, strict=True)]
    return "\n".join([head, *rows]) + "\n"


def _with(items, row, text):
    return [text if i == row else item for i, item in enumerate(items)]


RIGHT = csv_of()
ROWS = RIGHT.split("\n")
TWO_COLUMNS = csv_of(prices=[f"{price},{price}" for price in PRICES], head="date,alpha,beta")
FUNDS = "name,nav,holding_index\nalpha,1e9,0.9\nbeta,2e9,0.8\n"


def _funds(wrong, said, right=FUNDS):
    return Told("funds.csv", wrong, said, right, is_of_funds=True)


def _prices(wrong, said, right=RIGHT):
    return Told("prices.csv", wrong, said, right)


def _workbook(*sheets):
    """A workbook of sheets, each of rows."""
    import openpyxl

    content, book = io.BytesIO(), openpyxl.Workbook()
    for n, rows in enumerate(sheets):
        sheet = book.create_sheet() if n else book.active
        for place, row in rows:
            for column, cell in enumerate(row, 1):
                sheet.cell(place + 1, column, cell)
    book.save(content)
    return content.getvalue()


def _parquet(**columns):
    content = io.BytesIO()
    pl.DataFrame(columns).write_parquet(content)
    return content.getvalue()


SHEET = list(enumerate([["date", "close"], *zip(DAYS, PRICES, strict=True)]))
PARQUET = _parquet(date=DAYS, close=PRICES)

TABLES = [
    _prices(csv_of(prices=[f"{price},{price}" for price in PRICES], head="date,close,close"), "may hold the prices"),
    _prices(RIGHT.encode().replace(b"close", b"\x81\xff\xfe"), "is not UTF-8; save the file as UTF-8 text"),
    Told("prices.parquet", _parquet(date=DAYS, close=[[price, price] for price in PRICES]), "has lists in its cells",
         PARQUET),
    Told("prices.parquet", _parquet(date=DAYS, close=["9" * 2**17] * len(DAYS)), "bytes long; keep the columns",
         PARQUET),
    Told("prices.xlsx", _workbook(SHEET, SHEET), "has several sheets with something in them", _workbook(SHEET)),
    Told("prices.xlsx", _workbook([*SHEET, (1_040_000, ["x"])]), "reaches beyond row", _workbook(SHEET)),
    _prices("", "empty; expected a line of column names"),
    _prices(b"\x00\x01" * 90, "is no text: it holds bytes of zero"),
    _prices("<!DOCTYPE html><html><body>429</body></html>", "is a web page, not a table"),
    _prices(csv_of(prices=_with(PRICES, 7, "abc")), "give the price as a plain number"),
    _prices(csv_of(prices=_with(PRICES, 7, "-3")), "prices must be above 0"),
    _prices(csv_of(days=_with(DAYS, 7, "soon")), "soon"),
    _prices(csv_of(days=_with(DAYS, 7, DAYS[6])), "this date is there twice"),
    _prices("\n".join([*ROWS[:5], ROWS[9], *ROWS[5:9], *ROWS[10:]]), "sort the rows by date"),
    _prices(csv_of(prices=[100.0] * len(DAYS)), "a constant has no risk"),
    _prices(csv_of(prices=[round(b / a - 1.0, 6) for a, b in zip(PRICES, [*PRICES[1:], 101.0], strict=True)]),
            "not prices"),
    _prices(csv_of(prices=[round(1.0 + 0.01 * (-1) ** i * (1 + i % 7), 6) for i in range(len(DAYS))]),
            "does not wander like a price"),
    _prices(csv_of(prices=[f"{price}%" for price in PRICES]), "is in per cent"),
    _prices("\n".join(ROWS[:2]), "rows of prices; at least"),
    _prices(csv_of(head="when,close").replace("2020-", "x"), "no column holds dates"),
    _prices(csv_of(days=[f"0{i + 1}/0{i + 2}/2020" for i in range(4)], prices=PRICES[:4]),
            "may have the day or the month first"),
    _prices(csv_of(prices=[f'"{i + 1},{234 + i}"' for i in range(len(DAYS))]), "may have a decimal comma"),
    _prices("\n".join([ROWS[0], ROWS[1] + ",3,4", *ROWS[2:]]), "write one for each, a cell with a comma in quotes"),
    _prices(csv_of(head="date,Volume"), "hold something else by their names"),
    Told("two.csv", TWO_COLUMNS, "is the price? name it after the path", TWO_COLUMNS, "two.csv#alpha"),
    Told("two.csv#gamma", TWO_COLUMNS, "no price column 'gamma'", TWO_COLUMNS, "two.csv#alpha"),
    _prices(csv_of(prices=_with(PRICES, 7, '"1')), "a quote that is not closed"),
    Told("prices.csv.gz", gzip.compress(RIGHT.encode())[:90], "not a whole gzip file", gzip.compress(RIGHT.encode())),
    Told("prices.parquet", b"PAR1 and no more of it PAR1", "not a readable parquet file", RIGHT, "prices.csv"),
    Told("prices.parquet", RIGHT, "though its name says so", RIGHT, "prices.csv"),
    Told("prices.xlsx", b"PK\x03\x04 and no more", "not a readable workbook", RIGHT, "prices.csv"),
    Told("prices.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a workbook of old Excel", RIGHT,
         "prices.csv"),
    Told("none.csv", RIGHT, "no such file; give a path relative", RIGHT, "prices.csv"),
    Told("builtin:csi30", RIGHT, "no such built-in prices", RIGHT, "builtin:csi300"),
    _funds(FUNDS.replace("holding_", ""), "columns that mean nothing"),
    _funds(FUNDS.replace("name,nav", "name,name"), "stands there twice"),
    _funds(FUNDS.replace("nav,", "").replace("1e9,", "").replace("2e9,", ""), "has no column nav"),
    _funds(FUNDS.replace("nav", "nav (apples)"), "is no unit"),
    _funds(FUNDS.replace("1e9", "10%"), "is no number"),
    _funds(FUNDS.replace("1e9", "10%").replace("2e9", "20%"), "is in per cent; write plain numbers"),
    _funds("name,nav,holding_index\nalpha,1e9,0.9\nbeta,2e9,0.8\ntotal,9e9,0.8\n", "is not the sum of nav above it"),
    _funds(FUNDS.replace("0.9", "90").replace("0.8", "80"), "in per cent? write holdings_in"),
]  # fmt: skip


def told(case, folder, *, is_right):
    """What is said of a file, empty where nothing is."""
    name = (case.right_name or case.name) if is_right else case.name
    content = case.right if is_right else case.wrong
    file = name.partition("#")[0]
    if "none.csv" not in file and ":" not in file:
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    if case.is_of_funds:
        return "\n".join(errors_in(_with_file(file), folder))
    try:
        load_prices(name, folder)
    except BackstopError as error:
        return str(error)
    return ""


def _with_file(file):
    """The small config with its fund in a file."""
    tree = base("small")
    fund = {key: value for key, value in tree["funds"][0].items() if key not in ("nav", "holdings", "count")}
    tree = changed(tree, "funds", [{**fund, "file": file}])
    return changed(tree, "facilities.backstop.eligible", "all")
