"""An answer as plain dicts and lists, and on the disk: one JSON file of all of it, and parquet files of its tables."""

import datetime
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstop.runs.files import environment_failures, write_whole
from backstop.runs.journal import to_json
from backstop.runs.store import table_bytes

if TYPE_CHECKING:
    import pyarrow as pa

FORM = 2
"""Of the JSON of answers: it grows where a key goes or means something else, not where one is added."""


def plain(value: Any) -> Any:
    """Tuples with names as dicts, all the way down; what is no finite number as none."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def as_text(value: Any) -> Any:
    """Of what `plain` gives, for `json.dumps`: a date as 2015-06-12."""
    if isinstance(value, Mapping):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def write_answer(folder: Path, name: str, tree: Mapping[str, Any], tables: "Mapping[str, pa.Table]") -> None:
    """``<name>.json`` and a parquet file a table, in a folder that is made if need be.

    Raises
    ------
    EnvironmentFailure
        Disk full, no permission.
    """
    with environment_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for own, table in tables.items():
        write_whole(folder / f"{own}.parquet", table_bytes(table))
    write_whole(folder / f"{name}.json", to_json({"form": FORM, **tree}))
