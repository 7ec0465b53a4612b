import ast

import pytest

from bench import drawn_run, mutants
from bench.drawn_mutants import ROOMS, drawn, places_of

SOURCES = mutants.ROOT / "src" / "backstop"
MODULE = '''"""Text 1 < 2."""
LIMIT: float = 3.0


def f(a, b=1):
    """``a < b``."""
    if a < b:
        raise ValueError(f"{a + 1}")
    return max(a, -b) if not (a or b) else LIMIT * 2
'''


def test_operators_numbers_and_choices_change_and_texts_defaults_and_messages_do_not():
    changes = {(place.line, place.before, place.after) for place in places_of("m.py", MODULE)}
    assert changes == {(2, "3.0", "4.0"), (7, "<", ">="), (7, "<", "<="), (9, "max", "min"), (9, "-", ""),
                       (9, "max(a, -b)", "LIMIT * 2"), (9, "LIMIT * 2", "max(a, -b)"), (9, "*", "/"), (9, "2", "3"),
                       (9, "not ", ""), (9, "or", "and")}


def test_a_mutant_changes_the_text_at_its_place_alone():
    planted = [place.planted(MODULE) for place in places_of("m.py", MODULE)]
    assert len(set(planted)) == len(planted)
    for text in planted:
        assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(MODULE))


def test_a_draw_is_the_same_each_time_has_so_many_of_each_room_and_is_python():
    chosen = drawn(SOURCES, mutants.SEED)
    assert chosen == drawn(SOURCES, mutants.SEED)
    assert {room: sum(one.file.startswith(f"{room}/") for one in chosen) for room in ROOMS} == ROOMS
    for one in chosen:
        ast.parse(one.planted((SOURCES / one.file).read_text()))


@pytest.mark.parametrize("room", ROOMS)
def test_the_tests_of_a_mutant_are_there_those_of_its_module_first(room):
    for one in drawn(SOURCES, mutants.SEED):
        if one.file.startswith(f"{room}/"):
            assert all((mutants.ROOT / path).exists() for path in drawn_run.tests_of(one, mutants.ROOT))
