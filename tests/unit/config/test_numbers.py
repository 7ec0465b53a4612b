"""Whole quanta and padded arrays."""

import numpy as np

from backstop.config.numbers import codes, column, padded_rows, share_of, whole_quanta


def test_amounts_are_rounded_down_to_quanta_in_decimals():
    assert whole_quanta(0.3, 0.1) == 3.0
    assert whole_quanta(1234.56, 0.01) == 123456.0
    assert whole_quanta(1999.99, 1000.0) == 1.0
    assert whole_quanta(10e9, 1.0) == 1e10


def test_shares_are_rounded_down_in_decimals():
    assert share_of(0.29, 100.0) == 29.0
    assert share_of(1 / 3, 10.0) == 3.0
    assert share_of(0.65, 5e9) == 3.25e9


def test_arrays_have_one_type_and_shape_even_when_empty():
    assert (column([]).shape, column([]).dtype) == ((0,), np.float64)
    assert (codes([True, 2]).dtype, codes([]).dtype) == (np.int64, np.int64)
    assert padded_rows([[1.0], []], unused=7.0).tolist() == [[1.0], [7.0]]
    assert padded_rows([[]]).shape == (1, 1)
