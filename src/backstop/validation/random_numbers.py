"""Philox4x32-10 against the vectors that its authors publish."""

from collections.abc import Iterator

import numpy as np

from backstop.kernels.machine.frames import bare
from backstop.kernels.machine.jit import ONE, entry
from backstop.kernels.market.philox import WORD, philox
from backstop.validation.case import Case, Figure

VECTORS = (
    ("zeros", (0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ones", (0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("digits of pi", (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
)
"""Counter, key and block, Random123's kat_vectors."""


@entry
def _block(x0, x1, x2, x3, key_low, key_high, out, lanes):  # type: ignore[no-untyped-def]
    y0, y1, y2, y3 = philox(x0, x1, x2, x3, key_low, key_high)
    out[0], out[1], out[2], out[3] = float(y0 & WORD), float(y1 & WORD), float(y2 & WORD), float(y3 & WORD)


def vectors() -> Iterator[Figure]:
    """The engine's blocks, in hexadecimal."""
    for label, counter, key, expected in VECTORS:
        out = bare(np.empty(4))
        _block(*(np.uint64(word) for word in (*counter, *key)), out, ONE)
        yield Figure(label, expected, " ".join(f"{int(word):08x}" for word in out))


CASES = (
    Case("philox-vectors", "random numbers are Philox4x32-10's", "external",
         "Salmon, Moraes, Dror and Shaw (2011); Random123, kat_vectors", vectors),
)
