"""What a kernel's compiled code depends on: its own code and that of its stages, and nothing else."""

from pathlib import Path

import pytest

from backstop.kernels.machine import dependence
from backstop.kernels.machine.dependence import code_hash
from backstop.kernels.machine.entries import Rule, loaded_works
from backstop.kernels.machine.mode import DISABLED
from backstop.kernels.step import close_day, open_day

SOURCE = '''
def stage(rows, i):
    """Twice."""
    rows[i] = FACTOR * rows[i]   # as it is

def kernel(rows, lanes):
    for i in range(lanes):
        stage(rows, i)
        rule(rows, i)
'''


def kernel(source=SOURCE, factor=2.0, rule_source="def rule(rows, i):\n    rows[i] += 1.0\n"):
    names = {"__name__": "toys", "FACTOR": factor}
    exec(rule_source, names)
    names["rule"] = Rule(names["rule"])
    exec(source, names)
    return names["kernel"]


def test_comments_docstrings_and_places_are_no_code():
    reworded = "\n\n# first\n" + SOURCE.replace("Twice", "Two times").replace("as it is", "so")
    assert code_hash(kernel(reworded)) == code_hash(kernel())


@pytest.mark.parametrize("changed", [
    kernel(SOURCE.replace("FACTOR * rows[i]", "FACTOR + rows[i]")),
    kernel(SOURCE.replace("range(lanes)", "range(1, lanes)")),
    kernel(factor=3.0),
])
def test_an_edit_of_the_kernel_of_its_stage_or_of_a_number_compiles_it_anew(changed):
    assert code_hash(changed) != code_hash(kernel())


class Intrinsic:
    """As numba has it: what makes its code is no `py_func`."""

    def __init__(self, defn):
        self._defn = defn


def test_an_intrinsic_of_numba_is_known_by_what_makes_its_code():
    def reading(kind):
        return code_hash(kernel_with(Intrinsic(kind)))

    assert reading(lambda context: "cycles") == reading(lambda context: "cycles")
    assert reading(lambda context: "cycles") != reading(lambda context: "seconds")


def kernel_with(clock):
    names = {"__name__": "toys", "now": clock}
    exec("def kernel(rows, lanes):\n    rows[0] = now()\n", names)
    return names["kernel"]


def test_an_edit_of_a_rule_that_it_calls_does_not():
    assert code_hash(kernel(rule_source="def rule(rows, i):\n    rows[i] += 2.0\n")) == code_hash(kernel())


def test_modules_that_make_no_code_exist_and_are_not_read(monkeypatch, tmp_path):
    folder = Path(dependence.__file__).parent
    sources = {source.name: source.read_text() for source in folder.glob("*.py")}
    assert {f"{name}.py" for name in dependence._MAKE_NO_CODE} < set(sources)

    def hash_after(edited):
        for name, text in (sources | {edited: sources[edited] + "# edited"}).items():
            (tmp_path / name).write_text(text)
        return dependence.compiler_hash.__wrapped__()

    before = dependence.compiler_hash.__wrapped__()
    monkeypatch.setattr(dependence, "__file__", str(tmp_path / "dependence.py"))
    assert {name for name in sources if hash_after(name) == before} == {
        f"{name}.py" for name in dependence._MAKE_NO_CODE}


def test_what_nobody_knows_to_be_code_or_none_is_refused():
    with pytest.raises(TypeError, match="FACTOR: no one knows whether code depends on what is in a list"):
        code_hash(kernel(factor=[2.0]))


@pytest.mark.skipif(DISABLED, reason="nothing is compiled")
def test_every_part_of_the_day_has_a_hash_of_its_own():
    assert code_hash(open_day.py_func) != code_hash(close_day.py_func)
    assert all(isinstance(code_hash(work.rule.py_func), str) for work in loaded_works())
