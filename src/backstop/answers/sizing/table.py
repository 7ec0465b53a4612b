"""The answer as files: curves as a table, all of it as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING

from backstop.answers.sizing.robust import LADDER, worst
from backstop.answers.sizing.size import Sized
from backstop.answers.written import write_answer
from backstop.runs.schema import described

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = {"given": "crisis: of paths with one; all: over all paths",
          "model": "market model that made the paths; null for all together"}
_NUMBERS = {"p": "chance of running dry", "lower": "end of the band that holds the whole curve with 95 %",
            "upper": "end of that band"}


def curves_table(answer: Sized) -> "pa.Table":
    """A row a size of each curve, with the worst chance by distance of the model, from the upper end of the band."""
    import pyarrow as pa

    fields = [described(name, pa.string(), "", meaning) for name, meaning in _TEXTS.items()]
    fields += [described("size", pa.float64(), "currency", "size of the pool")]
    fields += [described(name, pa.float64(), "frac", meaning) for name, meaning in _NUMBERS.items()]
    fields += [described(f"worst_{k:g}", pa.float64(), "frac", f"largest chance in any model within {k:g} nats")
               for k in LADDER]
    least = answer.crisis_chance.lower or 0.0
    rows = [(curve.given, curve.model, *point, *(worst(point.upper, k, least if curve.given == "crisis" else 1.0)
                                                 for k in LADDER))
            for curve in answer.curves for point in curve.points]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=pa.schema(fields))


def write_size(answer: Sized, folder: Path) -> None:
    """``size.json``, all of it, and ``size.parquet``, the curves; `EnvironmentFailure` where it cannot."""
    write_answer(folder, "size", answer.as_json(), {"size": curves_table(answer)})
