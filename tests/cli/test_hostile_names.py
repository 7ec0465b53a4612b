"""500 strings as names: refused in one line that steers nothing, or whole and harmless wherever they are shown."""

import random
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import polars as pl
import pytest
from openpyxl import load_workbook

from backstop.config.text.load import parse_config
from backstop.errors import ConfigError
from commands import run_here
from remedies.following import base, changed, written

N = 500
INJECTIONS = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1",
              "@SUM(1)", "'; DROP TABLE paths; --", '"quoted"', "{{7*7}}", "${HOME}", "$(id)", "`id`",
              "../../etc/passwd", "/etc/passwd", "C:\\x", "a\x1b[31mred", "a\x07", "a\r\nb", "a\tb", "a\x00b",
              "\u202eevil", "a\u200bb", "&amp;", "]]>", "%s%n",
              "]({})", "[bold]x[/bold]", "https://evil.example")
PLAIN = ("长期资金风险补偿基金管理中心试点专项" * 3, "אקוויטי קרן פנסיה", "صندوق التقاعد", "A&B (1): x-y_z+w.v",
         "Ünïcödé", "ความมั่นคง", "名前 の 基金", "𝒜𝓁𝓅𝒽𝒶", "NUL", "None", "true", "1e5", "nan", "arm", "fund",
         "javascript:alert(1)")
SCRIPTS = ("abcXYZ", "éèüß", "αβγδ", "жщя", "אבגד", "عربى", "长期资金", "かなカナ", "ไทย", " .-_()&+:",
           "<>\"'`=;|\\/{}[]$%#@!~^*?", "\u202e\u200b\u0007\u001b\u2028")


def strings():
    """N of them, the same each time."""
    rng = random.Random(5)
    drawn = ["".join(rng.choice(rng.choice(SCRIPTS)) for _ in range(rng.randint(1, 40))) for _ in range(N)]
    plain = ["".join(rng.choice(rng.choice(SCRIPTS[:9])) for _ in range(rng.randint(1, 40))) for _ in range(120)]
    return list(dict.fromkeys([*INJECTIONS, *(name[:40] for name in PLAIN), *plain, *drawn]))[:N]


def named(name):
    return changed(changed(base("small"), "facilities.backstop.eligible", "all"), "funds.0.name", name)


def _refusals(tree):
    try:
        parse_config(written(tree), "c.toml", (), Path())
    except ConfigError as error:
        return error.lines
    return []


@pytest.fixture(scope="module")
def taken():
    """Those that a config takes as names of funds; what is said of the others."""
    found, refusals = [], []
    for name in strings():
        lines = _refusals(named(name))
        found += [] if lines else [name]
        refusals += lines
    return found, refusals


def test_what_is_refused_is_refused_in_a_line_that_steers_no_terminal(taken):
    found, refusals = taken
    assert 100 <= len(found) < N
    assert not set(found) & set(INJECTIONS)
    assert all(line.isprintable() for line in refusals)
    assert all("; write " in line for line in refusals)


@pytest.fixture(scope="module")
def run(taken, tmp_path_factory):
    """A run whose funds have such names, alone in its folder."""
    tree = named("x")
    names = [*(name[:40] for name in PLAIN), *taken[0]]
    names = list(dict.fromkeys(name for name in names if name in taken[0]))[:30]
    funds = [tree["funds"][0] | {"name": name} for name in names]
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "c.toml").write_text(written(tree | {"funds": funds}), encoding="utf-8")
    ended = run_here("run", folder / "c.toml", "--paths", 2, "-o", folder / "run")
    assert ended.code == 0, ended.err
    return folder / "run", names


class Page(HTMLParser):
    """Texts and elements of a page."""

    def __init__(self):
        super().__init__()
        self.texts, self.scripts = [], 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        assert not any(key.startswith("on") for key, _ in attrs)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_has_every_name_whole_and_no_tag_of_it(language, run, tmp_path):
    folder, names = run
    assert run_here("report", folder, "--still", "--language", language, "-o", tmp_path / "page.html").code == 0
    page = Page()
    page.feed((tmp_path / "page.html").read_text(encoding="utf-8"))
    said = "\n".join(page.texts)
    assert page.scripts == 0
    assert [name for name in names if name not in said] == []


def test_exports_have_every_name_whole_and_no_formula(run, tmp_path):
    folder, names = run
    for kind, out in (("csv", "csv"), ("xlsx", "run.xlsx"), ("duckdb", "run.duckdb")):
        assert run_here("export", folder, "--to", kind, "-o", tmp_path / out).code == 0
    in_csv = pl.read_csv(tmp_path / "csv" / "funds.csv", infer_schema=False)["fund"].unique().to_list()
    sheet = load_workbook(tmp_path / "run.xlsx")["funds"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    with duckdb.connect(tmp_path / "run.duckdb", read_only=True) as database:
        in_database = {name for (name,) in database.execute("SELECT DISTINCT fund FROM funds").fetchall()}
    assert set(in_csv) == {cell.value for cell in cells if cell.column == 3} == in_database == set(names)


def test_nothing_is_written_outside_of_the_run(run):
    folder, _ = run
    assert sorted(path.name for path in folder.parent.iterdir()) == ["c.toml", "run"]
