"""The answer of a sweep as a table and as plain dicts."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.objectives import Quantity
from backstop.answers.sweeping.sweep import Answer, Swept
from backstop.answers.written import plain, write_answer
from backstop.runs.schema import described

if TYPE_CHECKING:
    import pyarrow as pa


def designs_table(answer: Answer) -> "pa.Table":
    """A row a design: what it changes, what it comes to, whether it is on the frontier."""
    import pyarrow as pa

    rows = [row_of(answer, one) for one in answer.designs]
    fields = [described(name, _type_of(rows, name), *_said(answer, name)) for name in rows[0]]
    return pa.table([[row[field.name] for row in rows] for field in fields], schema=pa.schema(fields))


def row_of(answer: Answer, one: Swept) -> dict[str, Any]:
    """One design, flat; values of keys as text where not all are numbers, null where it is the config's."""
    row: dict[str, Any] = {"design": one.design.name, "n_paths": one.n_paths}
    for factor in answer.question.factors:
        value = one.design.values.get(factor.key)
        row[factor.key] = value if value is None or _is_of_numbers(factor) else _text(value)
    for quantity, found in zip(answer.asked.objectives, one.objectives, strict=True):
        row |= _spread(quantity.name, found)
    for limit, found in zip(answer.question.limits, one.kept, strict=True):
        row |= _spread(f"{limit.text}", found)
    if answer.question.per is not None:
        row |= _spread("/".join(answer.question.per), one.per)
    return row | {"stands": one.stands, "is_on_frontier": one.is_on, "chance_of_frontier": one.chance,
                  "chance_of_best": one.best}


def _is_of_numbers(factor: Factor) -> bool:
    return factor.span is not None or all(type(value) in (int, float) for value in factor.values)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _spread(name: str, found: Estimate | None) -> dict[str, float | None]:
    value, lower, upper = found[:3] if found is not None else (None, None, None)
    return {name: value, f"{name}_lower": lower, f"{name}_upper": upper}


def _type_of(rows: list[dict[str, Any]], name: str) -> "pa.DataType":
    import pyarrow as pa

    known = [row[name] for row in rows if row[name] is not None]
    if known and isinstance(known[0], bool):
        return pa.bool_()
    if known and isinstance(known[0], str):
        return pa.string()
    return pa.int64() if known and all(isinstance(value, int) for value in known) else pa.float64()


def _said(answer: Answer, name: str) -> tuple[str, str]:
    """Unit and meaning of a column."""
    fixed = {"design": "name of the design", "n_paths": "paths it was run on; fewer where halving dropped it",
             "stands": "whether it surely breaks no limit and no design is surely better",
             "chance_of_best": "share of resamples of paths in which its first objective is the best",
             "is_on_frontier": "whether nothing beats it by more than the indifference zone",
             "chance_of_frontier": "share of resamples of paths in which nothing does"}
    if name in fixed:
        return "", fixed[name]
    units = {quantity.name: quantity.unit for quantity in answer.asked.metrics}
    unit = units.get(name.removesuffix("_lower").removesuffix("_upper"), "")
    return unit, "value of a key, or estimate with the ends of its 95 % interval"


def as_json(answer: Answer) -> dict[str, Any]:
    """Plain dicts and lists."""
    question = answer.question
    return {
        "config": str(question.config.path), "currency": answer.currency, "n_paths": answer.n_paths,
        "kind": question.plan.kind, "vary": [factor.key for factor in question.factors],
        "objectives": [quantity._asdict() | {"zone": zone, "over_unit": _unit_below(answer, quantity)}
                       for quantity, zone in zip(answer.asked.objectives, answer.zone, strict=True)],
        "limits": [limit.text for limit in question.limits],
        "designs": [row_of(answer, one) for one in answer.designs],
        "refused": [{"values": dict(one.design.values), "reason": one.reason} for one in answer.refused],
        "indices": plain(answer.indices), "levers": plain(answer.levers), "budgets": plain(answer.budgets),
        "leader": answer.leader and answer.leader.name, "likely_best": [one.design.name for one in answer.likely]}


def _unit_below(answer: Answer, quantity: Quantity) -> str:
    """Of what an objective is divided by."""
    return answer.asked.metrics[answer.asked.number(quantity.over)].unit if quantity.over else ""


def write_sweep(answer: Answer, folder: Path) -> None:
    """``sweep.json``, or ``optimise.json`` of a search, and ``designs.parquet``; `EnvironmentFailure` if it cannot."""
    name = "optimise" if answer.question.seeks_best else "sweep"
    write_answer(folder, name, as_json(answer), {"designs": designs_table(answer)})
