"""What names say is never a part of the drawing, nor of what scripts draw."""

import json
import random
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from jinja2 import Environment
from markupsafe import Markup

from backstop.report.language.catalogue import texts_in
from backstop.report.page.charts import COLOURS, SCREENS, Range, lines, ranges, stacks
from backstop.report.page.page import template_text
from backstop.report.page.scripts import Scripts
from backstop.report.page.specifications import in_script
from backstop.report.page.subject import Chapter, Figure, Table
from backstop.report.page.svg import draw

SEEDS = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"'><svg onload=alert(1)>",
         "{{ 7 * 7 }}{% raw %}", "]]><b>", "&lt;b&gt;&#60;", "javascript:alert(1)", "=cmd|'/C calc'!A0",
         "../../etc/passwd", "\u202e\u05d0\u05d1\u05d2", "中文名字" * 10, "\U0001f600",
         "</style><style>*{display:none}", "<!--", "-->", "datum.x", "url(http://example.org)", "${x}", "`x`",
         "a\nb\tc"]


def hostile(n):
    """`n` different texts, each of some of the seeds."""
    draws = random.Random(20)
    return [f"{number} {''.join(draws.sample(SEEDS, draws.randint(1, 3)))}" for number in range(n)]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.comments, self.words = [], 0, []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_comment(self, data):
        self.comments += 1

    def handle_data(self, data):
        self.words.append(data)


def parsed(html):
    tags = Tags()
    tags.feed(html)
    return tags


def page_of(texts, drawing, scripts=None):
    figure = Figure("x", texts[0], drawing, drawing, texts[:5], [texts], {}, in_script({"wide": {"said": texts}}))
    chapter = Chapter("answer", texts[1], texts, [figure], [Table(texts[2], texts[:3], [texts[:3]])],
                      [(texts[3], texts)], [(texts[4], texts[5])])
    template = Environment(autoescape=True).from_string(template_text())
    return template.render(t=texts_in("en"), chapters=[chapter], missing=[(texts[6], texts[7])], title=texts[8],
                           lead=texts[9], scripts=scripts)


def test_no_text_of_five_hundred_makes_a_tag_of_the_page():
    drawing = draw(ranges([Range("a", "b", 1.0, 0.5, 2.0, "1")], SCREENS["wide"], "~g"), "x", "said")
    bad, plain = parsed(page_of(hostile(500), drawing)), parsed(page_of(["plain"] * 500, drawing))
    assert bad.found == plain.found
    assert bad.comments == 0
    assert "script" not in {tag for tag, _ in bad.found}
    assert all(text in "".join(bad.words) for text in hostile(500))


def test_no_text_of_five_hundred_leaves_the_data_of_a_script():
    scripts = Scripts((), "")
    bad = parsed(page_of(hostile(500), Markup("<svg></svg>"), scripts))
    assert bad.found == parsed(page_of(["plain"] * 500, Markup("<svg></svg>"), scripts)).found
    assert [given for tag, given in bad.found if tag == "script"] == [("id", "type")]
    told = json.loads(in_script({"wide": {"said": hostile(500)}}))
    assert told["wide"]["said"] == hostile(500)


def test_rows_that_charts_share_are_told_once_and_to_six_digits():
    rows = {"values": [{"x": 1.0 / 3.0}]}
    told = json.loads(in_script({"wide": {"data": rows, "width": 2}, "narrow": {"layer": [{"data": rows}]}}))
    assert told == {"data": [[{"x": 0.333333}]], "wide": {"data": {"shared": 0}, "width": 2},
                    "narrow": {"layer": [{"data": {"shared": 0}}]}}


def test_no_text_of_five_hundred_makes_a_shape_of_a_chart():
    texts = hostile(500)
    rows = [Range(text, "group", 1.0, 0.0, 2.0, text) for text in texts]
    drawn = ET.fromstring(draw(ranges(rows, SCREENS["wide"], "~g"), "x", texts[0]))
    tags = {element.tag.partition("}")[2] for element in drawn.iter()}
    assert tags <= {"svg", "g", "path", "text", "tspan", "rect", "line", "circle", "clipPath", "defs"}
    names = {name for element in drawn.iter() for name in element.attrib}
    assert not any(name.lower().startswith("on") or "href" in name or name == "style" for name in names)
    assert drawn.get("aria-label") == texts[0]


def test_names_of_groups_and_items_are_words_too():
    texts = hostile(8)
    bars = [{"label": a, "item": b, "value": 1.0} for a in texts for b in texts]
    drawn = parsed(draw(stacks(bars, texts, SCREENS["narrow"], texts[0]), "x", texts[1]))
    plain = parsed(draw(stacks([{"label": str(i // 8), "item": str(i % 8), "value": 1.0} for i in range(64)],
                               [str(i) for i in range(8)], SCREENS["narrow"], "axis"), "x", "said"))
    assert {tag for tag, _ in drawn.found} == {tag for tag, _ in plain.found}


def test_identifiers_of_two_drawings_differ():
    rows = [{"x": x, "y": x, "low": 0.0, "high": 2.0, "group": "g"} for x in (0.0, 1.0)]
    spec = lines(rows, ["g"], SCREENS["wide"], {"scale": {"domain": [0, 1], "clamp": True}}, {})
    found = [{element.get("id") for element in ET.fromstring(draw(spec, name, "said")).iter()} - {None}
             for name in ("one", "two")]
    assert not found[0] & found[1]


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(w * (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4)
               for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def test_colours_are_seen_on_white_and_on_dark_paper():
    for colour in COLOURS:
        on_white = 1.05 / (luminance(colour) + 0.05)
        on_dark = (luminance(colour) + 0.05) / (luminance("#14171a") + 0.05)
        assert min(on_white, on_dark) > 2.8, colour
