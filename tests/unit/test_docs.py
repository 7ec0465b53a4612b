"""What pages repeat of the sources is what the sources say today."""

import os
import subprocess
import sys
from pathlib import Path

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
