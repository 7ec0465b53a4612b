"""Where two runs part: what they were made of, their terms, and the figures of their summaries."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from backstop.answers.stress import read_fund_rows, read_rows
from backstop.answers.summary import Row
from backstop.runs.directory import RunDirectory
from backstop.runs.files import environment_failures, read_bounded

_OF_RUN = ("backstop", "kernels", "scenario", "models", "overrides", "seed", "paths", "days", "arms", "counterfactuals",
           "currency", "drawn_parameters")
_SAID_BY_ITSELF = ("run.paths=", "run.seed=")
"""Overrides whose values the manifest has."""


class Change(NamedTuple):
    """A value that two runs do not share; None where a run does not have it."""

    key: str
    a: Any
    b: Any


class FigureChange(NamedTuple):
    """A figure of the summaries that two runs do not share; None where a run does not have it."""

    arm: str
    fund: str | None
    metric: str
    statistic: str
    comparison: str | None
    a: Row | None
    b: Row | None


class Difference(NamedTuple):
    """Everything that two runs do not share."""

    run: list[Change]
    """What they were made of: versions, seed, sizes, inputs."""
    terms: list[Change]
    figures: list[FigureChange]

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        figures = [figure._asdict() | {run: row and row._asdict() for run, row in (("a", figure.a), ("b", figure.b))}
                   for figure in self.figures]
        return {"run": [change._asdict() for change in self.run],
                "terms": [change._asdict() for change in self.terms], "figures": figures}

    @property
    def is_none(self) -> bool:
        """Whether the runs are the same, timings apart."""
        return not (self.run or self.terms or self.figures)


def difference(a: Path, b: Path) -> Difference:
    """Compare two complete runs.

    Raises
    ------
    RunIncomplete
        One of them is none.
    """
    directories = RunDirectory(a), RunDirectory(b)
    manifests = [_of_run(directory.read_manifest()) for directory in directories]
    terms = [dict(_leaves(_resolved(directory), "")) for directory in directories]
    return Difference(_changes(*manifests), _changes(*terms), _figures(_all_rows(a), _all_rows(b)))


def _all_rows(folder: Path) -> list[Row]:
    return [*(read_rows(folder) or []), *read_fund_rows(folder)]


def _of_run(manifest: Mapping[str, Any]) -> dict[str, Any]:
    inputs = {f"inputs.{name}": digest for name, digest in manifest["inputs"].items()}
    versions = {f"versions.{name}": version for name, version in manifest["versions"].items()}
    own = [setting for setting in manifest["overrides"] if not setting.startswith(_SAID_BY_ITSELF)]
    return {key: manifest.get(key) for key in _OF_RUN} | {"overrides": own} | inputs | versions


def _resolved(directory: RunDirectory) -> Any:
    with environment_failures(directory.resolved):
        return json.loads(read_bounded(directory.resolved))


def _leaves(node: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Every number and text of a tree, by dotted key; what is said of a value is none of its own."""
    if isinstance(node, dict):
        children = {"": node["value"]} if {"value", "unit"} <= node.keys() else node
        for name, child in children.items():
            yield from _leaves(child, f"{key}.{name}".strip("."))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _leaves(child, f"{key}[{number}]")
    else:
        yield key, node


def _changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    keys = dict.fromkeys([*a, *b])
    return [Change(key, a.get(key), b.get(key)) for key in keys if a.get(key) != b.get(key)]


def _figures(a: list[Row], b: list[Row]) -> list[FigureChange]:
    """Figures in the order of the first run, then those that the second alone has."""
    ours, theirs = ({(row.arm, row.fund, row.metric, row.statistic, row.comparison): row for row in rows}
                    for rows in (a, b))
    pairs = {key: (ours.get(key), theirs.get(key)) for key in [*ours, *theirs]}
    return [FigureChange(*key, *pair) for key, pair in pairs.items() if _numbers(pair[0]) != _numbers(pair[1])]


def _numbers(row: Row | None) -> tuple[float | None, ...] | None:
    return None if row is None else (row.estimate, row.lower, row.upper)
