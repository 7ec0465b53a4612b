import duckdb
import numpy as np
import polars as pl
import pytest

from backstop.errors import DataError
from backstop.runs import simulate
from backstop.runs.engine import run_blocks
from backstop.runs.request import RunRequest
from backstop.runs.simulate import simulate_paths
from backstop.runs.stored_market import StoredMarket
from backstop.runs.tiles import Layout, blocks_of
from backstop.runs.trace import trace_path
from toy_run import ToyMarket, toy_terms

N_DAYS, N_PATHS, SEED = 30, 70, 9
TERMS = toy_terms(N_DAYS)
ASSETS = TERMS.names.assets
LAYOUT = Layout(lanes=24, block_paths=48, days_per_call=7)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("paths") / "paths.parquet"
    simulate_paths(RunRequest(TERMS, SEED, N_PATHS, market=ToyMarket()), path, 1)
    return path


def outcomes(market, threads=1, layout=LAYOUT, seed=SEED, n_paths=N_PATHS):
    blocks = list(run_blocks(TERMS, seed, blocks_of(n_paths, layout), threads, layout, market))
    return [pl.from_arrow(table) for block in blocks for table in (block.paths, block.funds)]


def stored(file, n_paths=N_PATHS, n_days=N_DAYS):
    return StoredMarket(file, ASSETS, n_paths, n_days)


def seam(market, n_paths=N_PATHS):
    log_return, volatility = np.full((2, N_DAYS, 3, n_paths), np.nan)
    market.fill(None, market.open(None, n_paths), SEED, 0, 0, N_DAYS, log_return, volatility, n_paths)
    return log_return, volatility


def same(one, other):
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_on_simulated_paths_is_the_run_on_the_simulated_market(file, threads):
    # the seed has no part in paths that are given
    assert same(outcomes(stored(file), threads, seed=1), outcomes(ToyMarket()))


@pytest.mark.parametrize("lanes", [1, 8, 70])
def test_tiles_do_not_change_a_bit(file, lanes):
    layout = Layout(lanes, lanes, 30)
    assert same(outcomes(stored(file), layout=layout), outcomes(ToyMarket(), layout=layout))


def test_a_file_may_hold_more_paths_days_and_assets(tmp_path):
    more = RunRequest(toy_terms(N_DAYS + 5), SEED, N_PATHS + 9, market=ToyMarket())
    simulate_paths(more, tmp_path / "more", 1)
    other = pl.read_parquet(tmp_path / "more").with_columns(asset=pl.lit("another"))
    pl.concat([pl.read_parquet(tmp_path / "more"), other]).write_parquet(tmp_path / "most")
    assert same(outcomes(stored(tmp_path / "most")), outcomes(ToyMarket()))


def test_rows_may_come_in_any_order_and_in_runs_of_days(file, tmp_path, monkeypatch):
    pl.read_parquet(file).sample(fraction=1.0, shuffle=True, seed=4).write_parquet(tmp_path / "any", row_group_size=999)
    monkeypatch.setattr(simulate, "GROUP_ROWS", 200)
    simulate_paths(RunRequest(TERMS, SEED, N_PATHS, market=ToyMarket()), tmp_path / "cut", 1)
    assert same(outcomes(stored(tmp_path / "any")), outcomes(ToyMarket()))
    assert same(outcomes(stored(tmp_path / "cut")), outcomes(ToyMarket()))


def test_other_tools_files_are_read(file, tmp_path):
    duckdb.sql(f"COPY (SELECT path::INTEGER AS path, day, asset, log_return FROM '{file}') TO '{tmp_path / 'duck'}' "
               "(FORMAT parquet)")
    frame = pl.read_parquet(file)
    frame.with_columns(pl.col("asset").cast(pl.Categorical), pl.col("path", "day").cast(pl.Float64)).write_parquet(
        tmp_path / "polars")
    for name in ("duck", "polars"):
        assert (seam(stored(tmp_path / name))[0] == seam(ToyMarket())[0]).all()


