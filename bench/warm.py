"""Modules that are imported once, and functions of one that get other code: what makes a mutant cheap to try."""

import gc
import importlib
import inspect
import os
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FunctionType

_LIBRARIES = ("numpy", "scipy.stats", "scipy.optimize", "polars", "rich.table", "typer.testing", "numba")
_PLAIN = ("backstop.kernels.step", "oracle.compare", "oracle.designs", "small_arm")
_COMPILED = ("backstop.cli.app", "backstop.api")


def warm(root: Path, is_plain: bool) -> None:
    """Import what tests near to a mutant need, kernels as plain Python or as functions of numba.

    `root` has `src` and the tests' folder beside it; what was imported of the package from elsewhere is forgotten.
    """
    forget()
    sys.path[:0] = [str(root / "src"), str(root / "tests")]
    os.environ |= {"NUMBA_DISABLE_JIT": "1"} if is_plain else {"BACKSTOP_KERNELS": "compiler"}
    for name in (*_LIBRARIES, *(_PLAIN if is_plain else _COMPILED)):
        importlib.import_module(name)
    os.environ.pop("BACKSTOP_KERNELS", None)


def forget() -> None:
    """The package is imported anew by whoever asks for it next."""
    for name in [name for name in sys.modules if name.split(".")[0] in ("backstop", "oracle", "small_arm")]:
        del sys.modules[name]


def replace(path: Path, before: str, after: str) -> bool:
    """Whether functions of the module at `path` could be given the code of another text of it.

    They cannot where what a module or a class says outside of its functions differs, or where it is not imported.
    """
    old, new = (compile(text, str(path), "exec", dont_inherit=True) for text in (before, after))
    olds, news = _codes_in(old), _codes_in(new)
    if olds.keys() != news.keys() or any(
            _said_outside(olds[key]) != _said_outside(news[key]) for key in olds if not _is_function(olds[key])):
        return False
    changed = {olds[key]: news[key] for key in olds if olds[key] != news[key] and _is_function(olds[key])}
    live = [one for one in gc.get_objects() if isinstance(one, FunctionType) and one.__code__ in changed
            and one.__code__.co_filename == str(path)]
    for function in live:
        function.__code__ = changed[function.__code__]
    return bool(live)


def _codes_in(module: CodeType) -> dict[tuple[str, int], CodeType]:
    """A module's code and all in it, by qualified name and place among those of that name."""
    found, told = {}, Counter[str]()
    waiting = [module]
    while waiting:
        code = waiting.pop(0)
        found[code.co_qualname, told[code.co_qualname]] = code
        told[code.co_qualname] += 1
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
    return found


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def _said_outside(code: CodeType) -> object:
    """Of a module or class, all but its functions."""
    return code.co_code, code.co_names, [one for one in code.co_consts if not isinstance(one, CodeType)]
