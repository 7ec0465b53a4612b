"""What a kernel is compiled for: the form of its arguments, as plain data that two processes can tell each other.

A form is the word ``index`` (uint64), an `ArrayForm`, or the `Layout` of a frame, whose fields are such forms again or
the words ``float`` and ``int``; to rules, ``flag`` too (a truth value). Equal layouts are one object, so that comparing
them costs nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias


class ArrayForm(NamedTuple):
    """A C-contiguous array of `dtype`; of the frame's lanes where it `is_rows`, as the field of a frame."""

    dtype: str
    ndim: int
    field: str = ""
    is_rows: bool = False


class Layout:
    """The table of a frame: (name, form, position of its first word) of each field."""

    def __init__(self, kind: str, fields: tuple[tuple[str, "Form", int], ...]) -> None:
        self.kind, self.fields = kind, fields


Form: TypeAlias = "str | ArrayForm | Layout"
Signature: TypeAlias = tuple[Form, ...]


@cache
def array_form(dtype: str, ndim: int, field: str = "", is_rows: bool = False) -> ArrayForm:
    """Made once, as layouts are."""
    return ArrayForm(dtype, ndim, field, is_rows)


@cache
def layout(kind: str, fields: tuple[tuple[str, Form, int], ...]) -> Layout:
    """The one layout of these fields."""
    return Layout(kind, fields)


def to_plain(form: Form) -> Any:
    """A form as JSON has it."""
    if isinstance(form, Layout):
        return {"frame": form.kind, "fields": [[name, to_plain(of), at] for name, of, at in form.fields]}
    return list(form) if isinstance(form, ArrayForm) else form


def from_plain(plain: Any) -> Form:
    """And back."""
    if isinstance(plain, dict):
        return layout(plain["frame"], tuple((name, from_plain(of), at) for name, of, at in plain["fields"]))
    return array_form(*plain) if isinstance(plain, list) else str(plain)


@cache
def _digest(form: Form) -> str:
    if isinstance(form, Layout):
        parts: Any = [form.kind, *((name, _digest(of), at) for name, of, at in form.fields)]
    else:
        parts = list(form) if isinstance(form, ArrayForm) else form
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@cache
def name_of(signature: Signature) -> str:
    """Hash of a signature, the same in every process."""
    return hashlib.sha256("".join(map(_digest, signature)).encode()).hexdigest()[:16]


def to_short(form: Form) -> Any:
    """A form as JSON has it, frames by their hash alone."""
    return {"frame": _digest(form)} if isinstance(form, Layout) else to_plain(form)


def from_short(short: Any, frames: Mapping[str, Layout]) -> Form:
    """And back, for who knows the `frames` by their hash."""
    return frames[short["frame"]] if isinstance(short, dict) else from_plain(short)


@cache
def frames_in(signature: Signature) -> Mapping[str, Layout]:
    """The layouts of a signature and all in them, by hash."""
    found: dict[str, Layout] = {}
    for form in signature:
        if isinstance(form, Layout):
            found[_digest(form)] = form
            found |= frames_in(tuple(of for _, of, _ in form.fields))
    return found
