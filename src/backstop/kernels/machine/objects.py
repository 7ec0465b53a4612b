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

_MAGIC = "backstop object 2"
FINDER = "finder of rules"
"""The word that holds the address of what is asked where a slot is empty."""


class Slot(NamedTuple):
    """A word of object code for the address of a rule that it calls."""

    symbol: str
    module: str
    name: str
    forms: tuple[Any, ...]
    """Of its arguments, as `layouts.to_short` has them."""


class ObjectCode(NamedTuple):
    """The machine code of one entry."""

    symbol: str
    """Of the function in it."""
    code: bytes
    slots: tuple[Slot, ...] = ()


class Loaded(NamedTuple):
    """Where the function is, the finder's word, and the slots."""

    function: int
    finder: int
    slots: tuple[int, ...]


def to_bytes(found: ObjectCode) -> bytes:
    """As it is written to a file."""
    head = {"what": _MAGIC, "symbol": found.symbol, "slots": found.slots,
            "sha256": hashlib.sha256(found.code).hexdigest()}
    return json.dumps(head).encode() + b"\n" + found.code


def from_bytes(content: bytes) -> ObjectCode | None:
    """What a file holds; None where it is not whole."""
    head, _, code = content.partition(b"\n")
    try:
        told = json.loads(head)
        is_whole = told["what"] == _MAGIC and told["sha256"] == hashlib.sha256(code).hexdigest()
        slots = tuple(Slot(symbol, module, name, tuple(forms)) for symbol, module, name, forms in told["slots"])
        return ObjectCode(told["symbol"], code, slots) if is_whole else None
    except (ValueError, KeyError, TypeError):
        return None


@cache
def _machine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(jit=True)


_ENGINES: list[Any] = []
"""Whoever drops an engine drops its code."""


def load(found: ObjectCode) -> Loaded:
    """Make it part of this process."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(found.code))
    engine.finalize_object()
    _ENGINES.append(engine)
    finder = engine.get_global_value_address(FINDER) if found.slots else 0
    return Loaded(int(engine.get_function_address(found.symbol)), int(finder),
                  tuple(int(engine.get_global_value_address(slot.symbol)) for slot in found.slots))


def as_function(address: int, n_words: int) -> Any:
    """Code as Python calls it: numba's convention takes places for a result and an exception, then words."""
    kind = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_uint64] * n_words)
    return kind(address)
