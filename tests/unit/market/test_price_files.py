"""Price files: what is read, and each fault refused in one line that names its place and the remedy."""

import gzip

import numpy as np
import polars as pl
import pytest

from backstop.errors import DataError
from backstop.market.data import BUILTIN_NAMES, load_prices
from backstop.tables import files

DAYS = [str(day) for day in np.arange("2020-01-01", "2020-03-01", dtype="datetime64[D]")]
PRICES = list(100.0 * np.exp(np.cumsum(0.01 * np.random.default_rng(1).standard_normal(len(DAYS)))))


def csv_of(days, prices, head="date,close"):
    return "\n".join([head, *(f"{day},{price}" for day, price in zip(days, prices, strict=True))]) + "\n"


def write(folder, text, name="prices.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(folder, text, name="prices.csv"):
    with pytest.raises(DataError) as caught:
        load_prices(write(folder, text, name).name, folder)
    assert all(line.startswith(f"{name}: ") for line in str(caught.value).split("\n"))
    return str(caught.value)


def with_cell(row, text):
    return csv_of(DAYS, [text if i == row else price for i, price in enumerate(PRICES)])


def with_day(row, text):
    return csv_of([text if i == row else day for i, day in enumerate(DAYS)], PRICES)


@pytest.mark.parametrize("name", BUILTIN_NAMES)
def test_builtin_prices_load_without_arch_or_pandas(name):
    series = load_prices(name)
    assert len(series.prices) > 4800
    assert series.dates.dtype == np.dtype("datetime64[D]")
    assert series.source


@pytest.mark.parametrize("name", ["builtin:wti", "builtin:csi300"])
def test_builtin_loading_leaves_pandas_and_arch_unimported(name):
    import subprocess
    import sys

    code = (f"import sys; from backstop.market.data import load_prices; load_prices('{name}');"
            "sys.exit(any(m in sys.modules for m in ('pandas', 'arch')))")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_csi300_holds_the_crashes_it_is_shipped_for():
    series = load_prices("builtin:csi300")
    close = dict(zip(series.dates.astype(str), series.prices, strict=True))
    assert len(series.prices) == 4857
    found = [close[day] for day in ("2007-10-16", "2008-11-04", "2015-06-08", "2015-08-26")]
    np.testing.assert_allclose(found, [5877.20, 1627.76, 5353.75, 3025.69], atol=0.005)


def test_csi300_carries_its_licence_and_its_caveat():
    import pyarrow.parquet as pq

    from backstop.market.data import PRICES_FOLDER

    metadata = pq.read_schema(PRICES_FOLDER / "csi300.parquet").metadata
    assert metadata[b"license"].decode() == (PRICES_FOLDER / "csi300.LICENSE").read_text(encoding="utf-8")
    assert b"unofficial" in metadata[b"caveat"]


@pytest.mark.parametrize("form", ["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}{1}{2}", "{0}-{1}-{2} 15:00:00",
                                  "{0}-{1}-{2}T00:00"])
def test_dates_are_read_in_customary_year_first_forms(tmp_path, form):
    days = [form.format(*day.split("-")) for day in DAYS]
    series = load_prices(str(write(tmp_path, csv_of(days, PRICES))))
    assert [str(day) for day in series.dates] == DAYS
    np.testing.assert_array_equal(series.prices, PRICES)


def test_same_prices_have_the_same_hash_whatever_the_file(tmp_path):
    text = csv_of(DAYS, PRICES)
    frame = pl.DataFrame({"date": DAYS, "close": PRICES})
    frame.with_columns(pl.col("date").str.to_date()).write_parquet(tmp_path / "prices.parquet")
    files = [write(tmp_path, text), write(tmp_path, gzip.compress(text.encode()), "prices.csv.gz"),
             write(tmp_path, text.replace(",", ";"), "semicolons.csv"), tmp_path / "prices.parquet",
             write(tmp_path, "\ufeff" + text + "\n\n", "bom.csv")]
    assert len({load_prices(str(file)).content_hash for file in files}) == 1


def test_other_prices_have_another_hash(tmp_path):
    changed = load_prices(str(write(tmp_path, with_cell(3, PRICES[3] * (1 + 1e-15)))))
    assert changed.content_hash != load_prices(str(write(tmp_path, csv_of(DAYS, PRICES)))).content_hash


def test_a_column_is_named_after_the_path(tmp_path):
    rows = "\n".join(f"{day},{price},{2 * price}" for day, price in zip(DAYS, PRICES, strict=True))
    write(tmp_path, f"date,fund,bench\n{rows}\n")
    series = load_prices("prices.csv#bench", tmp_path)
    assert series.name == "bench"
    np.testing.assert_array_equal(series.prices, 2 * np.array(PRICES))


def test_several_columns_without_a_customary_name_are_refused(tmp_path):
    assert "prices.csv#fund" in refusal(tmp_path, "date,fund,bench\n2020-01-01,1,2\n2020-01-02,1.5,2\n")


def test_a_column_that_is_not_there_is_refused(tmp_path):
    write(tmp_path, csv_of(DAYS, PRICES))
    with pytest.raises(DataError, match="no price column 'nav' among close"):
        load_prices("prices.csv#nav", tmp_path)


@pytest.mark.parametrize(("text", "says"), [
    ("", "empty"),
    ("date,close\n", "0 rows of prices; at least 2"),
    ("date,close\n2020-01-01,3\n", "1 rows of prices; at least 2"),
    ("day_of_week,close\n1,3\n2,4\n", "no column holds dates (columns: day_of_week, close); add one called date"),
    ("date\n2020-01-01\n", "which of no columns"),
    ("2020-01-01,3\n2020-01-02,4\n", "line 1 is data"),
    ("date,close\n2020-01-01,3,4\n2020-01-02,3\n", "line 2: has 3 cells for 2 columns (date, close)"),
    ('date,close\n2020-01-01,"3\n2020-01-02,3\n', "look for a quote that is not closed"),
    (b"date,close\n2020-01-01,3\n\xff\xfe,3\n", "line 3 is not UTF-8; save the file as UTF-8 text"),
    ("<!DOCTYPE html><html>Too many requests</html>", "is a web page"),
    ("date,volume\n2020-01-01,3\n2020-01-02,4\n", "volume hold something else by their names"),
    ("date,date\n2020-01-01,3\n2020-01-02,4\n", "date (column 1), date (column 2); rename or delete all but one"),
    ("date,Close,Close\n2020-01-01,3,5\n2020-01-02,4,4\n", "Close (column 2), Close (column 3); rename"),
    ("date,last,value\n2020-01-01,3,5\n2020-01-02,4,4\n", "which of last, value is the price? name it after the path"),
])
def test_files_that_are_no_price_table_are_refused(tmp_path, text, says):
    assert says in refusal(tmp_path, text)


@pytest.mark.parametrize(("cell", "says"), [
    ("", "is empty"), ("n/a", "is 'n/a'"), ("nan", "is 'nan'"), ("inf", "is 'inf'"), ("1e999", "is '1e999'"),
    ('"3,02"', "is '3,02'"), ("0", "is 0; prices must be above 0"), ("-37.63", "is -37.63"), ("5%", "is '5%'"),
])
def test_a_bad_price_is_refused_with_its_line_and_date(tmp_path, cell, says):
    said = refusal(tmp_path, with_cell(10, cell))
    assert "line 12 (2020-01-11)" in said
    assert says in said


@pytest.mark.parametrize("cell", ["", "11/01/2020", "2020-02-30", "yesterday", "2020/01/11", "20200111", "9000-01-11",
                                  "2020-01-11 25:99:99zz"])
def test_a_bad_date_is_refused_with_its_line(tmp_path, cell):
    said = refusal(tmp_path, with_day(10, cell))
    assert "line 12: date" in said
    assert "2015-06-15" in said


def test_all_faults_of_a_file_are_said_at_once(tmp_path):
    days = ["soon" if i == 3 else DAYS[5] if i == 6 else day for i, day in enumerate(DAYS)]
    prices = ["" if i == 8 else price for i, price in enumerate(PRICES)]
    lines = refusal(tmp_path, csv_of(days, prices)).split("\n")
    assert [line.split(": ")[1].split(" (")[0] for line in lines] == ["line 5", "line 10", "line 8"]


def test_hundreds_of_like_faults_are_a_few_lines(tmp_path):
    lines = refusal(tmp_path, csv_of(DAYS, ["x"] * len(DAYS))).split("\n")
    assert len(lines) == 6
    assert "55 more rows like these" in lines[-1]


def test_a_whole_column_in_another_form_is_not_said_to_differ_from_the_others(tmp_path):
    said = refusal(tmp_path, csv_of([f"week {i}" for i in range(len(DAYS))], PRICES))
    assert "as others in the file" not in said


@pytest.mark.parametrize("form", ["{2}/{1}/{0}", "{1}/{2}/{0}", "{2}.{1}.{0}", "{0}年{1}月{2}日"])
def test_dates_are_read_whose_order_all_rows_together_tell(tmp_path, form):
    days = [form.format(*day.split("-")) for day in DAYS]
    assert [str(day) for day in load_prices(str(write(tmp_path, csv_of(days, PRICES)))).dates] == DAYS


def test_dates_of_ambiguous_order_are_refused(tmp_path):
    days = [f"{month:02}/{month:02}/2020" for month in range(1, 13)]
    assert "'01/01/2020' may have the day or the month first" in refusal(tmp_path, csv_of(days, PRICES[:12]))


def test_newest_first_is_turned_round_and_lines_stay_those_of_the_file(tmp_path):
    series = load_prices(str(write(tmp_path, csv_of(DAYS[::-1], PRICES[::-1]))))
    assert [str(day) for day in series.dates] == DAYS
    np.testing.assert_array_equal(series.prices, PRICES)
    assert series.where(0) == f"line {len(DAYS) + 1} ({DAYS[0]})"


def test_duplicate_dates_are_refused(tmp_path):
    assert "line 12 (2020-01-10): this date is there twice" in refusal(tmp_path, with_day(10, DAYS[9]))


def test_several_series_below_each_other_are_named_by_what_tells_them_apart(tmp_path):
    rows = "\n".join(f"{day},{name},{price}" for day, price in zip(DAYS, PRICES, strict=True) for name in "AB")
    assert "those of one ticker alone (A, B, ...)" in refusal(tmp_path, f"date,ticker,close\n{rows}\n")


def test_dates_out_of_order_are_refused(tmp_path):
    said = refusal(tmp_path, with_day(10, "2020-02-20"))
    assert "comes after 2020-02-20; sort the rows by date, oldest first" in said


def test_a_constant_price_is_refused(tmp_path):
    assert "in every row" in refusal(tmp_path, csv_of(DAYS, [5.0] * len(DAYS)))


@pytest.mark.parametrize(("scale", "says"), [(0.01, "looks like returns, not"),
                                             (1.0, "looks like returns in percent")])
def test_returns_in_place_of_prices_are_refused(tmp_path, scale, says):
    returns = scale * np.random.default_rng(2).standard_normal(len(DAYS))
    assert says in refusal(tmp_path, csv_of(DAYS, returns))


def test_gross_returns_in_place_of_prices_are_refused(tmp_path):
    gross = 1.0 + 0.01 * np.random.default_rng(3).standard_normal(len(DAYS))
    assert "does not wander like a price" in refusal(tmp_path, csv_of(DAYS, gross))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load_prices("nowhere.csv", tmp_path)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_prices(".", tmp_path)


def test_a_file_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    assert "are too many" in refusal(tmp_path, csv_of(DAYS, PRICES))
    packed = gzip.compress(b"0" * 1000)
    assert "unpacked" in refusal(tmp_path, packed, "prices.csv.gz")


@pytest.mark.parametrize("name", ["broken.parquet", "broken.csv.gz", "broken.xlsx"])
def test_broken_binary_files_are_refused(tmp_path, name):
    refusal(tmp_path, b"not what the name says", name)


def test_a_parquet_with_a_flipped_byte_is_refused(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"date": DAYS, "close": PRICES})
    pq.write_table(table, tmp_path / "prices.parquet", write_page_checksum=True, compression="none")
    content = bytearray((tmp_path / "prices.parquet").read_bytes())
    content[300] ^= 1
    assert "not a readable parquet file" in refusal(tmp_path, bytes(content), "prices.parquet")


