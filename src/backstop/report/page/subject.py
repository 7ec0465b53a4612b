"""What the page is about: a finished run, its summary, its config, and the language it is told in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from markupsafe import Markup

from backstop.answers.comparisons import FACILITY
from backstop.answers.summary import Row
from backstop.config.schema import Config
from backstop.config.study import NO_FACILITY, WITHOUT
from backstop.errors import BackstopError
from backstop.report.language.catalogue import Texts
from backstop.report.language.numbers import range_text, value_text
from backstop.report.page.charts import SCREENS, Range, Screen, Spec
from backstop.report.page.specifications import in_script
from backstop.report.page.svg import draw
from backstop.runs.assemble import Assembled, assemble_again
from backstop.runs.directory import RunDirectory
from backstop.runs.parts import Parts

NONE = "-"
"""In place of a figure that the run does not have."""


class Figure(NamedTuple):
    """A chart with its numbers.

    Attributes
    ----------
    key
        Its name among the charts of the page.
    wide, narrow
        As drawn, for each width of screen.
    specification
        What `wide` is drawn from.
    alive
        What a script draws both from, see `in_script`.
    """

    key: str
    title: str
    wide: Markup
    narrow: Markup
    head: Sequence[str]
    body: Sequence[Sequence[str]]
    specification: Spec
    alive: Markup


class Table(NamedTuple):
    """A table alone."""

    title: str
    head: Sequence[str]
    body: Sequence[Sequence[str]]


class Chapter(NamedTuple):
    """A question with its answer; `commands` are (what for, command)."""

    key: str
    heading: str
    sentences: Sequence[str]
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    commands: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Subject:
    """A run and how it is told.

    Attributes
    ----------
    config
        None where it cannot be read any more.
    others
        Answers of other commands by name, see `others`.
    """

    directory: RunDirectory
    manifest: Mapping[str, Any]
    rows: Sequence[Row]
    config: Config | None
    texts: Texts
    others: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def parts(self) -> Parts:
        """Columns of the run."""
        return Parts(self.directory)

    @cached_property
    def again(self) -> Assembled | None:
        """What the run was made from, made anew; None where its config does not lead to it any more."""
        try:
            return assemble_again(self.directory.folder)
        except BackstopError:
            return None

    @property
    def currency(self) -> str:
        """What amounts are in."""
        return str(self.manifest["currency"])

    @property
    def arms(self) -> list[str]:
        """Arms of the config that have a counterfactual."""
        return [arm for arm in self.manifest["arms"] if arm != NO_FACILITY and not arm.startswith(WITHOUT)]

    @cached_property
    def _found(self) -> dict[tuple[str, str, str], Row]:
        return {(row.arm, row.metric, row.statistic): row for row in reversed(self.rows)
                if row.fund is None and row.comparison in (None, FACILITY)}

    def row(self, arm: str, metric: str, statistic: str) -> Row | None:
        """A figure of pool and market; of effects, the facility's."""
        return self._found.get((arm, metric, statistic))

    def shown(self, arm: str, metric: str, statistic: str) -> str:
        """Its estimate in words; a dash where there is none."""
        row = self.row(arm, metric, statistic)
        return NONE if row is None else value_text(row.estimate, row.unit, self.texts)

    def interval(self, arm: str, metric: str, statistic: str) -> str:
        """Its interval in words."""
        row = self.row(arm, metric, statistic)
        return NONE if row is None else range_text(row.lower, row.upper, row.unit, self.texts) or NONE

    def figure(self, name: str, said: str, spec_of: Any, head: Sequence[str], body: Sequence[Sequence[str]],
               title: str = "") -> Figure:
        """A chart, drawn for both screens by ``spec_of(screen)``."""
        wide, narrow = (draw(spec_of(screen), f"{name}-{word}", said) for word, screen in SCREENS.items())
        alive = in_script({word: spec_of(screen._replace(has_pointer=True)) for word, screen in SCREENS.items()})
        return Figure(name, title or said, wide, narrow, head, body, spec_of(SCREENS["wide"]), alive)

    def ranges_of(self, metrics: Sequence[tuple[str, str]], scale: float = 1.0) -> Iterator[tuple[Range, Row]]:
        """Rows of a chart of ranges for those metrics that some arm has, amounts divided by `scale`."""
        for metric, statistic in metrics:
            for arm in self.arms:
                row = self.row(arm, metric, statistic)
                if row is not None:
                    label = self.texts(f"metric.{metric}_{statistic}") + (" *" if row.note else "")
                    low, high, least, most = (None if end is None else end / scale for end in (
                        row.lower, row.upper, row.model_low, row.model_high))
                    said = value_text(row.estimate, row.unit, self.texts)
                    yield Range(label, arm, row.estimate / scale, low, high, said, least, most), row

    def table_of(self, found: Sequence[tuple[Range, Row]]) -> tuple[list[str], list[list[str]]]:
        """Head and body for such a chart."""
        texts = self.texts
        has_models = any(row.model_low is not None for _, row in found)
        head = [texts(f"column.{name}") for name in ("figure", "arm", "estimate", "interval")]
        body = [[one.label, one.group, one.text, range_text(row.lower, row.upper, row.unit, texts)]
                + ([range_text(row.model_low, row.model_high, row.unit, texts)] if has_models else [])
                for one, row in found]
        return head + ([texts("column.models")] if has_models else []), body


__all__ = ["Chapter", "Figure", "Screen", "Subject", "Table"]
