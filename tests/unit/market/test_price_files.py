"""Price files: what is read, and each fault refused in one line that names its place and the remedy."""

import gzip

import numpy as np
import polars as pl
import pytest

from backstop.errors import DataError
from backstop.market import price_files
from backstop.market.data import BUILTIN_NAMES, load_prices

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
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)
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
    assert "prices.csv#close" in refusal(tmp_path, "date,fund,bench\n2020-01-01,1,2\n")


def test_a_column_that_is_not_there_is_refused(tmp_path):
    write(tmp_path, csv_of(DAYS, PRICES))
    with pytest.raises(DataError, match="no price column 'nav' among close"):
        load_prices("prices.csv#nav", tmp_path)


@pytest.mark.parametrize(("text", "says"), [
    ("", "empty"),
    ("date,close\n", "0 rows of prices; at least 2"),
    ("date,close\n2020-01-01,3\n", "1 rows of prices; at least 2"),
    ("day_of_week,close\n1,3\n2,4\n", "no date column"),
    ("date\n2020-01-01\n", "which of no columns"),
    ("2020-01-01,3\n2020-01-02,4\n", "line 1 is data"),
    ("date,close\n2020-01-01,3,4\n", "not a readable CSV"),
    (b"date,close\n2020-01-01,3\n\xff\xfe,3\n", "line 3 is not UTF-8; save the file as UTF-8 text"),
    ("date,close\n2020-01-01,3\n".encode("utf-16"), "line 1 is not UTF-8"),
])
def test_files_that_are_no_price_table_are_refused(tmp_path, text, says):
    assert says in refusal(tmp_path, text)


@pytest.mark.parametrize(("cell", "says"), [
    ("", "is empty"), ("n/a", "is 'n/a'"), ("nan", "is 'nan'"), ("inf", "is 'inf'"), ("1e999", "is '1e999'"),
    ('"3,025.69"', "is '3,025.69'"), ("0", "is 0; prices must be above 0"), ("-37.63", "is -37.63"),
])
def test_a_bad_price_is_refused_with_its_line_and_date(tmp_path, cell, says):
    said = refusal(tmp_path, with_cell(10, cell))
    assert "line 12 (2020-01-11)" in said
    assert says in said


@pytest.mark.parametrize("cell", ["", "11/01/2020", "2020-02-30", "yesterday", "2020/01/11", "20200111"])
def test_a_bad_date_is_refused_with_its_line(tmp_path, cell):
    said = refusal(tmp_path, with_day(10, cell))
    assert "line 12: date" in said
    assert "2015-06-15" in said


def test_dates_of_ambiguous_order_are_refused(tmp_path):
    assert "line 2: date" in refusal(tmp_path, csv_of([f"{d[5:7]}/{d[8:]}/{d[:4]}" for d in DAYS], PRICES))


def test_duplicate_dates_are_refused(tmp_path):
    assert "line 12 (2020-01-10): this date is there twice" in refusal(tmp_path, with_day(10, DAYS[9]))


def test_dates_out_of_order_are_refused(tmp_path):
    assert "oldest first" in refusal(tmp_path, csv_of(DAYS[::-1], PRICES))


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


def test_mixed_units_are_refused(tmp_path):
    mixed = [price / 100 if i > 40 else price for i, price in enumerate(PRICES)]
    assert "line 43 (2020-02-11)" in refusal(tmp_path, csv_of(DAYS, mixed))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load_prices("nowhere.csv", tmp_path)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_prices(".", tmp_path)


def test_a_file_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(price_files, "MAX_FILE_BYTES", 100)
    assert "too large" in refusal(tmp_path, csv_of(DAYS, PRICES))
    packed = gzip.compress(b"0" * 1000)
    assert "unpacked" in refusal(tmp_path, packed, "prices.csv.gz")


@pytest.mark.parametrize("name", ["broken.parquet", "broken.csv.gz"])
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
    pl.DataFrame({"date": DAYS, "close": [[1.0]] * len(DAYS)}).write_parquet(tmp_path / "prices.parquet")
    with pytest.raises(DataError, match="write prices as numbers"):
        load_prices("prices.parquet", tmp_path)


def test_an_unknown_builtin_is_refused_with_the_list():
    with pytest.raises(DataError, match="builtin:csi300, builtin:sp500"):
        load_prices("builtin:csi3000")
