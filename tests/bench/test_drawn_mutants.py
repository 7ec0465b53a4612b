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


def test_an_edit_draws_anew_only_what_it_touches():
    before = {place.key: place.name for place in places_of("m.py", MODULE)}
    edited = MODULE.replace("\n\ndef f", "\n\nOTHER = 7\n\n\ndef f").replace("LIMIT * 2", "LIMIT * 4")
    after = {place.key: place.name for place in places_of("m.py", edited)}
    assert {name.split()[0] for key, name in before.items() if key not in after} == {"m.py:9"}
    assert len(before.keys() & after.keys()) == 3
    assert len(after) == len(set(after)) == len(before) + 1


@pytest.mark.parametrize("room", ROOMS)
def test_the_tests_of_a_mutant_are_there(room):
    for one in drawn(SOURCES, mutants.SEED):
        if one.file.startswith(f"{room}/"):
            tests = drawn_run.near(one, mutants.ROOT) + drawn_run.wide(one, mutants.ROOT)
            assert tests
            assert all((mutants.ROOT / path).exists() for path in tests)


def test_every_mutant_called_equivalent_is_drawn():
    assert mutants.equivalents().keys() <= {one.key for one in drawn(SOURCES, mutants.SEED)}


@pytest.fixture
def judge(tmp_path, monkeypatch):
    """Of sources of one module, with one test of it."""
    root = tmp_path / "root"
    module = root / "src" / "backstop" / "report" / "small.py"
    module.parent.mkdir(parents=True)
    for folder in (module.parent.parent, module.parent):
        (folder / "__init__.py").touch()
    module.write_text("def doubled(a):\n    return a * 2\n\n\ndef unseen(a):\n    return a + 1\n")
    tests = root / "tests" / "unit" / "report" / "test_small.py"
    tests.parent.mkdir(parents=True)
    tests.write_text("from backstop.report.small import doubled\n\n\ndef test_it():\n    assert doubled(3) == 6\n")
    (tmp_path / "copy").mkdir()
    monkeypatch.setattr(drawn_run, "warm", lambda folder, is_plain: None)
    monkeypatch.setattr(drawn_run, "_WIDE", {"": ()})
    monkeypatch.setattr(drawn_run, "_NEAR", {"": ()})
    monkeypatch.syspath_prepend(tmp_path / "copy" / "src")
    return drawn_run.Judge(root, tmp_path / "copy", is_plain=False)


def test_a_change_that_a_test_notices_is_found_by_that_test_and_another_survives(judge):
    verdicts = {}
    for place in places_of("report/small.py", (judge.sources / "report/small.py").read_text()):
        verdicts[place.before] = judge.judge(place, is_thorough=True)
    assert {before: verdict.verdict for before, verdict in verdicts.items()} == {
        "*": "found", "2": "found", "+": "survives", "1": "survives"}
    assert verdicts["*"].by.endswith("test_small.py::test_it")
    assert "a * 2" in (judge.sources / "report/small.py").read_text()


def test_a_test_that_fails_without_a_mutant_is_told(judge):
    (judge.root / "tests/unit/report/test_small.py").write_text("def test_it():\n    assert 'backstop.report' == 1\n")
    place = next(places_of("report/small.py", (judge.sources / "report/small.py").read_text()))
    with pytest.raises(RuntimeError, match="test_it fails without a mutant"):
        judge.judge(place, is_thorough=True)


def test_what_was_judged_stands_and_survivors_are_tried_again_where_asked(tmp_path, monkeypatch):
    out, tried = tmp_path / "verdicts", []
    (tmp_path / "src").mkdir()
    places = list(places_of("m.py", MODULE))[:2]

    def judged(_judge, mutant, is_thorough):
        tried.append((mutant.key, is_thorough))
        return drawn_run.Verdict("survives" if mutant == places[0] else "found", "", 1.0)

    monkeypatch.setattr(drawn_run, "warm", lambda folder, is_plain: None)
    monkeypatch.setattr(drawn_run.Judge, "judge", judged)
    for is_again in (False, False, True):
        found = drawn_run.run_all(places, tmp_path, out, is_again)
    assert [verdict.verdict for verdict in found.values()] == ["survives", "found"]
    assert tried == [(places[0].key, False), (places[1].key, False), (places[0].key, True)]
    assert drawn_run.run_all(places, tmp_path, tmp_path / "other", seconds=-1.0) == {}
