"""Screens, held to files at 80 and 120 columns: the first one, of one arm and of several, and those of questions."""

from pathlib import Path

import pytest
from rich.cells import cell_len

from commands import SMALL, pinned, run_here

GOLDEN = Path(__file__).parent / "golden"
ARMS = """
[[arms]]
name = "large"
facilities = ["backstop"]
overrides = { "pool.layers.last.size" = 9e9 }
[[arms]]
name = "patient"
facilities = ["backstop"]
overrides = { "funds.equity.investors.all.notice_days" = 5 }
[[arms]]
name = "calm"
facilities = []
overrides = { "funds.equity.investors.all.bear_slope_per_day" = 0.1 }
"""


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A run of four arms."""
    folder = tmp_path_factory.mktemp("screens")
    (folder / "several.toml").write_text(SMALL.read_text() + ARMS)
    assert run_here("run", folder / "several.toml", "-o", folder / "run", "--quiet").code == 0
    return folder / "run"


@pytest.fixture
def screen(monkeypatch):
    """The screen of a run, so many columns wide."""

    def show(folder, columns, *options):
        monkeypatch.chdir(folder.parent)
        monkeypatch.setenv("COLUMNS", str(columns))
        ended = run_here("show", folder.name, *options)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    return show


def test_the_first_screen_has_a_chinese_form_of_the_same_width(several, request, screen):
    printed = screen(several, 80, "--language", "zh")
    file = GOLDEN / "several-80-zh.txt"
    if request.config.getoption("--write-golden"):
        file.write_text(printed, encoding="utf-8")
    assert printed == file.read_text(encoding="utf-8")
    assert max(map(cell_len, printed.splitlines())) <= 80


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", ["small", "several"])
def test_the_first_screen_is_as_it_was(name, columns, finished, several, request, screen):
    """``pytest --write-golden`` writes the files anew: read the difference before it is committed."""
    printed = screen(finished[0] if name == "small" else several, columns)
    file = GOLDEN / f"{name}-{columns}.txt"
    if request.config.getoption("--write-golden"):
        file.write_text(printed)
    assert printed == file.read_text()


@pytest.mark.parametrize("columns", [80, 120])
def test_the_screen_of_check_is_as_it_was(columns, monkeypatch, request):
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = run_here("check", SMALL)
    file = GOLDEN / f"check-{columns}.txt"
    if request.config.getoption("--write-golden"):
        file.write_text(ended.out)
    assert (ended.code, ended.out) == (0, file.read_text())


ANSWERS = {
    "size": ("small.toml", "--paths", "200"),
    "history": ("small.toml", "--paths", "64", "--set", "run.days=60"),
    "designs": ("small.toml", "--paths", "64", "--only", "rbi-slf-mf-2020", "--scenario", "none"),
    "quality": ("small.toml", "--paths", "200", "--sweep", "facilities.backstop.system_key.entry.at_least=0.1:0.2:3"),
}


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", ANSWERS)
def test_the_screen_of_an_answer_is_as_it_was(command, columns, tmp_path, monkeypatch, request):
    text = SMALL.read_text()
    (tmp_path / "small.toml").write_text(pinned(text, tmp_path) if command == "history" else text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = run_here(command, *ANSWERS[command])
    file = GOLDEN / f"{command}-{columns}.txt"
    if request.config.getoption("--write-golden"):
        file.write_text(ended.out)
    assert (ended.code, ended.out) == (0, file.read_text())


@pytest.mark.parametrize("columns", [80, 120])
def test_a_screen_has_24_lines_that_fit(columns, finished, several, screen):
    for folder in (finished[0], several):
        lines = screen(folder, columns).splitlines()
        assert len(lines) <= 24
        assert max(map(len, lines)) <= columns


def test_an_interval_stands_on_one_line(several, screen):
    for line in screen(several, 80).splitlines():
        assert line.count("(") == line.count(")")
