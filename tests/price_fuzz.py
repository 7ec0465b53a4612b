"""Price files as people write them, some of them damaged, against a checker that knows what is in them.

    PYTHONPATH=src:tests python -m price_fuzz 2000          # files of seeds 0 to 1999
    PYTHONPATH=src:tests python -m price_fuzz 500 2000      # 500 more, from seed 2000 on

A file is written from known days and prices in a form drawn at random, and in most cases changed in one way. What is
read must be what was written, or be refused with a line: an error of another kind, other days, another column and
another scale are failures. No model is fitted.
"""

import datetime
import gzip
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl import Workbook

from backstop.errors import DataError
from backstop.market.data import load_prices
from backstop.market.examination import examine

HEADS = (("date", "close"), ("Date", "Adj Close"), ("日期", "收盘"), ("trade_date", "close"),
         ("交易日期", "收盘价(元)"), ("Date", "PX_LAST"), ("Datum", "Schluss"), ("timestamp", "Price"),
         ("DATE", "CLOSE"))
DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y", "%b %d, %Y",
             "%Y-%m-%d 00:00:00+08:00", "%Y-%m-%d 15:00:00", "%Y年%m月%d日")
OTHERS = {"open": 0.99, "开盘": 1.01, "Volume": 12345.0, "成交额": 9.9e8}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
ZONES = (None, "Asia/Shanghai", "Europe/London", "America/New_York")
BAD_CELLS = ("", "n/a", "null", "-", "1,2,3", "nan", "inf", "0", "-3.5", "#REF!", "12.3.4", "1e999", "\x1b[2J")
BAD_DAYS = ("", "2019-02-30", "25:99:99zz", "soon", "9000-01-01", "02/01/19", "1.5")


