"""Lines of a config say where they come from; numbers read as each language has them."""

import pytest

from backstop.report.language.catalogue import texts_in
from backstop.report.language.numbers import amount_text, range_text, scale_of
from backstop.report.page.grounds import tagged_lines

CONFIG = """
# [ours] a comment alone is no assumption
[run]
days = 504  # [ours] two years
[[funds]]
nav = 10e9  # [cited: a source]
name = "x"
[funds.evaluation]
model = "egarch"   # chosen by BIC [fitted]
"""


def test_each_tagged_line_has_its_section_origin_and_source():
    found = [(line.section, line.text, line.origin) for line in tagged_lines(CONFIG)]
    assert found == [("run", "days = 504", "ours"), ("funds", "nav = 10e9", "cited"),
                     ("funds", 'model = "egarch"', "fitted")]
    assert [line.said for line in tagged_lines(CONFIG)][1] == "[cited: a source]"


@pytest.mark.parametrize(("value", "english", "chinese"), [
    (1.5e11, "150bn", "1500亿"), (2.4e9, "2.40bn", "24.0亿"), (-2.98e6, "-2.98m", "-298万"),
    (2.5e12, "2.50tn", "2.50万亿"), (950.0, "950", "950"), (0.0, "0", "0"), (12345.0, "12.3k", "1.23万"),
])
def test_amounts_have_the_scale_of_the_language(value, english, chinese):
    assert amount_text(value, texts_in("en")) == english
    assert amount_text(value, texts_in("zh")).replace(",", "") == chinese


def test_an_interval_without_an_end_is_no_text():
    assert range_text(None, 1.0, "frac", texts_in("en")) == ""
    assert range_text(0.01, 0.02, "frac", texts_in("zh")) == "1.0 % 至 2.0 %"


def test_an_axis_has_one_scale():
    assert scale_of(3.1e10, texts_in("en"), "CNY") == (1e9, "bn CNY")
    assert scale_of(3.1e10, texts_in("zh"), "CNY") == (1e8, "亿 CNY")
    assert scale_of(12.0, texts_in("en"), "CNY") == (1.0, "CNY")


def test_a_scale_of_chinese_begins_at_ten_thousand():
    assert amount_text(9999.0, texts_in("zh")) == amount_text(9999.0, texts_in("en"))
    assert amount_text(1e4, texts_in("zh")) == "1.00万"
