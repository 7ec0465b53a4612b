"""The whole page: its chapters in order, what is missing with the command that adds it, and the file."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from backstop.answers.stress import read_rows
from backstop.config.schema import Config
from backstop.config.text.load import load_config
from backstop.errors import BackstopError
from backstop.report.language.catalogue import Texts, texts_in
from backstop.report.page import designs, grounds, market, money, others, outcome
from backstop.report.page.scripts import scripts
from backstop.report.page.subject import Chapter, Figure, Subject
from backstop.runs.directory import RunDirectory
from backstop.runs.files import write_whole

CHAPTERS: tuple[Callable[[Subject], Chapter | None], ...] = (
    outcome.answer, money.sizing, money.use, money.liquidity, others.history, outcome.effects, outcome.gains,
    market.triggers, others.broken, designs.frontier, designs.best, market.daily, grounds.fit, others.tornado,
    grounds.assumptions, market.one_path, grounds.again)
"""In the order in which a decision maker asks."""
PAGE = "report.html"


def write_page(folder: Path, out: Path | None, language: str, is_still: bool = False, beside: Sequence[Path] = ()
               ) -> Path:
    """The page of the complete run in `folder`, into it unless `out` says where; without scripts where it `is_still`.

    Answers that other commands left in the folders `beside` have chapters of their own.

    Raises
    ------
    RunIncomplete
        There is no complete run, or it is not as this version writes it.
    ConfigError
        A folder `beside` has no answer.
    EnvironmentFailure
        Disk full, no permission.
    """
    file = out or folder / PAGE
    subject = replace(subject_of(folder, texts_in(language)), others=others.answers_in(beside))
    # a name that the locale could not read has characters that no file takes
    write_whole(file, render(subject, is_still).encode(errors="backslashreplace"))
    return file


def subject_of(folder: Path, texts: Texts) -> Subject:
    """The run in `folder`, told in a language."""
    directory = RunDirectory(folder)
    manifest = directory.read_manifest()
    return Subject(directory, manifest, read_rows(folder) or [], _config_of(directory, manifest), texts)


def _config_of(directory: RunDirectory, manifest: dict[str, Any]) -> Config | None:
    """The config of the run; None where files that it names are gone."""
    try:
        return load_config(directory.config, manifest["overrides"], Path(manifest["config_folder"]))
    except BackstopError:
        return None


def render(subject: Subject, is_still: bool = False) -> str:
    """The page as HTML, complete without scripts; with them charts answer the pointer."""
    from jinja2 import Environment

    chapters = {chapter.key: chapter for chapter in chapters_of(subject)}
    shown = [chapter for chapter in chapters.values()
             if chapter.figures or chapter.tables or chapter.lists or len(chapter.sentences) > 1]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(template_text())
    return template.render(t=subject.texts, chapters=shown, missing=missing(subject, set(chapters)),
                           scripts=None if is_still else scripts(), **_facts(subject))


def chapters_of(subject: Subject) -> Iterator[Chapter]:
    """Those that the run has something to say in."""
    yield from (chapter for maker in CHAPTERS if (chapter := maker(subject)) is not None)


def figures_of(subject: Subject) -> Iterator[Figure]:
    """All charts of the page."""
    yield from (figure for chapter in chapters_of(subject) for figure in chapter.figures)


def template_text() -> str:
    """What the page is made by."""
    return resources.files("backstop.report.page").joinpath("page.html").read_text(encoding="utf-8")


def _facts(subject: Subject) -> dict[str, object]:
    name = subject.config.run.name if subject.config else subject.directory.folder.name
    manifest = subject.manifest
    return {"title": subject.texts("page.title", name=name),
            "lead": subject.texts("page.lead", paths=f"{manifest['paths']:,}", days=manifest["days"],
                                  seed=manifest["seed"], currency=manifest["currency"])}


def missing(subject: Subject, there: set[str]) -> list[tuple[str, str]]:
    """What was not computed, and the command that adds it."""
    folder = shlex.quote(str(subject.directory.folder))
    config = f"{folder}/config.toml"
    commands = {"sizing": ("size", f"backstop size {folder}"), "path": ("path", f"backstop run {config} --overwrite")}
    found = [commands[key] for key in commands if key not in there]
    if market.index_prices(subject) is None:
        found.append(("triggers", "backstop history CONFIG"))
    elif "history" not in there:
        found.append(("history", f"backstop history {config} -o history"))
    if not subject.parts.mixture.models:
        found.append(("models", f"backstop run {config} --models egarch,garch,gjr,tarch,fhs"))
    wanted = {"tornado": "sensitivity", "broken": "reverse"}
    found += [(name, f"backstop {name} {config} -o {name}") for key, name in wanted.items() if key not in there]
    return [(subject.texts(f"missing.{key}"), command) for key, command in found]
