"""Every message with a remedy that the sources can say: texts with a hole for each value.

A remedy is what stands after a semicolon and begins with a verb that tells a reader what to do.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOURCES = Path(__file__).parents[2] / "src" / "backstop"
VERBS = ("add", "ask", "call", "choose", "delete", "did", "drop", "fill", "free", "give", "keep", "leave", "list",
         "look",
         "lower", "make", "mark", "mend", "name", "pin", "put", "rename", "repeat", "run", "save", "see", "set", "sort",
         "start", "stay", "take", "try", "unpack", "use", "wait", "write", "install", "pip", "move")
_REMEDY = re.compile(rf"; (?:{'|'.join(VERBS)})\b")
_HOLE = "\0"


class Template(NamedTuple):
    """A message as the sources write it."""

    module: str
    line: int
    text: str
    """With a NUL for each value."""

    @property
    def shown(self) -> str:
        """As lists name it: the module, and the text with {} for values."""
        return f"{self.module}: {self.text.replace(_HOLE, '{}')}"

    def is_of(self, message: str) -> bool:
        """Whether `message` may have been made from it."""
        pattern = ".*".join(re.escape(part) for part in self.text.split(_HOLE))
        return re.search(pattern, message, re.DOTALL) is not None


def _text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else _HOLE for part in node.values)
    return None


def _body(node: ast.AST) -> list[ast.stmt]:
    body = getattr(node, "body", [])
    return body if isinstance(body, list) else []


def _texts(tree: ast.Module):
    """Texts that are no docstring, no part of another text."""
    passed = {id(statement.value) for node in ast.walk(tree) for statement in _body(node)
              if isinstance(statement, ast.Expr)}
    passed |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        text = _text_of(node) if isinstance(node, ast.expr) and id(node) not in passed else None
        if text:
            yield node.lineno, text


@cache
def templates() -> tuple[Template, ...]:
    """All of them, in the order of the sources."""
    found = []
    for file in sorted(SOURCES.rglob("*.py")):
        module = file.relative_to(SOURCES).with_suffix("").as_posix()
        found += [Template(module, line, text) for line, text in _texts(ast.parse(file.read_text(encoding="utf-8")))
                  if _REMEDY.search(text)]
    return tuple(found)
