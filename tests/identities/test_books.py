"""No design creates money: identities of every day on many designs, by the kernels and by an integer ledger."""

import pytest

from oracle.books import read_books


def test_no_money_is_created_in_hundreds_of_designs():
    books = read_books(0, 304)
    assert books.money_created == 0.0
    assert books.n_lending > 30


@pytest.mark.long
def test_no_money_is_created_in_a_hundred_thousand_designs():
    books = read_books(0, 100_000)
    print(f"\n{books}")
    assert books.money_created == 0.0
