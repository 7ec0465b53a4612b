"""Amounts in whole quanta, and the arrays that terms are made of."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from backstop.terms import Floats, Integers


def whole_quanta(amount: float, quantum: float) -> float:
    """`amount` in whole quanta, rounded down; in decimals as written, so that 0.3 is three times 0.1."""
    return float((Decimal(repr(amount)) / Decimal(repr(quantum))).to_integral_value(ROUND_FLOOR))


def share_of(frac: float, quanta: float) -> float:
    """A share of an amount in quanta, rounded down, in decimals."""
    return float((Decimal(repr(frac)) * Decimal(int(quanta))).to_integral_value(ROUND_FLOOR))


def column(values: Sequence[float]) -> Floats:
    """(n,) float64."""
    return np.array(values, dtype=np.float64).reshape(len(values))


def codes(values: Sequence[int]) -> Integers:
    """(n,) int64."""
    return np.array(values, dtype=np.int64).reshape(len(values))


def padded_rows(rows: Sequence[Sequence[float]], unused: float = 0.0) -> Floats:
    """(n, m) float64, m the longest row and at least 1; `unused` fills the shorter ones."""
    width = max([1, *(len(row) for row in rows)])
    return np.array([[*row, *([unused] * (width - len(row)))] for row in rows], dtype=np.float64).reshape(-1, width)
