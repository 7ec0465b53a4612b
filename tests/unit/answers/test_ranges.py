import pytest

from backstop.answers.ranges import largest_range


@pytest.mark.parametrize(("k", "q"), [(2, 2.772), (3, 3.314), (5, 3.858), (10, 4.474)])
def test_the_upper_points_are_those_of_the_tables_of_the_studentised_range(k, q):
    assert largest_range(k) == pytest.approx(q, abs=5.1e-4)
