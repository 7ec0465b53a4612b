"""Answers as files: what is plain, and what is text."""

import datetime

import numpy as np

from backstop.answers.written import as_text, plain


def test_dates_become_text_and_all_else_stays():
    tree = {"day": datetime.date(2015, 6, 12), "n": 3, "of": [1.5, "a", None, {"last": datetime.date(2016, 1, 4)}]}
    assert as_text(tree) == {"day": "2015-06-12", "n": 3, "of": [1.5, "a", None, {"last": "2016-01-04"}]}


def test_what_no_number_is_becomes_none():
    assert plain({"a": (float("nan"), 1.0, -np.inf)}) == {"a": [None, 1.0, None]}
