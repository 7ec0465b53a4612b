"""The answer of sensitivity as a table and as plain dicts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstop.answers.sensitivity.sensitivity import Sensitivity
from backstop.answers.written import plain, write_answer
from backstop.runs.schema import described

if TYPE_CHECKING:
    import pyarrow as pa

_MEANINGS = {
    "key": "the number that is moved", "line": "its line in the config", "tag": "cited, fitted, ours, or nothing",
    "side": "low or high", "config_value": "what the config says", "value": "what it is moved to",
    "is_stated": "whether its tag gives the range; else half, double, or the next that the config takes",
    "estimate": "the headline with the number moved", "lower": "end of its 95 % interval",
    "upper": "end of its 95 % interval", "effect": "the headline less the config's, path by path",
    "effect_lower": "end of its 95 % interval", "effect_upper": "end of its 95 % interval",
    "turns": "whether the headline's sign is another than the config's",
    "is_sure": "whether the whole interval is on the other side of 0",
}


def moved_table(answer: Sensitivity) -> "pa.Table":
    """A row a side of each number, those that move the headline most first."""
    import pyarrow as pa

    types = {"key": pa.string(), "tag": pa.string(), "side": pa.string(), "line": pa.int64(), "turns": pa.bool_(),
             "is_sure": pa.bool_(), "is_stated": pa.bool_()}
    units = dict.fromkeys(("estimate", "lower", "upper", "effect", "effect_lower", "effect_upper"),
                          answer.headline.unit)
    fields = [described(name, types.get(name, pa.float64()), units.get(name, ""), meaning)
              for name, meaning in _MEANINGS.items()]
    rows = [(*one[:7], *one.estimate[:3], *one.effect[:3], one.turns, one.is_sure)
            for sides in answer.ranked() for one in sides]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=pa.schema(fields))


def as_json(answer: Sensitivity) -> dict[str, Any]:
    """Plain dicts and lists."""
    tree: dict[str, Any] = plain(answer._replace(moved=tuple(one for sides in answer.ranked() for one in sides)))
    return tree


def write_sensitivity(answer: Sensitivity, folder: Path) -> None:
    """``sensitivity.json`` and ``sensitivity.parquet``; `EnvironmentFailure` where it cannot."""
    write_answer(folder, "sensitivity", as_json(answer), {"sensitivity": moved_table(answer)})