def test_a_parquet_column_that_holds_no_numbers_is_refused(tmp_path):
    pl.DataFrame({"date": DAYS, "close": [[1.0, 2.0]] * len(DAYS)}).write_parquet(tmp_path / "prices.parquet")
    with pytest.raises(DataError, match="has lists in its cells"):
        load_prices("prices.parquet", tmp_path)


def test_an_unknown_builtin_is_refused_with_the_list():
    with pytest.raises(DataError, match="builtin:csi300, builtin:sp500"):
        load_prices("builtin:csi3000")


EXPORTS = {
    "akshare": ("日期,股票代码,开盘,收盘,成交量", "{day},000001,1,{price},2"),
    "tushare": ("ts_code,trade_date,close,open,pre_close,vol", "000300.SH,{compact},{price},1,1,5"),
    "investing": ('"Date","Price","Open","Vol.","Change %"', '"{us}","{thousands}","1","454.36M","0.12%"'),
    "stooq": ("Date,Open,High,Low,Close,Volume", "{day},1,1,1,{price},5"),
    "yahoo": ("Date,Open,High,Low,Close,Adj Close,Volume", "{day},1,1,1,5,{price},5"),
    "yfinance, one ticker": ("Price,Close,High,Volume\nTicker,AAA,AAA,AAA\nDate,,,", "{day},{price},1,5"),
    "yfinance, with a zone": ("Date,Open,Close,Volume", "{day} 00:00:00+08:00,1,{price},5"),
    "bloomberg": ("Date,PX_LAST,PX_VOLUME", "{us},{price},5"),
    "wind": ("交易日期,收盘价(元),成交额(万元)", "{day},{price},7"),
    "excel of the euro area": ("Datum;Schluss", "{german};{comma}"),
    "a counter and dates without a name": (",date,close", "0,{day},{price}"),
}


