"""What one more unit of a pool does."""

from types import SimpleNamespace

import pytest

from backstop.answers.sizing.trial import Trial


@pytest.mark.parametrize(("number", "size", "added"), [(0, 20.0, 4.0), (1, 200.0, 10.0)])
def test_a_pool_is_held_against_the_larger_one_beside_it(number, size, added):
    trial = SimpleNamespace(sizes=(10, 12, 100, 105), quantum=2.0, size=lambda _number: size,
                            _gain=lambda name, of, more: (name, of, more))
    found = Trial.worth(trial, number, SimpleNamespace(use=None))
    assert found.size == size
    assert found.claims_met == ("unmet_claims", number, added)
    assert found.sales_averted == ("forced_sales_in_window_eligible", number, added)
    assert found.lack is found.lack_in_crisis is None
