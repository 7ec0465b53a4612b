"""`report`: one page of a run, complete without scripts or network, in two languages."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from backstop.report.language.catalogue import texts_in
from backstop.report.language.numbers import value_text
from backstop.report.page import money
from backstop.report.page.page import missing, render, subject_of
from commands import SMALL, run_here

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = os.environ.get("AXE_CORE")
"""Where axe.min.js of the npm package axe-core lies."""
MOST_BYTES = 2 * 2**20


@pytest.fixture(scope="module")
def page(finished, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "page.html"
    ended = run_here("report", finished[0], "-o", file)
    assert (ended.code, ended.err, ended.out) == (0, "", f"{file}\n")
    return file


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("href", "src")]


def elements_of(html):
    found = Elements()
    found.feed(html)
    return found


def test_a_plain_run_has_six_charts_each_with_its_table(page):
    html = page.read_text(encoding="utf-8")
    found = elements_of(html)
    assert found.tags.count("figure") >= 6
    assert found.tags.count("svg") == 2 * found.tags.count("figure")
    assert all("<table>" in figure for figure in re.findall(r"<figure>.*?</figure>", html, re.DOTALL))
    assert len(html.encode()) < MOST_BYTES


def test_the_page_asks_for_nothing_and_runs_what_its_policy_names_alone(page):
    html = page.read_text(encoding="utf-8")
    found = elements_of(html)
    run = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    named = unescape(re.search(r"script-src ([^\"]*)", html)[1]).split()
    assert named == [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in run]
    assert html.count("<script") == len(run) + html.count('<script type="application/json"')
    assert all(link.startswith(("#", "data:")) for link in found.links)
    assert "default-src 'none'" in html
    assert len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)


@pytest.fixture(scope="module")
def others(finished, tmp_path_factory):
    """Folders of answers: three by their commands, two in short."""
    folder = tmp_path_factory.mktemp("others")
    assert run_here("reverse", finished[0], "-o", folder / "reverse", "--quiet").code == 0
    vary = ("--vary", "pool.layers.last.size=1e9,9e9")
    assert run_here("sweep", SMALL, *vary, "-o", folder / "sweep", "--quiet").code == 0
    kept = ("--design", "grid", "--keep", "dry<0.99")
    assert run_here("optimise", SMALL, *vary, *kept, "-o", folder / "optimise", "--quiet").code == 0
    paid, none = {"value": 3e9}, {"value": 0.0}
    rows = [{"design": "own", "arm": "fund", "episode": name, "peak": f"{name}-01", "index_loss": 0.4, "decision": when,
             "cash": when, "figures": {"paid": money, "sales_averted": money}}
            for name, when, money in (("2015-06", {"date": "2015-07-07"}, paid), ("2018-06", None, none))]
    burn = {"design": "own", "arm": "fund", "n_fired": 1, "n_episodes": 2, "paid": 1.5e8}
    told = {"currency": "CNY", "first": "2006-01-06", "last": "2025-12-31", "rows": rows, "burn": [burn]}
    ends = {"value": -0.02, "lower": -0.03, "upper": -0.01}
    moved = [{"key": "market.<b>", "side": side, "value": 0.5, "effect": ends, "turns": side == "low"}
             for side in ("low", "high")]
    (folder / "history").mkdir()
    (folder / "history" / "history.json").write_text(json.dumps(told))
    (folder / "sensitivity.json").write_text(json.dumps({"headline": {
        "metric": "window_sales_averted_share", "unit": "frac"}, "moved": moved}))
    return [folder / "reverse", folder / "sweep", folder / "optimise", folder / "history", folder]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_of_other_commands_have_chapters_and_are_not_missed(finished, others, tmp_path, language):
    page = tmp_path / "page.html"
    named = [word for folder in others for word in ("--with", folder)]
    assert run_here("report", finished[0], "-o", page, "--language", language, "--still", *named).code == 0
    html, texts = page.read_text(encoding="utf-8"), texts_in(language)
    assert {"history", "broken", "frontier", "best", "tornado"} <= set(elements_of(html).ids)
    assert texts("tornado.turns", keys="market.&lt;b&gt;") in html
    assert texts("history.burn", arm="fund", fired=1, episodes=2, paid=value_text(1.5e8, "currency", texts)) in html
    assert "backstop sensitivity" not in html


def test_a_folder_without_an_answer_is_refused_and_no_page_is_written(finished, tmp_path):
    ended = run_here("report", finished[0], "-o", tmp_path / "page.html", "--with", tmp_path)
    assert ended.code == 2
    assert "holds no answer of history, reverse, sweep, optimise, sensitivity" in ended.err
    assert not (tmp_path / "page.html").exists()


def test_a_still_page_has_the_same_words_and_no_script(finished, page, tmp_path):
    still = tmp_path / "still.html"
    assert run_here("report", finished[0], "-o", still, "--still").code == 0
    html = still.read_text(encoding="utf-8")
    assert "script" not in html
    without = re.sub(r"<script.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = [re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", text)) for text in (html, without)]
    assert words[0] == words[1]


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_chart_alone_is_a_file_of_its_form(finished, tmp_path, form, begins):
    file = tmp_path / f"use.{form}"
    assert run_here("report", finished[0], "--chart", "use", "--format", form, "-o", file).out == f"{file}\n"
    assert file.read_bytes().startswith(begins)
    assert b"currentColor" not in file.read_bytes()


def test_a_chart_that_there_is_not_is_refused_with_those_that_there_are(finished, tmp_path):
    ended = run_here("report", finished[0], "--chart", "sizes", "-o", tmp_path / "x.svg")
    assert ended.code == 2
    assert "write one of answer" in ended.err
    assert "use" in ended.err
    assert not (tmp_path / "x.svg").exists()


def test_what_was_not_computed_is_named_with_its_command(page):
    html = page.read_text(encoding="utf-8")
    assert "Not computed yet" in html
    assert "--models egarch,garch,gjr,tarch,fhs" in html


def test_the_page_tells_the_figures_of_the_summary(finished, page):
    html = page.read_text(encoding="utf-8")
    subject = subject_of(finished[0], texts_in("en"))
    for metric, statistic in (("window_sales_averted_share", "ratio"), ("dry", "prob"), ("relief", "mean")):
        if subject.row("fund", metric, statistic) is not None:
            assert subject.shown("fund", metric, statistic) in html


def test_a_pool_whose_terms_hang_on_its_size_has_no_curve_but_the_command(finished, monkeypatch):
    subject = subject_of(finished[0], texts_in("en"))
    monkeypatch.setattr(money, "hanging_terms", lambda arm: ("a term",))
    assert money.sizing(subject) is None
    assert any(command.startswith("backstop size") for _, command in missing(subject, set()))


def test_chinese_has_the_same_charts_and_no_english_sentence(finished, page):
    chinese = render(subject_of(finished[0], texts_in("zh")))
    english = page.read_text(encoding="utf-8")
    assert elements_of(chinese).tags.count("figure") == elements_of(english).tags.count("figure")
    assert 'lang="zh-Hans"' in chinese
    for key in ("answer.heading", "effects.lead", "page.missing", "page.starred"):
        assert texts_in("zh")(key) in chinese
        assert texts_in("en")(key) not in chinese


def test_without_a_name_the_page_goes_into_the_run_and_nowhere_else(finished, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished[0], run)
    before = set(tmp_path.rglob("*"))
    assert run_here("report", run).code == 0
    assert set(tmp_path.rglob("*")) - before == {run / "report.html"}
    assert run_here("verify", run, "--replays", "1").code == 0


def test_a_file_that_is_no_page_is_not_replaced(finished, tmp_path):
    (tmp_path / "notes.html").write_text("mine")
    assert run_here("report", finished[0], "-o", tmp_path / "notes.html").code == 2
    assert (tmp_path / "notes.html").read_text() == "mine"


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_screen_in_a_browser(page, tmp_path, width):
    probe = tmp_path / "probe.html"
    probe.write_text(f'<!doctype html><body style="margin:0"><iframe id="f" src="{page.as_uri()}" width="{width}" '
                     'height="900" style="border:0"></iframe><script>document.getElementById("f").onload = e => {'
                     'const d = e.target.contentDocument.documentElement;'
                     'document.title = `${d.scrollWidth} ${d.clientWidth} ${d.querySelectorAll("svg").length}`}'
                     '</script>')
    done = subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         "--virtual-time-budget=4000", f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width + 40},1000",
         "--dump-dom", probe.as_uri()], capture_output=True, text=True, timeout=120, env=os.environ, check=False)
    title = re.search(r"<title>(\d+) (\d+) (\d+)</title>", done.stdout)
    assert title, done.stdout[-300:] + done.stderr[-300:]
    wide, room, charts = map(int, title.groups())
    assert wide <= room
    assert room == width or room == width - 15
    assert charts >= 12


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_every_chart_is_drawn_alive_in_a_browser_and_nothing_is_refused(page, tmp_path):
    done = subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         "--virtual-time-budget=30000", f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1040,14000",
         "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=200, env=os.environ, check=False)
    charts = page.read_text(encoding="utf-8").count('<div class="wide" data-chart=')
    assert done.stdout.count('data-state="alive"') == charts >= 6
    assert "CONSOLE" not in done.stderr


@pytest.mark.skipif(CHROMIUM is None or AXE is None, reason="no chromium here, or AXE_CORE names no axe.min.js")
def test_whoever_hears_the_page_or_uses_no_mouse_meets_nothing_serious(page, tmp_path):
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    axe = Path(AXE).read_text(encoding="utf-8").replace("</script", "<\\/script")
    ask = ("setTimeout(() => axe.run(document).then(found => document.title = "
           "`AXE ${found.passes.length} ${JSON.stringify(found.violations.map(one => [one.id, one.impact]))}`), 8000)")
    before, _, after = html.rpartition("</body>")
    asked = tmp_path / "asked.html"
    asked.write_text(f"{before}<script>{axe}</script><script>{ask}</script></body>{after}", encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000",
         f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1000,4000", "--dump-dom", asked.as_uri()],
        capture_output=True, text=True, timeout=200, env=os.environ, check=False)
    passes, found = re.search(r"<title>AXE (\d+) (.*)</title>", done.stdout).groups()
    assert int(passes) > 20
    assert json.loads(found) == []
