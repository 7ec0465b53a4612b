"""How well the degrees of freedom of a copula are known."""

import pytest

from backstop.market.copula_fit import _error


@pytest.mark.parametrize("error", [0.5, 2.0])
def test_the_error_of_a_maximum_is_that_of_the_normal_law_it_looks_like(error):
    assert _error(lambda nu: -0.5 * ((nu - 8.0) / error) ** 2, 8.0) == pytest.approx(error, rel=1e-6)
