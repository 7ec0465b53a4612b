"""What the compiled code of one kernel depends on, as a hash: an edit of anything else compiles nothing anew.

It is the kernel's own code and that of every stage that it is made of, down to the numbers that they name; rules that
it calls are compiled by themselves, and only their names count. Comments and docstrings are no code.
"""

import hashlib
import importlib.metadata
import sys
from collections.abc import Iterator, Mapping
from enum import EnumType
from functools import cache
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_MAKE_NO_CODE = {"cache", "crew", "dependence", "entries", "fingerprint", "slots"}
"""Modules of this folder that find, keep and call code: an edit of theirs compiles nothing anew."""


@cache
def compiler_hash() -> str:
    """Hash of what makes code of kernels: the sources of this folder, and the versions of what they work with."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in ("numba", "llvmlite"):
        digest.update(importlib.metadata.version(name).encode())
    sources = Path(__file__).parent.glob("*.py")
    for source in sorted(source for source in sources if source.stem not in _MAKE_NO_CODE):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def code_hash(function: FunctionType) -> str:
    """Hash of what a kernel's code depends on, but for the form of its arguments and the compiler.

    Raises
    ------
    TypeError
        A global of a kind that nobody knows to be code or no code.
    """
    met: dict[FunctionType, None] = {}
    lines = list(_lines_of(function, met))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _lines_of(function: FunctionType, met: dict[FunctionType, None]) -> Iterator[str]:
    if function in met:
        return
    met[function] = None
    yield f"{function.__module__}.{function.__qualname__}: {_code(function.__code__)}, {function.__defaults__}"
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    named = {name: function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__}
    for name, value in sorted((named | {name: cell.cell_contents for name, cell in cells}).items()):
        yield from _lines(name, value, met)


def _lines(name: str, value: Any, met: dict[FunctionType, None]) -> Iterator[str]:
    # numba's own intrinsics, such as a clock, keep what makes their code under another name
    function = getattr(value, "py_func", getattr(value, "_defn", value))
    if _is_of_machine(name, value):
        yield f"{name} of the machine"
    elif isinstance(function, FunctionType) and not hasattr(value, "codes"):
        yield f"{name} is {function.__module__}.{function.__qualname__}"
        yield from _lines_of(function, met)
    else:
        yield f"{name} = {_constant(name, value)}"


def _is_of_machine(name: str, value: Any) -> bool:
    """Whether it is from a module of this folder, whose sources `compiler_hash` knows: each mode has its own form."""
    modules = (sys.modules.get(f"{__package__}.{module}") for module in ("jit", "packs", "frames", "lanes", "vecmath"))
    return any(getattr(module, name, None) is value for module in modules)


def _code(code: CodeType) -> str:
    """Bytecode and constants without the docstring and the places of lines."""
    constants = [_code(value) if isinstance(value, CodeType) else repr(value) for value in code.co_consts
                 if not (isinstance(value, str) and value == code.co_consts[0])]
    return f"{code.co_code.hex()} {code.co_varnames} {code.co_names} {code.co_freevars} {constants}"


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value)


def _constant(name: str, value: Any) -> str:
    if isinstance(value, EnumType):
        members: Mapping[str, Any] = value.__members__
        return str({name: member.value for name, member in members.items()})
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, int | float | np.generic | str | tuple | type(None)):
        return repr(value)
    if isinstance(value, ModuleType | BuiltinFunctionType | FunctionType | np.ufunc | type) or hasattr(value, "codes"):
        return f"{getattr(value, '__module__', '')}.{value.__name__}"
    raise TypeError(f"{name}: no one knows whether code depends on what is in a {type(value).__name__}")