def row_of(form, i, day, price):
    year, month, date = day.split("-")
    text = f"{price:.2f}"
    return form.format(day=day, price=text, compact=f"{year}{month}{date}", us=f"{month}/{date}/{year}",
                       german=f"{date}.{month}.{year}", comma=text.replace(".", ","), thousands=f"{price:,.2f}")


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_exports_of_common_sources_are_read_as_they_are(tmp_path, name, encoding):
    head, form = EXPORTS[name]
    truth = [round(30 * price, 2) for price in PRICES]
    rows = [row_of(form, i, day, price) for i, (day, price) in enumerate(zip(DAYS, truth, strict=True))]
    series = load_prices(str(write(tmp_path, "\r\n".join([head, *rows, ""]).encode(encoding))))
    assert [str(day) for day in series.dates] == DAYS
    np.testing.assert_array_equal(series.prices, truth)


def test_lines_around_a_table_are_left_out_and_said(tmp_path):
    text = f'"(c) owner, all rights"\n{csv_of(DAYS, PRICES)}\n"Source: exchange; not audited",\n'
    series = load_prices(str(write(tmp_path, text)))
    assert len(series.dates) == len(DAYS)
    assert series.where(0) == f"line 3 ({DAYS[0]})"
    assert [note.split(": ")[1] for note in series.notes] == [
        "line 1 above the table left out", f"line {len(DAYS) + 4} below the table left out"]


