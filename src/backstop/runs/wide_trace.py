"""A trace with a row an arm and day and a column a variable and item, for tools that do not pivot."""

import json
from typing import TYPE_CHECKING

from backstop.runs.schema import described

if TYPE_CHECKING:
    import pyarrow as pa

_PLACE = ("arm", "day", "date")


def wide_trace(days: "pa.Table") -> "pa.Table":
    """Columns ``variable/item`` of the long table `days`, each with its unit and meaning.

    Rows of the market have no arm; a column is null in rows that do not have it.
    """
    import polars as pl
    import pyarrow as pa

    said = json.loads(days.schema.metadata[b"variables"])
    frame = pl.DataFrame(pl.from_arrow(days)).with_columns(
        pl.concat_str("variable", "item", separator="/", ignore_nulls=True).alias("column"))
    wide = frame.pivot("column", index=list(_PLACE), values="value", maintain_order=True).to_arrow()
    units = {name: said[name.partition("/")[0]] for name in wide.column_names if name not in _PLACE}
    fields = [wide.schema.field(name) if name in _PLACE else
              described(name, pa.float64(), units[name]["unit"], units[name]["meaning"]) for name in wide.column_names]
    return pa.table(wide.columns, schema=pa.schema(fields, days.schema.metadata))
