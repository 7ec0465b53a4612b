"""Chapters on what the answer rests on: the fits, the assumptions, and how to make it again."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from backstop.report.amounts import percent
from backstop.report.page.charts import stacks
from backstop.report.page.subject import NONE, Chapter, Subject, Table
from backstop.runs.files import read_bounded

ORIGINS = ("cited", "fitted", "ours")
_TAG = re.compile(r"#.*\[(cited|fitted|ours)\b(.*)")
_SECTION = re.compile(r"^\s*\[+\s*([\w-]+)")
_LONGEST = 160


class Tagged(NamedTuple):
    """A line of the config that says where its number comes from."""

    section: str
    text: str
    origin: str
    said: str


def tagged_lines(text: str) -> Iterator[Tagged]:
    """Lines with a tag in their comment."""
    section = ""
    for line in text.splitlines():
        found = _SECTION.match(line)
        section = found[1] if found else section
        tag = _TAG.search(line)
        content = line.partition("#")[0].strip()
        if tag and content:
            yield Tagged(section, content[:_LONGEST], tag[1], line.partition("#")[2].strip()[:_LONGEST])


def assumptions(subject: Subject) -> Chapter | None:
    """Cited, fitted and ours apart; None of a config without tags."""
    texts = subject.texts
    found = list(tagged_lines(subject.directory.config.read_text(encoding="utf-8", errors="replace")))
    if not found:
        return None
    counts = {origin: sum(line.origin == origin for line in found) for origin in ORIGINS}
    sections = list(dict.fromkeys(line.section for line in found))
    rows: list[dict[str, Any]] = [{"label": section, "item": texts(f"assumptions.{origin}"),
             "value": sum(line.section == section and line.origin == origin for line in found)}
            for section in sections for origin in ORIGINS]
    names = [texts(f"assumptions.{origin}") for origin in ORIGINS]
    figure = subject.figure("assumptions", texts("assumptions.alt"), lambda screen: stacks(
        rows, names, screen, texts("assumptions.axis"), "d"), [texts("column.section"), *names],
        [[section, *(str(int(row["value"])) for row in rows if row["label"] == section)] for section in sections])
    head = [texts(f"column.{name}") for name in ("section", "line", "source")]
    tables = [Table(texts(f"assumptions.{title}"), head,
                    [[line.section, line.text, line.said] for line in found if (line.origin == "ours") == is_ours])
              for title, is_ours in (("of_cited", False), ("of_ours", True))]
    changed = [str(line) for line in subject.manifest["overrides"]]
    lists = [(texts("assumptions.changed"), changed)] if changed else []
    said = texts("assumptions.lead", **{origin: counts[origin] for origin in ORIGINS})
    return Chapter("assumptions", texts("assumptions.heading"), [said], [figure], [t for t in tables if t.body], lists)


def fit(subject: Subject) -> Chapter | None:
    """What was fitted when the run started; None where nothing was."""
    texts, said, body = subject.texts, [], []
    for asset, found in json.loads(read_bounded(subject.directory.fits)).items():
        if "model" not in found:
            continue
        level = found["long_run_volatility_ann"]
        said.append(texts("fit.lead", asset=asset, model=found["model"], n=f"{found['n_returns']:,}",
                          first=found["first_day"], last=found["last_day"],
                          volatility=NONE if level is None else percent(level),
                          persistence=f"{found['persistence']:.4f}"))
        body += [[asset, name, f"{value:.4g}", f"{found['standard_errors'][name]:.2g}"]
                 for name, value in found["estimates"].items()]
    if not body:
        return None
    head = [texts(f"column.{name}") for name in ("what", "parameter", "estimate", "error")]
    return Chapter("fit", texts("fit.heading"), said, tables=[Table(texts("fit.table"), head, body)])


def again(subject: Subject) -> Chapter:
    """Versions, hashes and the commands that make all of it anew."""
    texts, manifest = subject.texts, subject.manifest
    folder = shlex.quote(str(subject.directory.folder))
    sets = "".join(f" --set {shlex.quote(str(line))}" for line in manifest["overrides"])
    commands = [(texts("again.run"), f"backstop run {folder}/config.toml{sets} -o again"),
                (texts("again.verify"), f"backstop verify {folder}"),
                (texts("again.trace"), f"backstop trace {folder} --path 0 -o trace.parquet")]
    rows = [[texts("again.version"), str(manifest["backstop"])], [texts("again.seed"), str(manifest["seed"])],
            [texts("again.config"), str(manifest["config_hash"])], [texts("again.terms"), str(manifest["terms_hash"])],
            *([texts("again.inputs", name=name), str(value)] for name, value in manifest["inputs"].items()),
            *([texts("again.library", name=name), str(value)] for name, value in manifest["versions"].items())]
    table = Table(texts("page.table"), [texts("column.what"), texts("column.value")], rows)
    return Chapter("again", texts("again.heading"), [texts("again.lead")], tables=[table], commands=commands)
