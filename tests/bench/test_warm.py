import importlib
import sys

import pytest

from bench.warm import replace

TEXT = """LIMIT = 2


class Box:
    size = 3

    def area(self):
        return self.size * LIMIT


def passed_on(function):
    return function


@passed_on
def twice(a):
    return [one * 2 for one in a]
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    path = tmp_path / "warm_module.py"
    path.write_text(TEXT)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "warm_module", raising=False)
    return importlib.import_module("warm_module"), path


def test_functions_that_were_imported_elsewhere_have_the_code_of_the_other_text(module):
    taken = module[0].twice, module[0].Box().area
    after = TEXT.replace("one * 2", "one * 3").replace("self.size * LIMIT", "self.size + LIMIT")
    assert replace(module[1], TEXT, after)
    assert (taken[0]([1]), taken[1]()) == ([3], 5)


@pytest.mark.parametrize(("before", "after"), [("LIMIT = 2", "LIMIT = 3"), ("size = 3", "size = 4")])
def test_what_is_said_outside_of_functions_is_not_replaced(module, before, after):
    assert not replace(module[1], TEXT, TEXT.replace(before, after))
    assert module[0].Box().area() == 6


def test_nothing_is_replaced_in_a_module_that_is_not_imported(tmp_path):
    assert not replace(tmp_path / "other.py", TEXT, TEXT.replace("one * 2", "one * 3"))
