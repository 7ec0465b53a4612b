"""A chart of the page by itself, as a file for a paper or slides."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from backstop.errors import ConfigError
from backstop.report.language.catalogue import texts_in
from backstop.report.page.charts import INK
from backstop.report.page.page import figures_of, subject_of
from backstop.runs.files import write_whole

Form: TypeAlias = Literal["svg", "png", "pdf"]
_INK, _PAPER, _PIXELS = "#24292f", "#ffffff", 2.0
"""A file has no page to take its colours from; a PNG has so many pixels for each of the chart's."""


def write_chart(folder: Path, name: str, form: Form, out: Path | None, language: str) -> Path:
    """Write chart `name` of the run in `folder`, beside the run as ``RUN-NAME.FORM`` unless `out` says where.

    Raises
    ------
    ConfigError
        The page has no such chart.
    RunIncomplete, EnvironmentFailure
        See `write_page`.
    """
    found = {figure.key: figure for figure in figures_of(subject_of(folder, texts_in(language)))}
    if name not in found:
        raise ConfigError([f"--chart {name}: the page of {folder} has no such chart; write one of {', '.join(found)}"])
    file = out or folder.resolve().with_name(f"{folder.resolve().name}-{name}.{form}")
    write_whole(file, _drawn(_on_paper(found[name].specification), form))
    return file


def _drawn(specification: Any, form: Form) -> bytes:
    import vl_convert

    if form == "svg":
        return vl_convert.vegalite_to_svg(specification).encode()
    if form == "png":
        return bytes(vl_convert.vegalite_to_png(specification, scale=_PIXELS))
    return bytes(vl_convert.vegalite_to_pdf(specification))


def _on_paper(value: Any) -> Any:
    """A specification in ink on paper."""
    if isinstance(value, Mapping):
        told = {key: _on_paper(item) for key, item in value.items()}
        return told | {"background": _PAPER} if "$schema" in told else told
    if isinstance(value, list | tuple):
        return [_on_paper(item) for item in value]
    return _INK if value == INK else value
