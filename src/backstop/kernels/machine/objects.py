"""Compiled code as it is kept and called: object files, loaded by llvmlite alone.

A file is a line of JSON, which says what it holds and the digest of that, then the object code as LLVM wrote it. What
is torn or not ours is not loaded: LLVM would end the process over it.
"""

import ctypes
import hashlib
import json
from functools import cache
from typing import Any, NamedTuple

import llvmlite.binding as llvm

_MAGIC = "backstop object 1"


class ObjectCode(NamedTuple):
    """The machine code of one entry."""

    symbol: str
    """Of the function in it."""
    code: bytes


def to_bytes(found: ObjectCode) -> bytes:
    """As it is written to a file."""
    head = {"what": _MAGIC, "symbol": found.symbol, "sha256": hashlib.sha256(found.code).hexdigest()}
    return json.dumps(head).encode() + b"\n" + found.code


def from_bytes(content: bytes) -> ObjectCode | None:
    """What a file holds; None where it is not whole."""
    head, _, code = content.partition(b"\n")
    try:
        told = json.loads(head)
        is_whole = told["what"] == _MAGIC and told["sha256"] == hashlib.sha256(code).hexdigest()
        return ObjectCode(told["symbol"], code) if is_whole else None
    except (ValueError, KeyError, TypeError):
        return None


@cache
def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(jit=True)


_ENGINES: list[Any] = []
"""Whoever drops an engine drops its code."""


def load(found: ObjectCode) -> int:
    """Address of the function."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(found.code))
    engine.finalize_object()
    _ENGINES.append(engine)
    return int(engine.get_function_address(found.symbol))


def as_function(address: int, n_words: int) -> Any:
    """Code as Python calls it: numba's convention takes places for a result and an exception, then words."""
    kind = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_uint64] * n_words)
    return kind(address)
