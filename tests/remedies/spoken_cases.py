"""Messages of functions, for paths of one's own, odd prices, fits, declarations: what is said, and what mends it."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from unittest import mock

import numpy as np
import polars as pl

from backstop.api.arguments import checked
from backstop.config.text.toml_files import parse, read_config
from backstop.errors import BackstopError
from backstop.kernels.declare import Part, State
from backstop.market.correlation import refuse_tied
from backstop.market.data import PriceSeries, history, join, load_prices, window
from backstop.market.dynamic_correlation import fit_dynamic
from backstop.market.examination import examine, examine_together
from backstop.market.fit_checks import check_returns
from backstop.market.specification import CalibrationSpec
from backstop.runs.directory import RunDirectory
from backstop.runs.exports.database import export_duckdb
from backstop.runs.request import RunRequest
from backstop.runs.shards import storage_of
from backstop.runs.simulate import simulate_paths
from backstop.runs.stored_market import StoredMarket
from backstop.terms import Floats, Integers
from backstop.terms.declare import Term, declared
from toy_run import ToyMarket, toy_terms


class Spoken(NamedTuple):
    """What is wrong, a part of what is said of it, and what a reader does then."""

    wrong: Callable[[], object]
    said: str
    right: Callable[[], object]


def heard(action: Callable[[], object]) -> str:
    """What is said: an error's words, or findings."""
    try:
        found = action()
    except (BackstopError, TypeError) as error:
        return str(error)
    return "\n".join(found) if isinstance(found, tuple) and all(isinstance(one, str) for one in found) else ""


# paths of one's own
DAYS, PATHS = 30, 12


@cache
def _frame() -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paths.parquet"
        simulate_paths(RunRequest(toy_terms(DAYS), 9, PATHS, market=ToyMarket()), file, 1)
        return pl.read_parquet(file)


def _stored(edit: Callable[[pl.DataFrame], pl.DataFrame], n_paths: int = PATHS, n_days: int = DAYS) -> object:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paths.parquet"
        edit(_frame()).write_parquet(file)
        market = StoredMarket(file, toy_terms(DAYS).names.assets, n_paths, n_days)
        log_return, volatility = np.full((2, n_days, 3, n_paths), np.nan)
        market.fill(None, market.open(None, n_paths), 9, 0, 0, n_days, log_return, volatility, n_paths)
        return None


def _paths(edit: Callable[[pl.DataFrame], pl.DataFrame], said: str, **less: int) -> Spoken:
    """A file that is wrong; the one that it was made from is right, or the run asks for less of it."""
    right = (lambda: _stored(edit, **less)) if less else (lambda: _stored(lambda frame: frame))
    return Spoken(lambda: _stored(edit), said, right)


_AT = (pl.col("path") == 3) & (pl.col("day") == 17) & (pl.col("asset") == "bond")


