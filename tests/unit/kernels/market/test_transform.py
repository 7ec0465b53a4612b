"""Tables of quantiles reach the exact ones, in the middle and in the tails."""

import numpy as np
import pytest

import toy_kernels
from backstop.config.market.innovations import Innovation as Law
from backstop.config.market.law_maps import map_terms, quantile_map
from backstop.kernels.machine.frames import frame, rows
from backstop.kernels.machine.mode import DISABLED

INDEX = np.uint64
NORMAL, JOINT = Law("normal"), Law("student-t", 4.0)
PAIRS = [
    (NORMAL, Law("ged", 1.0)),
    (NORMAL, Law("ged", 2.5)),
    (NORMAL, Law("student-t", 3.0)),
    (NORMAL, Law("skew-t", 4.0, 0.5)),
    (JOINT, NORMAL),
    (JOINT, Law("skew-t", 6.0, -0.4)),
    (Law("skew-t", 6.0, -0.4), JOINT),
    (Law("student-t", 8.0), NORMAL),
]
TERMS = map_terms(PAIRS)


def mapped(m, x):
    source, target = rows(1, len(x)), rows(1, len(x))
    source[0] = x
    toy_kernels.mapped(frame(TERMS), INDEX(m), source, target, INDEX(len(x)))
    return np.asarray(target[0])


@pytest.mark.parametrize("m", range(len(PAIRS)))
def test_tables_give_the_exact_quantiles(m):
    source, target = PAIRS[m]
    u = np.exp(np.random.default_rng(m).uniform(np.log(2e-12), np.log(0.5), 40 if DISABLED else 400))
    left = source.ppf(u)
    right = -Law(source.distribution, source.nu, -source.skew).ppf(u)
    x = np.concatenate([left, right])
    exact = quantile_map(source, target, x)
    np.testing.assert_allclose(mapped(m, x), exact, rtol=2e-5, atol=1e-7)
    np.testing.assert_allclose(target.cdf(exact[: len(u)]), u, rtol=1e-6)


def test_symmetric_laws_map_to_opposite_numbers():
    x = np.linspace(0.01, 7.0, 50)
    np.testing.assert_allclose(mapped(2, -x), -mapped(2, x), rtol=1e-9)


def test_beyond_its_ends_a_table_holds():
    assert np.isfinite(mapped(2, np.array([-50.0, 50.0]))).all()