class Case:
    """One file: what is in it, how it was written, and what was done to it."""

    def __init__(self, seed, folder):
        self.rng = rng = np.random.default_rng([20261130, seed])
        self.folder = Path(folder)
        n = int(rng.integers(60, 300))
        first = np.datetime64("2005-01-03") + int(rng.integers(0, 4000))
        self.days = np.busday_offset(first, np.arange(n), roll="forward")
        level = 10.0 ** rng.uniform(0.5, 4.0)
        prices = level * np.exp(np.cumsum(0.012 * rng.standard_t(6, n)))
        self.prices = np.round(prices, 4 if level < 50 else 2)
        self.names = [list(pair) for pair in HEADS][rng.integers(len(HEADS))]
        self.day_form = DAY_FORMS[rng.integers(len(DAY_FORMS))]
        self.what = "untouched"
        self.n_touched = 0
        self.may_load = self.must_load = True

    def pick(self, items):
        return items[self.rng.integers(len(items))]

    def rows(self):
        return [[self.day_text(day), float(price)] for day, price in zip(self.days, self.prices, strict=True)]

    def day_text(self, day):
        return day.astype(datetime.date).strftime(self.day_form)

    def change(self):
        """Change the rows before they are written; what then stands in the file is the truth, or must be refused."""
        rows, names = self.rows(), list(self.names)
        at = int(self.rng.integers(5, len(rows) - 5))
        kind = self.pick((*["none"] * 12, "price", "day", "twice", "order", "missing", "gap", "unit", "tick", "split",
                          "doubled", "weekly", "returns"))
        self.what = kind
        if kind == "price":
            rows[at][1] = self.pick(BAD_CELLS)
        elif kind == "day":
            rows[at][0] = self.pick(BAD_DAYS)
        elif kind == "twice":
            rows.insert(at, list(rows[at]))
        elif kind == "order":
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
        elif kind == "missing":
            del rows[at]
            keep = np.arange(len(self.days)) != at
            self.days, self.prices = self.days[keep], self.prices[keep]
        elif kind == "gap":
            self.days[at:] += 150
            rows = self.rows()
        elif kind == "unit":
            self.prices[at:] = np.round(100 * self.prices[at:], 2)
            rows = self.rows()
        elif kind == "tick":
            self.prices[at] = round(3 * self.prices[at], 2)
            rows = self.rows()
        elif kind == "split":
            self.prices[at:] = np.round(self.prices[at:] / 2, 4)
            rows = self.rows()
        elif kind == "weekly":
            self.days = self.days[0] + 7 * np.arange(len(self.days))
            rows = self.rows()
        elif kind == "returns":
            self.prices = np.round(0.012 * self.rng.standard_normal(len(self.days)), 6)
            rows = self.rows()
        elif kind == "doubled":
            names = [names[0], names[1], names[1]]
            rows = [[day, price, 2 * price] for day, price in rows]
        self.must_load = kind in ("none", "missing")
        self.may_load = self.must_load
        return names, rows

    def write(self):
        names, rows = self.change()
        for name in self.rng.permutation(list(OTHERS))[:self.rng.integers(0, 3)]:
            names.append(str(name))
            rows = [[*row, round(OTHERS[name] * (1 + 0.01 * i), 2)] for i, row in enumerate(rows)]
        if self.rng.random() < 0.3:
            rows = rows[::-1]
        kind = self.pick(("csv", "csv", "csv", "csv", "xlsx", "parquet"))
        if kind == "parquet" and all(isinstance(row[1], float) for row in rows) and self.what != "day":
            return self.write_parquet(names, rows)
        return self.write_xlsx(names, rows) if kind == "xlsx" else self.write_csv(names, rows)

    def write_csv(self, names, rows):
        separator = self.pick((",", ",", ";", "\t"))
        style = self.pick(("plain", "plain", "thousands", "comma")) if separator == ";" else self.pick(
            ("plain", "plain", "thousands"))
        lines = [names, *([cell if isinstance(cell, str) else number(cell, style) for cell in row] for row in rows)]
        text = [separator.join(quoted(cell, separator) for cell in line) for line in lines]
        if self.rng.random() < 0.2:
            text = ['"(c) the owner of these data"', *text]
        if self.rng.random() < 0.2:
            text = [*text, "", '"Source: an exchange"']
        end = self.pick(("\n", "\r\n"))
        encoding = self.pick(ENCODINGS)
        content = (end.join(text) + end).encode(encoding)
        if self.what == "none" and self.rng.random() < 0.6:
            content = self.damage(content, end.encode("utf-16-le" if encoding == "utf-16" else encoding))
        path = self.folder / "p.csv"
        if self.rng.random() < 0.1:
            path, content = self.folder / "p.csv.gz", gzip.compress(content)
        path.write_bytes(content)
        return path

    def write_xlsx(self, names, rows):
        book = Workbook()
        book.active.append(names)
        for row in rows:
            book.active.append([cell if not isinstance(cell, str) or cell.isprintable() else "x" for cell in row])
        path = self.folder / "p.xlsx"
        book.save(path)
        return path

    def write_parquet(self, names, rows):
        days = np.array([self.day_of(row[0]) for row in rows], dtype="datetime64[us]")
        zone = self.pick(ZONES)
        column = pa.array(days) if zone is None else pc.assume_timezone(pa.array(days), zone)
        columns = [column, *(pa.array([row[j] for row in rows]) for j in range(1, len(names)))]
        path = self.folder / "p.parquet"
        pq.write_table(pa.Table.from_arrays(columns, names=names), path)
        return path

    def day_of(self, text):
        return np.datetime64(datetime.datetime.strptime(text, self.day_form).date())

    def damage(self, content, end):
        """Change bytes: a few rows may be lost or differ, and no more."""
        kind = self.pick(("flip", "cut", "insert", "delete", "zeros", "line"))
        self.what, self.must_load = kind, False
        at = int(self.rng.integers(0, len(content)))
        if kind == "cut":
            self.n_touched = 1
            return content[:at]
        self.n_touched = 3
        if kind == "flip":
            return content[:at] + bytes([content[at] ^ int(self.rng.integers(1, 256))]) + content[at + 1:]
        if kind == "insert":
            return content[:at] + self.rng.bytes(int(self.rng.integers(1, 6))) + content[at:]
        if kind == "delete":
            return content[:at] + content[at + int(self.rng.integers(1, 6)):]
        if kind == "zeros":
            return content[:at] + b"\0" * 8 + content[at + 8:]
        lines = content.split(end)
        del lines[int(self.rng.integers(0, len(lines)))]
        return end.join(lines)

    def verdict(self, path):
        """How the file ended, ``read`` or ``refused``, and what is wrong with that, if anything."""
        try:
            series = load_prices(str(path))
            said = examine(series)
        except DataError as error:
            wrong = [] if str(error).isprintable() or "\n" in str(error) else ["a message that steers the terminal"]
            if self.must_load:
                wrong.append(f"refused: {error}")
            return "refused", wrong
        if not self.may_load:
            return "read", [f"{self.what} was read without a word" if not said else f"{self.what} was read: {said}"]
        return "read", self.differences(series)

    def differences(self, series):
        truth = dict(zip(self.days.astype(str), self.prices, strict=True))
        found = dict(zip(series.dates.astype(str), series.prices, strict=True))
        strange = [day for day in found if day not in truth]
        other = [day for day in found if day in truth and not np.isclose(found[day], truth[day], rtol=1e-9, atol=0.0)]
        lost = [day for day in truth if day not in found]
        wrong = []
        if len(strange) > self.n_touched:
            wrong.append(f"{len(strange)} days that were not written, {strange[:3]}")
        if len(other) > self.n_touched:
            wrong.append(f"{len(other)} prices that were not written, {[(d, found[d], truth[d]) for d in other[:3]]}")
        if len(lost) > self.n_touched and self.what != "cut":
            wrong.append(f"{len(lost)} days lost, {lost[:3]}")
        return wrong


def number(value, style):
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if style == "thousands" else f"{value:.4f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if style == "comma" else text


def quoted(cell, separator):
    return '"' + cell.replace('"', '""') + '"' if separator in cell or '"' in cell or "\n" in cell else cell


def check(seed, folder):
    """The verdict on the file of a seed: how it ended, what had been done to it, and what is wrong."""
    case = Case(seed, folder)
    path = case.write()
    ended, wrong = case.verdict(path)
    return ended, case.what, wrong


def main(n, first=0):
    """Check the files of `n` seeds; the number of failures."""
    ends, failures = Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + n):
            try:
                ended, what, wrong = check(seed, folder)
            except Exception as error:
                ended, what, wrong = "crashed", "", [repr(error)]
            ends[what, ended] += 1
            failures += bool(wrong)
            for line in wrong:
                print(f"seed {seed}: {what}: {line}"[:600], flush=True)
    for (what, ended), count in sorted(ends.items()):
        print(f"{what:>10} {ended:>8} {count:6}")
    print(f"{n} files from seed {first}: {failures} failures")
    return failures


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