def _with(column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(pl.when(_AT).then(value).otherwise(pl.col(column)).alias(column))


def _as_prices(level: float) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def edit(frame: pl.DataFrame) -> pl.DataFrame:
        ordered = frame.sort("path", "asset", "day")
        price = pl.col("log_return").cum_sum().over("path", "asset").exp() * level
        return ordered.with_columns(price=price).drop("log_return")

    return edit


def _gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Two that hide each other."""
    for asset, day, other in (("index", 4, 5), ("bond", 5, 4)):
        for path, here, there in ((3, day, other), (8, other, day)):
            at = (pl.col("path") == path) & (pl.col("asset") == asset) & (pl.col("day") == here)
            frame = frame.with_columns(day=pl.when(at).then(there).otherwise(pl.col("day")))
    return frame


def _twice(column: str) -> object:
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        table = _frame().to_arrow()
        pq.write_table(table.append_column(column, table[column]), Path(folder) / "twice")
        return StoredMarket(Path(folder) / "twice", toy_terms(DAYS).names.assets, PATHS, DAYS)


# prices
N = 1000
WORKDAYS = np.busday_offset("2010-01-04", np.arange(N))
MOVES = 0.01 * np.random.default_rng(5).standard_t(6, N)
EVERY_DAY = np.datetime64("2015-01-01") + np.arange(N)
WEEKEND = (EVERY_DAY.astype(np.int64) + 3) % 7 >= 5
CLOSES = 100.0 * np.exp(np.cumsum(MOVES))


def _series(prices: Any = CLOSES, days: Any = WORKDAYS, name: str = "a") -> PriceSeries:
    days = np.asarray(days, dtype="datetime64[D]")[: len(prices)]
    return PriceSeries(name, days, np.asarray(prices, dtype=np.float64), "test", "", np.arange(2, len(prices) + 2),
                       "line", "a.csv")


def _odd(prices: Any, said: str, days: Any = WORKDAYS, right: Any = CLOSES) -> Spoken:
    return Spoken(lambda: examine(_series(prices, days)), said, lambda: examine(_series(right)))


def _scaled(first: int, last: int | None, factor: float) -> Any:
    prices = CLOSES.copy()
    prices[first:last] *= factor
    return prices


_STALE = np.where((np.arange(N) > 300) & (np.arange(N) < 360), 0.0, MOVES)
FOUR = np.array(["2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07"])
LATER = FOUR.astype("datetime64[D]") + 365


def _four(name: str = "a", days: Any = FOUR) -> PriceSeries:
    return _series([1.0, 2.0, 3.0, 4.0], days, name)


# fits
GARCH = CalibrationSpec("garch")


def _returns(values: Any, said: str) -> Spoken:
    return Spoken(lambda: check_returns(GARCH, "a", np.asarray(values)), said,
                  lambda: check_returns(GARCH, "a", MOVES))


def _spec(said: str, right: dict[str, Any], **wrong: Any) -> Spoken:
    return Spoken(lambda: CalibrationSpec(**wrong), said, lambda: CalibrationSpec(**wrong | right))


_PAIR = np.random.default_rng(2).standard_normal((N, 2))
_TRIPLE = np.column_stack([_PAIR, _PAIR.sum(axis=1)])


# declarations
def _field(hint: Any, said: str, right: Any) -> Spoken:
    def of(kind: Any) -> object:
        broken: Any = NamedTuple("Broken", [("field", kind)])
        return declared(broken)

    return Spoken(lambda: of(hint), said, lambda: of(right))


class _Inner(NamedTuple):
    cash: Annotated[Floats, State("quanta", "cash")]


_TERM, _STATE = Annotated[Floats, Term("fund", "share", "x")], Annotated[Floats, State("quanta", "x")]


# arguments of the API
@checked
def _asked(vary: Sequence[str] = (), share: float = 0.5, n: int = 2, first: date | None = None) -> object:
    return None


# packages
_NO_RUN = RunDirectory(Path("no-run"))


def _no_package() -> Any:
    return mock.patch("importlib.util.find_spec", return_value=None)


def _without(package: str, use: Callable[[], object]) -> Spoken:
    """The package away, then installed; one of an extra may not be here to be tried."""

    def away() -> object:
        with mock.patch.dict(sys.modules, {package: None}), _no_package():
            return use()

    return Spoken(away, package, use if find_spec(package) else lambda: None)


def _config(content: bytes | None, name: str = "c.toml") -> Callable[[], object]:
    def read() -> object:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            if content is None:
                file.mkdir()
            else:
                file.write_bytes(content)
            return parse(read_config(file).text, "c.toml")

    return read


_RIGHT = b"[run]\nname = 'x'\n"

SPOKEN = [
    _paths(lambda frame: frame.filter(pl.col("asset") != "bond"), "has no rows of bond; name assets as in"),
    _paths(lambda frame: frame.filter(pl.col("path") < 9), "write run.paths = 9 or less", n_paths=9),
    _paths(lambda frame: frame.filter(pl.col("day") < 30), "write run.days = 29 or less", n_days=29),
    _paths(lambda frame: frame.filter(~_AT), "on day 17: 11 rows for 12 paths; write one row a path, day and asset"),
    _paths(lambda frame: frame.with_columns(path=pl.when(_AT).then(4).otherwise(pl.col("path"))),
           "path 3: 89 rows for 90 days and assets"),
    _paths(_with("log_return", 49.9), "49.9 is no move of a day; write 20 at most"),
    _paths(_with("volatility", -0.1), "volatility of path 3, day 17: -0.1; write"),
    _paths(lambda frame: frame.with_columns(pl.col("log_return") * 100), "looks like percent; write log returns"),
    _paths(lambda frame: frame.with_columns(pl.col("volatility") * 100), "looks like percent, or a year's"),
    _paths(_as_prices(100.0), "write prices over that of the opening, 1 before day 1"),
    _paths(_with("day", None), "is empty in some rows; fill them"),
    _paths(_gaps, "and another one twice; write one row"),
    Spoken(lambda: _twice("day"), "has column day twice; delete all but one", lambda: _stored(lambda frame: frame)),

    _odd(_scaled(400, 401, 1.5), "the next row is back; mend the row"),
    _odd(_scaled(400, None, 0.5), "like a split or another unit; give adjusted prices"),
    _odd(CLOSES[:300], "and a row counts as a trading day", np.datetime64("1960-01-01") + 7 * np.arange(300)),
    _odd(100.0 * np.exp(np.cumsum(_STALE)), "leave out days without trade"),
    _odd(CLOSES, "write them in the exchange's own time zone", WORKDAYS - 1),
    _odd(np.exp(np.cumsum(8e-5 + 2e-5 * np.sin(np.arange(N) / 200))), "write volatility and innovation instead of"),
    _odd(1.0 + 1e-4 * np.cumsum(np.random.default_rng(6).integers(-1, 2, N)), "the rounding of its last digit"),
    _odd(CLOSES, "and the move over them counts as one day's", np.concatenate([WORKDAYS[:500], WORKDAYS[500:] + 1826])),
    _odd(100.0 * np.exp(np.cumsum(np.where(WEEKEND, 0.0, MOVES))), "leave weekends out", EVERY_DAY),
    Spoken(lambda: examine_together([_series(), _series(2.0 * CLOSES, name="b")]), "leave one out, or let it follow",
           lambda: examine_together([_series()])),
    Spoken(lambda: join([_four(), _four("b", LATER)]), "give prices of the same period",
           lambda: join([_four(), _four("b")])),
    Spoken(lambda: join([_four(), _four()]), "of the same name; rename", lambda: join([_four(), _four("b")])),
    Spoken(lambda: window(_four(), "2020-01-02", "2020-01-06"), "stay within 2020-01-03 to 2020-01-07",
           lambda: window(_four(), "2020-01-03", "2020-01-07")),
    Spoken(lambda: window(_four(), "2020-01-04", "2020-01-05"), "give an earlier first or a later last day",
           lambda: window(_four(), "2020-01-03", "2020-01-06")),
    Spoken(lambda: window(_four(), "soon", "2020-01-06"), "is not a date; write it as 2015-06-15",
           lambda: window(_four(), "2020-01-03", "2020-01-06")),
    Spoken(lambda: history(_four(), "2020-01-02", 2), "give a day after 2020-01-02",
           lambda: history(_four(), "2020-01-03", 2)),

    _returns(MOVES[:50], "give a longer series or a smaller model"),
    _returns([*MOVES, np.nan], "is not a finite number; mend the prices"),
    _returns(100.0 * MOVES, "give returns as decimals"),
    _returns(np.where(np.arange(N) % 3 > 0, 0.0, MOVES), "give prices of days with trades"),
    _spec("no distribution 'studnt'; write one of", {"distribution": "student-t"}, model="garch",
          distribution="studnt"),
    _spec("no mean 'none'; write constant or zero", {"mean": "zero"}, model="garch", mean="none"),
    _spec("garch has no asymmetry; write o = 0", {"o": 0}, model="garch", o=1),
    _spec("garch has no asymmetry; write o = 0", {"model": "gjr"}, model="garch", o=1),
    _spec("aparch needs o <= p; write p = 2", {"p": 2}, model="aparch", p=1, o=2),
    Spoken(lambda: refuse_tied("abc", np.column_stack([_PAIR, _PAIR[:, 0]]), is_repaired=False),
           "leave one of them out", lambda: refuse_tied("ab", _PAIR, is_repaired=False)),
    Spoken(lambda: refuse_tied("abc", _TRIPLE, is_repaired=False), "leave one out, or give more days than series",
           lambda: refuse_tied("ab", _PAIR, is_repaired=False)),
    Spoken(lambda: fit_dynamic(_PAIR, is_asymmetric=False), "use ccc",
           lambda: refuse_tied("ab", _PAIR, is_repaired=False)),

    _field(Floats, "has no axes and unit; write Annotated", _TERM),
    _field(Annotated[Floats, Term("planet", "share", "x")], "has the axis 'planet'; write one of", _TERM),
    _field(Annotated[Floats, Term("fund", "furlong", "x")], "has the unit 'furlong'; write one of", _TERM),
    _field(Annotated[Floats, Term("fund", "share", "")], "has no meaning; write one", _TERM),
    _field(Annotated[str, Term("", "share", "x")], "write Floats or Integers", _TERM),
    _field(Annotated[Integers, State("quanta", "x")], "; write Floats", _STATE),
    _field(Annotated[Floats, State("quanta", "")], "has no meaning; write one", _STATE),
    _field(Annotated[Floats, Part("fund")], "write a NamedTuple of State", Annotated[_Inner, Part("fund")]),

    _without("duckdb", lambda: export_duckdb(_NO_RUN.folder, _NO_RUN.folder)),
    _without("obstore", lambda: storage_of("s3://bucket/run")),
    _without("arch", lambda: load_prices("builtin:sp500")),

    Spoken(lambda: _asked("key=1,2"), "write ['key=1,2']", lambda: _asked(["key=1,2"])),
    Spoken(lambda: _asked(share="x"), "write one such as 0.01", lambda: _asked(share=0.01)),
    Spoken(lambda: _asked(n=1), "1 is too small; write at least 2", lambda: _asked(n=2)),
    Spoken(lambda: _asked(first="soon"), "write datetime.date(2015, 6, 15)", lambda: _asked(first=date(2015, 6, 15))),

    Spoken(_config(b"[run\n"), "syntax", _config(_RIGHT)),
    Spoken(_config(b"name = '\xff\xfe'\n"), "is not UTF-8; save the file as UTF-8 text", _config(_RIGHT)),
    Spoken(_config(b"#" * (9 * 2**20)), "put long series in files of their own", _config(_RIGHT)),
]  # fmt: skip
