"""The answer of a run in a few lines of HTML, for notebooks: static, escaped, small."""

from collections.abc import Sequence
from html import escape
from typing import Any

from backstop.answers.comparisons import FACILITY
from backstop.answers.stress import read_rows
from backstop.answers.summary import Row
from backstop.config.study import NO_FACILITY, WITHOUT
from backstop.report.language.catalogue import Texts, texts_in
from backstop.report.language.numbers import range_text, value_text
from backstop.runs.directory import RunDirectory

FIGURES = (("activated", "prob"), ("window_sales_averted_share", "ratio"), ("window_sales_averted", "mean"),
           ("relief", "mean"), ("relief_negative", "prob"), ("utilisation_if_active", "mean"), ("dry", "prob"),
           ("cost_a_year", "mean"), ("forced_sales", "mean"))
"""(metric, statistic) of the summary."""
MOST_ARMS = 4
_LONGEST = 60


def short_table(directory: RunDirectory, manifest: dict[str, Any]) -> str:
    """A table of the first arms; all figures are in the summary.

    Raises
    ------
    RunIncomplete
        The summary is not as this version writes it.
    """
    texts = texts_in("en")
    rows = {(row.arm, row.metric, row.statistic): row for row in reversed(read_rows(directory.folder) or ())
            if row.fund is None and row.comparison in (None, FACILITY)}
    arms = [arm for arm in manifest["arms"] if not arm.startswith(WITHOUT) and arm != NO_FACILITY] or [NO_FACILITY]
    shown = arms[:MOST_ARMS]
    head = "".join(f"<th>{_text(arm)}</th><th>{_text(texts('column.interval'))}</th>" for arm in shown)
    body = "".join(_line(texts, figure, [rows.get((arm, *figure)) for arm in shown]) for figure in FIGURES)
    said = texts("page.lead", paths=f"{manifest['paths']:,}", days=manifest["days"], seed=manifest["seed"],
                 currency=manifest["currency"])
    return (f"<div><p><b>{_text(directory.folder.name)}</b>: {_text(said, 400)}</p>"
            f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _line(texts: Texts, figure: tuple[str, str], found: Sequence[Row | None]) -> str:
    """A figure of all arms; nothing where none has it."""
    if not any(found):
        return ""
    cells = "".join(f"<td>{_text(text)}</td>" for row in found for text in (("", "") if row is None else (
        value_text(row.estimate, row.unit, texts), range_text(row.lower, row.upper, row.unit, texts))))
    return f"<tr><th>{_text(texts(f'metric.{figure[0]}_{figure[1]}'))}</th>{cells}</tr>"


def _text(text: str, longest: int = _LONGEST) -> str:
    return escape(text if len(text) <= longest else f"{text[:longest]}…")
