"""A helper of `crew`: compiles what it is told, line by line, and ends when nobody is left to tell it.

    python -m backstop.kernels.machine.compile

A line asks for an entry, for arguments of one form, in a file; a line answers that it is there, or what went wrong.
"""

import gc
import importlib
import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

from backstop.kernels.machine.cache import write_private
from backstop.kernels.machine.frame_types import type_of
from backstop.kernels.machine.layouts import from_plain
from backstop.kernels.machine.objects import ObjectCode, to_bytes


def compile_entry(function: Any, signature: list[Any]) -> ObjectCode:
    """The machine code of an entry, `signature` as `layouts.to_plain` has it."""
    from backstop.kernels.machine.compiled import compiled_entry
    from backstop.kernels.machine.rule_types import slots_of

    found = compiled_entry(function, tuple(type_of(from_plain(form)) for form in signature))
    code, symbols = found.library.emit_object()
    return ObjectCode(found.fndesc.llvm_func_name, code, slots_of(symbols))


def _answer(line: bytes) -> dict[str, str]:
    told = json.loads(line)
    try:
        entry = getattr(importlib.import_module(told["module"]), told["name"])
        write_private(Path(told["file"]), to_bytes(compile_entry(entry.py_func, told["signature"])))
        return {}
    except OSError as error:
        return {"disk": f"{told['file']}: {error.strerror}"}
    except Exception as error:
        return {"error": f"{told['module']}.{told['name']} does not compile: {type(error).__name__}: {error}"}


def _listen(lines: "queue.SimpleQueue[bytes]") -> None:
    """Until the pipe ends: whoever started this process has, or has no more use for it."""
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)


def main() -> None:
    """Answer, one line at a time."""
    # numba makes millions of objects that all live to the end: looking through them is a fifth of the time
    gc.disable()
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    while True:
        print(json.dumps(_answer(lines.get())), flush=True)


if __name__ == "__main__":
    main()
