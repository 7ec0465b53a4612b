"""The data dictionary, from the registry: what docs/columns.md holds.

``python docs/columns.py > docs/columns.md`` makes it anew.
"""

from collections.abc import Iterable, Iterator

from backstop.answers.accounts import metrics_of
from backstop.answers.stress import summary_schema
from backstop.outcomes import DAILY_METRICS
from backstop.runs.dictionary import ColumnSaid, columns_of
from backstop.runs.schema import fund_schema, market_schema, path_schema, trace_schema
from backstop.terms import Names

HEAD = """# Columns

Every column of a run and of market paths, with its unit and what it means. `python docs/columns.py` makes this page
from the registry; the parquet files say the same in the metadata of their columns, `backstop export` writes it beside
the tables, and `backstop.open_run(DIR).columns` is it as a frame. Amounts are in the currency of the run, `frac` is a
decimal share, `day` a trading day from 1. A column that repeats is written `<layer>` or `<asset>`.

Files are compressed with zstd. DuckDB, pandas, polars, pyarrow and R's `nanoparquet` read them as they are. In a
browser, `hyparquet` has zstd in a package of its own, `hyparquet-compressors`: call
`parquetReadObjects({ file, compressors })` with what that exports, else it says `unsupported compression codec: ZSTD`.
Snappy, which it reads by itself, makes files 6 to 18 % larger. `python -m bench.readers RUN --node DIR --r LIBRARY`
holds what each of them has against pyarrow: rows, nulls and the sum of all numbers.

`--json` of a command prints one object, whose `form` is the number of its form: it grows where a key goes or means
something else, not where one is added.
"""
NAMES = Names(arms=("none",), funds=("fund",), assets=("<asset>",), facilities=((),), layers=("<layer>",))


def table_of(lines: Iterable[ColumnSaid]) -> Iterator[str]:
    """Lines as a table of Markdown."""
    yield "| column | unit | meaning |\n|---|---|---|"
    for line in lines:
        yield f"| `{line.column}` | {line.unit} | {line.meaning.replace('|', '/')} |"


def page() -> str:
    """All of it."""
    schemas = {
        "`paths/`: a row a path and arm": path_schema(NAMES, has_models=True),
        "`funds/`: a row a path, arm and fund": fund_schema(),
        "`summary.parquet`: a row a figure": summary_schema(),
        "What `simulate` writes: a row a path, day and asset": market_schema(),
        "What `trace` writes: a row an arm, day, variable and item": trace_schema(),
    }
    chapters = {title: columns_of("", schema) for title, schema in schemas.items()}
    chapters["Metrics of the summary beyond the columns of `paths` and `funds`"] = (
        ColumnSaid("", metric.name, metric.unit, metric.meaning) for metric in metrics_of(["<layer>"]))
    chapters["Metrics of `daily.parquet`: a row an arm, day and metric, with mean and quantiles over paths"] = (
        ColumnSaid("", metric.name, metric.unit, metric.meaning) for metric in DAILY_METRICS)
    told = [f"\n## {title}\n\n" + "\n".join(table_of(lines)) + "\n" for title, lines in chapters.items()]
    return HEAD + "".join(told)


if __name__ == "__main__":
    print(page(), end="")
