"""Sobol' indices against known answers, with designs as the plan makes them."""

import numpy as np
import pytest

from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.indices import indices, sobol_indices
from backstop.answers.sweeping.plans import plan
from backstop.errors import ConfigError

N = 4096


def designs(*spans, n=N):
    factors = [Factor(f"x{number}", (), span, False) for number, span in enumerate(spans)]
    made = plan("indices", factors, n, 1)
    assert len(made.designs) == n * (len(spans) + 2)
    return np.array([list(design.values.values()) for design in made.designs])


def test_ishigami():
    a, b, c = designs(*[(-np.pi, np.pi)] * 3).T
    first, total = sobol_indices(np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a), N)
    np.testing.assert_allclose(first, [0.3139, 0.4424, 0.0], atol=0.03)
    np.testing.assert_allclose(total, [0.5576, 0.4424, 0.2437], atol=0.03)


def test_a_linear_model_has_the_shares_of_its_squares():
    x = designs((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    first, total = sobol_indices(x @ [1.0, 2.0, 3.0], N)
    np.testing.assert_allclose(first, np.array([1.0, 4.0, 9.0]) / 14.0, atol=0.02)
    np.testing.assert_allclose(total, first, atol=0.02)


def test_both_errors_are_as_large_as_repetition_says():
    n, n_batches = 128, 40
    found = []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        made = plan("indices", [Factor(key, (), (0.0, 1.0), False) for key in "ab"], n, 1).designs
        x = np.array([list(design.values.values()) for design in made])
        # paths push all designs alike, and each by itself
        values = (x @ [1.0, 2.0])[:, None] * (1.0 + rng.normal(size=n_batches) * [[0.3]]) + x[:, :1] * rng.normal(
            size=n_batches) * 6.0
        sums = np.stack([values, np.ones_like(values)], axis=1)
        found.append(indices("y", "ab", sums, n)[0])
    spread = np.std([one.first for one in found])
    stated = np.median([one.first_path_error for one in found])
    assert 0.5 < stated / spread < 2.0
    assert all(one.first_design_error > 0.0 for one in found)


def test_what_is_not_known_is_refused_and_not_taken_for_zero():
    values = np.ones(4 * 3)
    values[5] = np.nan
    with pytest.raises(ConfigError, match="no value"):
        sobol_indices(values, 4)


def test_points_that_are_no_power_of_two_are_refused():
    with pytest.raises(ConfigError, match="write 128"):
        plan("indices", [Factor("x", (), (0.0, 1.0), False)], 100, 1)


def test_two_points_are_the_fewest_and_one_is_refused():
    factors = [Factor("x", (), (0.0, 1.0), False)]
    assert len(plan("indices", factors, 2, 1).designs) == 2 * 3
    with pytest.raises(ConfigError, match="powers of two; write 2"):
        plan("indices", factors, 1, 1)
