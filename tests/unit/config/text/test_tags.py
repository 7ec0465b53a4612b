"""Tags of numbers, read from the comments of a config."""

from backstop.config.text.tags import tagged_numbers

TEXT = '''
plain = 3
[a]   # of all that follows [ours]
x = 1.0            # [ours, 0.5 to 4] a range
y = [2.0, 3.0]     # [cited: somebody, 1 to 2 of them]
t = "# [fitted]"
z = 5
rows = [
  { n = 1, v = 0.1 },   # [fitted]
  { n = 2, v = 0.2 },
]
b = { p = 7, is_on = true }
[c]
w = 8
'''


def tags():
    return {number.place: number for number in tagged_numbers(TEXT)}


def test_a_number_has_the_tag_of_its_line():
    found = tags()
    assert found["a", "x"].tag == "ours"
    assert [found["a", "y", n].tag for n in (0, 1)] == ["cited", "cited"]
    assert found["a", "rows", 0, "v"].tag == "fitted"


def test_a_number_without_a_tag_has_that_of_its_table():
    found = tags()
    assert [found[place].tag for place in (("a", "z"), ("a", "rows", 1, "v"), ("a", "b", "p"))] == ["ours"] * 3
    assert found["plain",].tag == found["c", "w"].tag == ""


def test_a_tag_may_state_a_range_and_a_source_is_none():
    found = tags()
    assert (found["a", "x"].low, found["a", "x"].high) == (0.5, 4.0)
    assert found["a", "y", 0].low is None


def test_truth_values_and_texts_are_no_numbers():
    assert ("a", "b", "is_on") not in tags()
    assert ("a", "t") not in tags()