def test_a_path_is_traced_from_its_file(file):
    one, other = (trace_path(TERMS, SEED, 61, market).days for market in (stored(file), ToyMarket()))
    assert one.equals(other)


def test_volatility_that_is_not_given_is_riskmetrics_of_the_path_alone(file, tmp_path):
    pl.read_parquet(file).drop("volatility").write_parquet(tmp_path / "bare")
    x, volatility = seam(stored(tmp_path / "bare"))
    level = np.sqrt((x**2).mean(axis=(0, 2)))
    assert np.allclose(volatility[0], level[:, None], rtol=1e-12)
    assert np.allclose(volatility[2, 1, 5]**2, 0.94**2 * level[1]**2 + 0.06 * (0.94 * x[0, 1, 5]**2 + x[1, 1, 5]**2),
                       rtol=1e-12)
    alone = seam(stored(tmp_path / "bare"), 3)[1]
    assert (alone == volatility[..., :3]).all()


def as_prices(frame):
    """Prices over that of the opening in the place of returns."""
    order = frame.sort("path", "asset", "day")
    return order.with_columns(price=pl.col("log_return").cum_sum().over("path", "asset").exp()).drop("log_return")


def test_prices_are_returns_from_one_at_the_opening(file, tmp_path):
    as_prices(pl.read_parquet(file)).sample(fraction=1.0, shuffle=True, seed=5).write_parquet(tmp_path / "prices")
    x, volatility = seam(stored(tmp_path / "prices"))
    np.testing.assert_allclose(x, seam(ToyMarket())[0], atol=1e-14)
    np.testing.assert_array_equal(volatility, seam(ToyMarket())[1])


def test_volatility_that_prices_do_not_give_opens_at_their_move_over_all_days(file, tmp_path):
    as_prices(pl.read_parquet(file)).drop("volatility").write_parquet(tmp_path / "prices")
    x, volatility = seam(stored(tmp_path / "prices"))
    np.testing.assert_allclose(volatility[0, :, 7] ** 2, (x.sum(axis=0) ** 2).mean(axis=1) / N_DAYS, rtol=1e-12)


@pytest.mark.parametrize(("edit", "message"), [
    (lambda frame: frame.with_columns(pl.col("price") * 100.0), "a usual log return of 4.6 on day 1; write"),
    (lambda frame: with_value("price", 0.0)(frame), "price of path 3, day 17: 0; write one above 0"),
    (lambda frame: with_value("price", -1.0)(frame), "price of path 3, day 17: no number; write one above 0"),
    (lambda frame: with_value("price", None)(frame), "price of path 3, day 17: no number; write one above 0"),
    (lambda frame: frame.drop("price"), "has no column log_return; write path, day, asset, log_return .or price, 1 at"),
])
def test_what_is_wrong_with_prices_is_said_in_a_line(file, tmp_path, edit, message):
    with pytest.raises(DataError, match=message):
        stored(edited(file, tmp_path, lambda frame: edit(as_prices(frame))))


def edited(file, tmp_path, edit):
    edit(pl.read_parquet(file)).write_parquet(tmp_path / "edited")
    return tmp_path / "edited"


AT = (pl.col("path") == 3) & (pl.col("day") == 17) & (pl.col("asset") == "bond")


def with_value(column, value):
    return lambda frame: frame.with_columns(pl.when(AT).then(value).otherwise(pl.col(column)).alias(column))


