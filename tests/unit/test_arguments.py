"""Functions take few enough arguments by position for a reader to see that none is swapped."""

import ast
from pathlib import Path

import backstop

ROOT = Path(backstop.__file__).parent
MOST = 8
EXCEPTIONS = {
    "cli/calibrating.py:calibrate": "options of a command, which are given by name",
    **dict.fromkeys(
        (f"{module}.py:fill" for module in ("runs/bounded_market", "runs/grouped_market", "runs/seam",
                                            "runs/stored_market", "answers/rare/lineages")),
        "what every market takes, the public ones from outside included"),
}


def functions():
    """Name and number of positional arguments of every function and lambda."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                name = getattr(node, "name", "lambda")
                yield f"{file.relative_to(ROOT).as_posix()}:{name}", len(node.args.posonlyargs) + len(node.args.args)


def test_no_function_takes_more_than_eight_but_those_with_a_reason():
    assert {name for name, n in functions() if n > MOST} == EXCEPTIONS.keys()
