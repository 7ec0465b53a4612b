"""What holds of all of the sources: no two modules need each other, and no number stands twice under one name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

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