@pytest.mark.parametrize(("edit", "message"), [
    (lambda frame: frame.drop("day"), "has no column day; write path, day"),
    (lambda frame: frame.filter(pl.col("asset") != "bond"), "has no rows of bond; name assets"),
    (lambda frame: frame.filter(pl.col("path") < 60), "has 60 paths, the run 70; write run.paths = 60 or less"),
    (lambda frame: frame.head(5), "has 5 rows; 70 paths of 30 days and 3 assets are 6300: ask for fewer"),
    (lambda frame: frame.filter(pl.col("day") < 30), "has 29 days, the run 30; write run.days = 29"),
    (lambda frame: frame.filter(pl.col("day") != 17), "index on day 17: 0 rows for 70 paths"),
    (lambda frame: frame.filter(~AT), "bond on day 17: 69 rows for 70 paths"),
    (lambda frame: pl.concat([frame, frame.filter(AT)]), "bond on day 17: 71 rows for 70 paths"),
    (lambda frame: frame.with_columns(path=pl.when(AT).then(4).otherwise(pl.col("path"))), "path 3: 89 rows for 90"),
    (lambda frame: frame.with_columns(pl.col("day") - 1), "day 0: days are counted from 1"),
    (lambda frame: frame.with_columns(pl.col("path") - 1), "path -1: paths are counted from 0"),
    (lambda frame: frame.with_columns(pl.col("path") + 1), "has no path 0: paths are counted from 0"),
    (with_value("log_return", float("nan")), "log_return of path 3, day 17: no number"),
    (with_value("log_return", None), "log_return of path 3, day 17: no number"),
    (with_value("log_return", float("inf")), "log_return of path 3, day 17: inf"),
    (with_value("log_return", 49.9), "log_return of path 3, day 17: 49.9 is no move of a day; write 20 at most"),
    (with_value("volatility", -0.1), "volatility of path 3, day 17: -0.1"),
    (lambda frame: frame.with_columns(pl.col("log_return") * 100), "looks like percent"),
    (lambda frame: frame.with_columns(pl.col("volatility") * 100), "volatility of .* looks like percent"),
    (lambda frame: frame.with_columns(pl.col("volatility") * 252**0.5), "volatility of .* looks like percent"),
    (lambda frame: frame.with_columns(pl.col("path") + 0.5), "path: holds double, not whole numbers"),
    (lambda frame: frame.with_columns(day=pl.when(AT).then(None).otherwise(pl.col("day"))), "day: is empty in some"),
    (lambda frame: frame.clear(), "has 0 rows; 70 paths"),
])
def test_what_is_wrong_with_a_file_is_said_in_a_line(file, tmp_path, edit, message):
    with pytest.raises(DataError, match=message) as caught:
        stored(edited(file, tmp_path, edit))
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "edited") in str(caught.value)


def test_two_gaps_that_hide_each_other_are_found_when_the_paths_are_read(file, tmp_path):
    swapped = {("index", 4): 5, ("bond", 5): 4}

    def edit(frame):
        for (asset, day), other in swapped.items():
            at = (pl.col("path") == 3) & (pl.col("asset") == asset) & (pl.col("day") == day)
            frame = frame.with_columns(day=pl.when(at).then(other).otherwise(pl.col("day")))
            at = (pl.col("path") == 8) & (pl.col("asset") == asset) & (pl.col("day") == other)
            frame = frame.with_columns(day=pl.when(at).then(day).otherwise(pl.col("day")))
        return frame

    with pytest.raises(DataError, match=r"path 3, day 4: no row of index, and another one twice"):
        outcomes(stored(edited(file, tmp_path, edit)))


def test_a_file_that_is_missing_or_damaged_is_refused(file, tmp_path):
    with pytest.raises(DataError, match="no such file; give a path relative"):
        stored(tmp_path / "nothing")
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    (tmp_path / "damaged").write_bytes(content)
    with pytest.raises(DataError, match="not a readable parquet file"):
        stored(tmp_path / "damaged")


@pytest.mark.parametrize("column", ["log_return", "day", "volatility"])
def test_a_column_that_is_there_twice_is_named(file, tmp_path, column):
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    pq.write_table(table.append_column(column, table[column]), tmp_path / "twice")
    with pytest.raises(DataError, match=f"has column {column} twice; delete all but one"):
        stored(tmp_path / "twice")
