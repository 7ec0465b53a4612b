"""Scenarios and bounds of boxes as one long table."""

from pathlib import Path
from typing import TYPE_CHECKING

from backstop.answers.reverse.reverse import Reversed
from backstop.answers.written import write_answer
from backstop.runs.schema import described

if TYPE_CHECKING:
    import pyarrow as pa


def scenarios_table(answer: Reversed) -> "pa.Table":
    """A row a failure, scenario and feature."""
    import pyarrow as pa

    texts = {"failure": "what is called a failure", "scenario": "modal, typical or smallest",
             "feature": "of the path's market, as log returns without any sales have it"}
    fields = [described(name, pa.string(), "", meaning) for name, meaning in texts.items()]
    fields += [described("path", pa.int64(), "count", "number of the path, for `backstop trace`"),
               described("value", pa.float64(), "of the feature", "of that path"),
               described("mean_of_failing", pa.float64(), "of the feature", "over all paths that fail"),
               described("mean_of_all", pa.float64(), "of the feature", "over all paths")]
    rows = [(broken.failure, scenario.kind, region.feature, scenario.path, scenario.features[region.feature],
             region.mean, region.mean_of_all)
            for broken in answer.broken for scenario in broken.scenarios for region in broken.region]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in fields]
    return pa.table(columns, schema=pa.schema(fields))


def write_reverse(answer: Reversed, folder: Path) -> None:
    """``reverse.json``, and ``reverse.parquet``, the scenarios; `EnvironmentFailure` where it cannot."""
    write_answer(folder, "reverse", answer.as_json(), {"reverse": scenarios_table(answer)})
