"""All kernels as one hash, which a run is known by: its paths are those of these sources.

Of kernels it is the source, but in modules that declare state no prose. Of terms and outcomes it is what kernels see:
the names, order and types of fields, codes, and numbers; units, meanings and the other words of their tables are not.
What one kernel's compiled code depends on is less: `dependence`.
"""

import ast
import hashlib
import importlib
import pkgutil
import threading
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import backstop.terms
from backstop import outcomes
from backstop.terms.declare import fields_of
from backstop.terms.numbers import Floats, Integers

PACKAGE_FOLDER = Path(__file__).parents[2]
ARRAYS: dict[Any, str] = {Floats: "Floats", Integers: "Integers"}
"""Names of types that numpy writes in its own way in each version."""
_PARSING = threading.Lock()


def kernel_hash() -> str:
    """Hash of all that outcomes depend on, but the compiler."""
    return _hash_of(PACKAGE_FOLDER)


@cache
def _hash_of(package: Path) -> str:
    digest = hashlib.sha256()
    for source in sorted((package / "kernels").rglob("*.py")):
        digest.update(source.relative_to(package).as_posix().encode())
        digest.update(code_of(source.read_text(encoding="utf-8")).encode())
    for module in (*_modules(backstop.terms), outcomes):
        digest.update("\n".join(seen_of(vars(module))).encode())
    return digest.hexdigest()[:16]


def code_of(source: str) -> str:
    """The source of a module; where it declares fields, without docstrings and what ``Annotated`` adds to types."""
    if "Annotated[" not in source:
        return source
    # Python 3.11 counts the depth of all threads' trees in one place, and fails where two build theirs at once
    with _PARSING:
        tree = ast.parse(source)
    return ast.unparse(_Bare().visit(tree))


class _Bare(ast.NodeTransformer):
    """Takes the prose out of a module of declarations."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:  # ast's own name
        """A text that stands alone goes; any other expression stays."""
        is_prose = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_prose else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Of an annotated type the type alone stays."""
        is_declared = isinstance(node.value, ast.Name) and node.value.id == "Annotated"
        if is_declared and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of a package, in alphabetical order."""
    for found in sorted(pkgutil.walk_packages(package.__path__, f"{package.__name__}."), key=lambda one: one.name):
        yield importlib.import_module(found.name)


def seen_of(names: dict[str, Any]) -> Iterator[str]:
    """What compiled code may depend on of a module's names, a line each."""
    for name, value in sorted(names.items()):
        if isinstance(value, int | float):
            yield f"{name} = {value!r}"
        elif isinstance(value, type) and issubclass(value, IntEnum):
            yield f"{name}: {', '.join(f'{member.name} = {int(member)}' for member in value)}"
        elif isinstance(value, type) and hasattr(value, "_fields"):
            yield f"{name}({', '.join(_typed_fields(value))})"
        elif isinstance(value, tuple):
            yield f"{name} = {[_numbers(row) for row in value]}"


def _typed_fields(kind: Any) -> Iterator[str]:
    hints = fields_of(kind) if kind.__annotations__ else {}
    for field in kind._fields:
        base = hints[field][0] if hints else "row"
        yield f"{field}: {ARRAYS.get(base) or getattr(base, '__name__', base)}"


def _numbers(row: Any) -> list[int | float]:
    """Of a row of a table; names of outcomes are fields of the tallies, and there already."""
    return [value for value in row if isinstance(value, int | float)] if isinstance(row, tuple) else []