@pytest.mark.parametrize(("head", "form", "said"), [
    ("date,nav", "{0},{1}", "prices are those of column nav"),
    ("index,date,SPX", "{2},{0},{1}", "prices are those of column SPX"),
    ("when,close", "{0},{1}", "days are those of column when"),
])
def test_a_column_of_a_name_that_may_mean_something_else_is_said(tmp_path, head, form, said):
    rows = "\n".join(form.format(day, price, i) for i, (day, price) in enumerate(zip(DAYS, PRICES, strict=True)))
    series = load_prices(str(write(tmp_path, f"{head}\n{rows}\n")))
    np.testing.assert_array_equal(series.prices, PRICES)
    assert said in series.notes[0]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/London", "America/New_York", "+01:00"])
def test_days_are_those_of_the_columns_own_zone(tmp_path, zone):
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    local = pa.array(np.array(DAYS, dtype="datetime64[us]"))
    if zone.startswith("+"):
        instants = pc.subtract(local, pa.scalar(3_600_000_000, pa.duration("us"))).cast(pa.timestamp("us", tz=zone))
    else:
        instants = pc.assume_timezone(local, zone)
    pq.write_table(pa.table({"Date": instants, "Close": PRICES}), tmp_path / "p.parquet")
    assert [str(day) for day in load_prices("p.parquet", tmp_path).dates] == DAYS


def test_a_workbook_is_read_with_its_dates(tmp_path):
    import datetime

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["an index", None])
    book.active.append(["日期", "收盘"])
    for day, price in zip(DAYS, PRICES, strict=True):
        book.active.append([datetime.date.fromisoformat(day), price])
    book.save(tmp_path / "p.xlsx")
    series = load_prices("p.xlsx", tmp_path)
    assert [str(day) for day in series.dates] == DAYS
    np.testing.assert_allclose(series.prices, PRICES, rtol=1e-14)
    assert series.where(0) == f"row 3 ({DAYS[0]})"


def test_names_of_columns_cannot_steer_a_terminal(tmp_path):
    said = refusal(tmp_path, csv_of(DAYS, PRICES, "date,\x1b[31mA\x07\u202e,b"))
    assert said.isprintable() or "\n" in said
    assert "\\x1b[31mA" in said
    assert "\x1b" not in said
