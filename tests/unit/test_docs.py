"""What pages repeat of the sources is what the sources say today."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from backstop.cli.app import app
from docs.figures import day, pages
from docs.figures.registry import FIGURES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def printed(script: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run([sys.executable, DOCS / script], capture_output=True, text=True, check=True,
                          env=environment).stdout


def test_the_page_for_developers_lists_the_rooms_there_are():
    assert f"```\n{printed('listing.py')}```\n" in (DOCS / "DEVELOPERS.md").read_text(encoding="utf-8")


def test_the_model_ends_with_what_the_declarations_say_of_its_symbols():
    end = printed("symbols.py")
    assert "`funds.navps`" in end
    assert (DOCS / "model.md").read_text(encoding="utf-8").endswith(end)


def test_the_data_dictionary_is_what_the_registry_says():
    assert (DOCS / "columns.md").read_text(encoding="utf-8") == printed("columns.py")


def test_the_readme_begins_with_a_screen_and_a_picture():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    assert lines.count("```") == 2
    picture = next(line for line in lines if line.startswith("!["))
    drawn = (ROOT / picture.partition("](")[2].rstrip(")")).read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "currentColor" not in drawn


def test_every_figure_of_a_page_is_made_by_a_command_and_nothing_else_is_made():
    for page, figures in FIGURES.items():
        assert sorted(pages.names_in((ROOT / page).read_text(encoding="utf-8"))) == sorted(figures), page


def test_a_figure_is_made_anew_between_its_marks_and_nowhere_else():
    text = "Before 3 %.\n<!-- figure one -->\nold 4 %\n<!-- end -->\nAfter 5 %.\n"
    made = pages.filled(text, {"one": lambda: "new 5 %\n"})
    assert made == text.replace("old 4 %", "new 5 %")
    assert list(pages.loose_numbers(made)) == [(1, "3")]


def test_a_figure_that_nothing_makes_is_an_error():
    with pytest.raises(KeyError, match="one"):
        pages.filled("<!-- figure one -->\n<!-- end -->\n", {})


def test_the_picture_of_a_day_has_the_steps_of_the_page_of_contents():
    source = day.STEP.read_text(encoding="utf-8")
    assert [step.split()[0] for _, step in day.steps(source)] == [str(n) for n in range(1, 14)]
    assert (DOCS / "day.svg").read_text(encoding="utf-8") == day.drawn(source)


def test_the_site_has_every_page():
    nav = (ROOT / ".ci" / "site.yml").read_text(encoding="utf-8").partition("nav:")[2]
    assert set(re.findall(r"[\w-]+\.md", nav)) == {page.name for page in DOCS.glob("*.md")}


def commands_in(text: str) -> list[str]:
    """What a reader would type: in code of a line, or in blocks of it."""
    joined = text.replace("\\\n", " ")
    quoted = re.findall(r"`(backstop [^`\n]*)`", joined)
    return quoted + re.findall(r"^    (backstop .*)$", joined, re.MULTILINE)


WRITTEN = [(page.name, command) for page in [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
           for command in commands_in(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "command"), WRITTEN, ids=[f"{page}: {command}"[:80] for page, command in WRITTEN])
def test_every_command_of_a_page_has_only_options_that_there_are(page, command):
    group = get_command(app)
    words = shlex.split(re.sub(r"[\[\]|]", " ", command.split(" && ")[-1]))[1:]
    if not words or words[0].isupper():
        return
    asked = group.commands[words[0].rstrip(",")]
    known = {option for parameter in asked.params for option in (*parameter.opts, *parameter.secondary_opts)}
    written = {word.partition("=")[0] for word in words if word.startswith("-") and not word.lstrip("-")[:1].isdigit()}
    assert written - {"--help"} <= known
