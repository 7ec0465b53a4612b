"""Mutants by operator: places of an expression tree where one operator, number or choice becomes another.

They are drawn with a fixed seed from the modules that compute or show figures, so that nobody chooses what is easy.
Each place has a number made of the seed, its file and its text, and the lowest numbers are drawn: an edit draws anew
only what it touches.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

At: TypeAlias = Callable[..., int]
"""Where an expression begins in a file, or ends."""
Table: TypeAlias = Mapping[type[ast.AST], tuple[str, str]]
ROOMS = {"answers": 60, "report": 20, "market": 40, "kernels": 80}
"""Mutants drawn of each."""
_LEFT_OUT = ("machine/", "state.py", "declare.py", "axes.py", "__init__.py")
"""What has no figures: how kernels are compiled, and declarations, whose faults fail at import."""
_OPPOSITE = {
    ast.Lt: ("<", ">="), ast.LtE: ("<=", ">"), ast.Gt: (">", "<="), ast.GtE: (">=", "<"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.Pow: ("**", "*"), ast.And: ("and", "or"), ast.Or: ("or", "and"), ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&")}
_EDGE = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}
_NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "floor": "ceil"}


class Drawn(NamedTuple):
    """A text at a place of a file that becomes another."""

    file: str
    """Below `src/backstop`."""
    line: int
    start: int
    end: int
    """Of the text, in characters of the file."""
    before: str
    after: str
    key: str
    """Sixteen digits of a hash of its file and of its line's text, which edits elsewhere leave as they are."""

    @property
    def name(self) -> str:
        """As people read it."""
        return " ".join(f"{self.file}:{self.line} {self.before} -> {self.after}".split())

    def planted(self, source: str) -> str:
        """The source with the mutant."""
        return source[: self.start] + self.after + source[self.end :]


def drawn(sources: Path, seed: int) -> list[Drawn]:
    """As many of each room as `ROOMS` says, each place as likely as any other, in the order of the files."""
    found: list[Drawn] = []
    for room, n in ROOMS.items():
        files = [file for file in sorted((sources / room).rglob("*.py"))
                 if not any(part in f"{file.relative_to(sources)}" for part in _LEFT_OUT)]
        places = [place for file in files for place in places_of(str(file.relative_to(sources)), file.read_text())]
        found += sorted(sorted(places, key=lambda place: _digest(str(seed), place.key))[:n])
    return found


def _digest(*texts: str) -> str:
    """Sixteen digits that nobody can foresee."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def places_of(name: str, source: str) -> Iterator[Drawn]:
    """All mutants of a module, but for those of texts, types and declarations."""
    lines = source.splitlines(keepends=True)
    firsts = [0]
    for line in lines:
        firsts.append(firsts[-1] + len(line))

    def at(node: ast.expr, is_end: bool = False) -> int:
        line, column = (node.end_lineno, node.end_col_offset) if is_end else (node.lineno, node.col_offset)
        text = lines[(line or 1) - 1].encode()[: column or 0].decode()
        return firsts[(line or 1) - 1] + len(text)

    told: Counter[tuple[str, int, str, str]] = Counter()
    for node in _computing(ast.parse(source)):
        for start, end, after in _changes(node, source, at):
            before, line = source[start:end], source.count("\n", 0, start)
            where = lines[line].strip(), start - firsts[line], before, after
            if before != after:
                told[where] += 1
                key = _digest(name, *map(str, where), str(told[where]))
                yield Drawn(name, line + 1, start, end, before, after, key)


def _computing(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes below `tree` that compute."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.JoinedStr | ast.Raise | ast.Import | ast.ImportFrom | ast.arguments):
            continue
        if isinstance(child, ast.AnnAssign):
            if child.value is not None:
                yield from _computing(ast.Expr(child.value))
            continue
        if isinstance(child, ast.FunctionDef):
            yield from _computing(ast.Module(child.body, []))
            continue
        yield child
        yield from _computing(child)


def _changes(node: ast.AST, source: str, at: At) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of each change of one node."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for table in (_OPPOSITE, _EDGE):
            yield from _operator((node.left, node.comparators[0]), node.ops[0], table, source, at)
    elif isinstance(node, ast.BinOp):
        yield from _operator((node.left, node.right), node.op, _OPPOSITE, source, at)
    elif isinstance(node, ast.BoolOp):
        yield from _operator((node.values[0], node.values[1]), node.op, _OPPOSITE, source, at)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield at(node), at(node, True), repr(node.value + 1)
    elif isinstance(node, ast.Call):
        of = node.func
        name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
        if name in _NAMES:
            yield at(of, True) - len(name), at(of, True), _NAMES[name]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield at(node), at(node) + (1 if isinstance(node.op, ast.USub) else len("not ")), ""
    elif isinstance(node, ast.IfExp):
        one, other = (source[at(part) : at(part, True)] for part in (node.body, node.orelse))
        yield at(node.body), at(node.body, True), other
        yield at(node.orelse), at(node.orelse, True), one


def _operator(between: tuple[ast.expr, ast.expr], op: ast.AST, table: Table, source: str, at: At
              ) -> Iterator[tuple[int, int, str]]:
    """The operator between two operands, wherever it stands there."""
    if type(op) in table:
        old, new = table[type(op)]
        place = source.find(old, at(between[0], True), at(between[1]))
        if place >= 0:
            yield place, place + len(old), new
