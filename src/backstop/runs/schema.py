"""The parquet schemas of a run, from the registry of outcomes: type, unit and meaning of every column."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from backstop.outcomes import FUND_OUTCOMES, MARKET_OUTCOMES, Outcome, path_columns
from backstop.terms import Names

if TYPE_CHECKING:
    import pyarrow as pa

KEYS = (
    ("path", "count", "number of the path, from 0"),
    ("arm", "", "name of the arm"),
    ("fund", "", "name of the fund; amounts are per fund of a cohort"),
    ("day", "day", "trading day, from 1"),
    ("asset", "", "name of the asset"),
    ("model", "", "name of the volatility model that made the path's market"),
    ("weight", "frac", "weight of the path in every summary; 1 unless models weigh differently"),
)


def path_schema(names: Names, has_models: bool = False) -> "pa.Schema":
    """A row per path and arm, with the path's model where there are several."""
    columns = path_columns(list(names.layers), list(names.assets))
    return _schema(("path", "arm", *(("model",) if has_models else ()), "weight"), columns)


def fund_schema() -> "pa.Schema":
    """A row per path, arm and fund."""
    return _schema(("path", "arm", "fund", "weight"), [(outcome.name, outcome) for outcome in FUND_OUTCOMES])


def market_schema() -> "pa.Schema":
    """A row per path, day and asset."""
    return _schema(("path", "day", "asset"), [(outcome.name, outcome) for outcome in MARKET_OUTCOMES])


def _schema(keys: tuple[str, ...], columns: list[tuple[str, Outcome]]) -> "pa.Schema":
    import pyarrow as pa

    types = {"path": pa.int64(), "day": pa.int32(), "weight": pa.float64()}
    by_unit = {"days": pa.int32(), "day": pa.int32(), "count": pa.int64(), "bool": pa.bool_()}
    known = {name: described(name, types.get(name, pa.string()), unit, meaning) for name, unit, meaning in KEYS}
    fields = [known[key] for key in keys]
    fields += [described(name, by_unit.get(o.unit, pa.float64()), o.unit, o.meaning) for name, o in columns]
    return pa.schema(fields)


DATE = "calendar date of the day, where the index has a window of real prices; null elsewhere"


def trace_schema() -> "pa.Schema":
    """A row per arm, day, variable and item of a traced path."""
    import pyarrow as pa

    return pa.schema([
        described("arm", pa.string(), "", "name of the arm; null for the market"),
        described("day", pa.int32(), "day", "trading day, from 1"),
        described("date", pa.date32(), "date", DATE),
        described("variable", pa.string(), "", "room and variable, such as fund_keys.phase; unit and meaning of each "
                                               "stand in the metadata of the file, under `variables`"),
        described("item", pa.string(), "", "what it is of, names joined by /; null where of nothing in particular"),
        described("value", pa.float64(), "of the variable", "at the close of the day; amounts in quanta"),
    ])


def dates_of(dates: Sequence[str], n_days: int) -> "pa.Array":
    """(T,) calendar dates of the days of a run, null from where they are not known; `dates` are ISO."""
    import pyarrow as pa

    known = [date.fromisoformat(day) for day in dates[:n_days]]
    return pa.array(known + [None] * (n_days - len(known)), pa.date32())


def described(name: str, dtype: "pa.DataType", unit: str, meaning: str) -> "pa.Field":
    """A column that carries its unit and meaning."""
    import pyarrow as pa

    return pa.field(name, dtype, metadata={"unit": unit, "meaning": meaning})
