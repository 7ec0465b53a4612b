"""Where the next grid of sizes goes."""

from backstop.answers.sizing.search import WIDTH, _next_grid, enclosing


def test_the_target_lies_between_the_last_size_that_fails_and_the_next():
    assert enclosing([1.0, 2.0, 4.0], [False, False, True]) == (2.0, 4.0)
    assert enclosing([1.0, 2.0, 4.0], [True, False, True]) == (2.0, 4.0)
    assert enclosing([1.0, 2.0], [True, True]) == (None, 1.0)
    assert enclosing([1.0, 2.0], [True, False]) == (2.0, None)


def test_grids_go_below_above_or_between():
    below, above, between = _next_grid(None, 8.0), _next_grid(8.0, None), _next_grid(8.0, 16.0)
    assert max(below) == 4.0
    assert min(above) == 16.0
    assert all(8.0 < size < 16.0 for size in between)
    assert len(between) == WIDTH
