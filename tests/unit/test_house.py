"""What holds of all of the sources: no two modules need each other, what is declared once is written nowhere else."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from pydantic import BaseModel

from backstop.config.base import Section
from backstop.config.schema import Config  # noqa: F401  # so that all sections are known

SOURCES = Path(__file__).parents[2] / "src"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")}


def imported_by(tree: ast.Module, known: dict[str, ast.Module]) -> Iterator[str]:
    """Modules that a source imports anywhere, for type checkers alone and within functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else str(node.module)


def circle_in(known: dict[str, ast.Module]) -> list[str]:
    """Modules that import each other in a circle; none if there is no circle."""
    graph = {name: set(imported_by(tree, known)) - {name} for name, tree in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle():
    assert circle_in(modules()) == []


@pytest.mark.parametrize("back", [
    "import p.a", "from p.a import x", "from p import a", "def f():\n    from p import a",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.a",
])
def test_a_circle_is_found_in_whatever_way_it_is_imported(back):
    known = {"p": ast.parse(""), "p.a": ast.parse("from p.b import y"), "p.b": ast.parse(back)}
    assert set(circle_in(known)) == {"p.a", "p.b"}


def numbers_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Name and value of every constant of a module that is a number."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            try:
                value = eval(compile(ast.Expression(node.value), "constant", "eval"), {"__builtins__": {}})
            except Exception:
                continue
            if isinstance(value, int | float) and abs(value) not in (0, 1):
                yield node.targets[0].id.strip("_"), repr(value)


def test_no_number_stands_twice_under_one_name():
    homes = defaultdict(set)
    for module, tree in modules().items():
        for constant in numbers_in(tree):
            homes[constant].add(module)
    assert {constant: found for constant, found in homes.items() if len(found) > 1} == {}


def defaults_of(section: type[BaseModel]) -> set[tuple[str, object]]:
    """Keys that a section and those below it declare, with their defaults, as far as these are no tables."""
    found, waiting = set(), [section]
    while waiting:
        of = waiting.pop()
        for name, field in of.model_fields.items():
            if isinstance(field.default, bool | int | float | str):
                found.add((name, field.default))
        waiting += of.__subclasses__()
    return found


def repeated_defaults(tree: ast.Module, declared: set[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """What a module falls back to where a table has no such key, though a section says the same."""
    for node in ast.walk(tree):
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
                and len(node.args) == 2 and all(isinstance(arg, ast.Constant) for arg in node.args)):
            key, default = (arg.value for arg in node.args)
            if (key, default) in declared:
                yield key, default


def test_no_default_of_a_section_is_written_down_again():
    declared = defaults_of(Section)
    assert ("count", 1) in declared
    found = {module: [*repeated_defaults(tree, declared)] for module, tree in modules().items()}
    assert {module: keys for module, keys in found.items() if keys} == {}


def test_a_default_that_is_written_down_again_is_found():
    again = ast.parse('fund.get("count", 1), fund.get("count"), fund.get("count", 2)')
    assert [*repeated_defaults(again, {("count", 1)})] == [("count", 1)]


def writers_of(row: str, tree: ast.Module) -> Iterator[str]:
    """Functions that set elements of a row of state."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                if any(isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute)
                       and target.value.attr == row for target in targets):
                    yield function.name


def test_what_a_fund_owes_in_all_has_two_writers():
    found = {f"{module}.{name}" for module, tree in modules().items() if module.startswith("backstop.kernels.")
             for name in writers_of("net_debt", tree)}
    assert found == {"backstop.kernels.funds.owing.owe", "backstop.kernels.funds.owing.owe_less"}
