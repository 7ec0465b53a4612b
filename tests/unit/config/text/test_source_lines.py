"""Lines of keys in TOML texts, and the gate before tomllib."""

import pytest

from backstop.config.text.source_lines import TooDeepError, lines_of, nearest_line, refuse_too_deep

TEXT = """\
# a comment with [brackets] = "and" { braces }
title = "x # no comment"
a.b = 1
'quoted key' = '''
two
lines'''
[table."dotted.name".c]
key = [1, # one
  [2, 3],
  { x = 1, y = { z = 2 } },
]
[[list]]
name = "first"
[[list.inner]]
v = 1.5
[[list.inner]]
v = 2022-01-02 03:04:05
[list.sub]
w = { p = "}", q = "]" }
[[list]]
name = "second"
"""


def test_every_key_has_its_line():
    lines = lines_of(TEXT)
    expected = {
        (): 1,
        ("title",): 2,
        ("a",): 3,
        ("a", "b"): 3,
        ("quoted key",): 4,
        ("table",): 7,
        ("table", "dotted.name"): 7,
        ("table", "dotted.name", "c"): 7,
        ("table", "dotted.name", "c", "key"): 8,
        ("table", "dotted.name", "c", "key", 0): 8,
        ("table", "dotted.name", "c", "key", 1): 9,
        ("table", "dotted.name", "c", "key", 1, 0): 9,
        ("table", "dotted.name", "c", "key", 1, 1): 9,
        ("table", "dotted.name", "c", "key", 2): 10,
        ("table", "dotted.name", "c", "key", 2, "x"): 10,
        ("table", "dotted.name", "c", "key", 2, "y"): 10,
        ("table", "dotted.name", "c", "key", 2, "y", "z"): 10,
        ("list",): 12,
        ("list", 0): 12,
        ("list", 0, "name"): 13,
        ("list", 0, "inner"): 14,
        ("list", 0, "inner", 0): 14,
        ("list", 0, "inner", 0, "v"): 15,
        ("list", 0, "inner", 1): 16,
        ("list", 0, "inner", 1, "v"): 17,
        ("list", 0, "sub"): 18,
        ("list", 0, "sub", "w"): 19,
        ("list", 0, "sub", "w", "p"): 19,
        ("list", 0, "sub", "w", "q"): 19,
        ("list", 1): 20,
        ("list", 1, "name"): 21,
    }
    assert lines == expected


def test_a_key_that_is_not_there_has_the_line_of_its_table():
    lines = lines_of(TEXT)
    assert nearest_line(lines, ("list", 0, "inner", 1, "missing")) == 16
    assert nearest_line(lines, ("missing", "far", 3)) == 1


@pytest.mark.parametrize("text", ["a." * 41 + "a = 1", '"a".' * 41 + "a = 1", "a = " + "[" * 41, "[" + " a . " * 41])
def test_deep_keys_and_values_are_refused(text):
    with pytest.raises(TooDeepError) as caught:
        refuse_too_deep("\n\n" + text)
    assert caught.value.line == 3


def test_long_flat_texts_are_let_through():
    refuse_too_deep("a = [" + "1.5, " * 100_000 + "]\n" + 'b = "' + "x." * 100_000 + '"\n# ' + "y." * 100_000)


def test_unclosed_quotes_cost_linear_time():
    refuse_too_deep('\\"' * 200_000 + "'" + '"""' + "\\" * 200_001)
