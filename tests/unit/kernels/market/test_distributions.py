"""Draws have the law they claim: moments within four standard errors, tails as far as forty bits reach."""

import numba
import numpy as np
import pytest
from scipy import stats

import toy_kernels
from backstop.kernels.machine.frames import Bare, bare, rows
from backstop.kernels.machine.mode import DISABLED
from backstop.kernels.market import distributions

DAYS, LANES = (3, 8) if DISABLED else (100, 1000)
INDEX = np.uint64


@numba.njit(error_model="numpy")
def _extremes(x, y, nu, out):
    for i in range(x.size):
        out[0, i], out[1, i] = distributions.normal_pair(x[i], y[i])
        out[2, i] = distributions.student_t(x[i], y[i], nu - 2.0, -2.0 / nu)


@numba.njit(error_model="numpy")
def _of_words(words, normal, t, nu, lanes):
    distributions._normals(words, INDEX(0), normal, INDEX(0), lanes)
    distributions._student_t(words, INDEX(0), t, INDEX(0), nu, lanes)


def squares_at(u, angle, nu):
    """(n,) squares of the normal and of the Student-t that the uniforms `u` (n,) give at angles (n,) of 23 bits."""
    cell = np.floor(u * 2.0**40).astype(np.uint64)
    given = np.zeros((4, len(u)), dtype=np.uint64)
    given[0], given[1] = cell >> INDEX(8), ((cell & INDEX(255)) << INDEX(24)) | (angle << INDEX(1))
    normal, t = rows(2, len(u)), rows(1, len(u))
    _of_words(given.view(Bare), normal, t, nu, INDEX(len(u)))
    return np.asarray(normal)[0] ** 2, np.asarray(t)[0] ** 2


@pytest.mark.parametrize("nu", [4.0, 5.0, 9.0, 30.0])
def test_variance_is_one_by_quadrature_over_the_words(nu):
    # over the radius, u = v^12 takes the pole at 0 away; the widest angle is a quarter turn, where the sine is 1
    node, weight = np.polynomial.legendre.leggauss(40)
    v = 0.5 * (node + 1.0)
    quarter = np.full(40, 2**23 - 1, dtype=np.uint64)
    radius = [float(0.5 * weight @ (12.0 * v**11 * of_law)) for of_law in squares_at(v**12, quarter, nu)]
    # over the angle, the share of the square that the sine leaves
    angle = np.arange(64, dtype=np.uint64) * INDEX(2**17) + INDEX(2**16)
    u, widest = np.full(64, 0.3), np.full(64, 2**23 - 1, dtype=np.uint64)
    left = [float(np.mean(turned / whole)) for turned, whole in
            zip(squares_at(u, angle, nu), squares_at(u, widest, nu), strict=True)]
    assert np.multiply(radius, left) == pytest.approx([1.0, 1.0], abs=2e-5)


def words():
    return np.zeros((4, LANES), dtype=np.uint64).view(Bare)


def normals():
    shock = rows(4 * DAYS, LANES)
    toy_kernels.normals(words(), shock, INDEX(DAYS), INDEX(LANES))
    return np.asarray(shock)


def student_t(nu):
    shock = rows(2 * DAYS, LANES)
    toy_kernels.students(words(), shock, bare(np.array([nu])), INDEX(DAYS), INDEX(LANES))
    return np.asarray(shock)


def assert_moment(sample, power, expected, spread):
    """The mean of ``sample**power`` within four of its standard errors."""
    assert abs(np.mean(sample**power) - expected) < 4.0 * spread / np.sqrt(sample.size)


@pytest.mark.parametrize(("power", "expected", "spread"), [(1, 0.0, 1.0), (2, 1.0, 2**0.5), (4, 3.0, 96**0.5)])
def test_normals_have_their_moments(power, expected, spread):
    assert_moment(normals(), power, expected, spread)


@pytest.mark.parametrize("row", range(4))
def test_each_of_a_blocks_normals_is_normal(row):
    assert stats.kstest(normals()[row::4].ravel(), "norm").pvalue > 1e-3


def test_a_blocks_normals_do_not_move_together():
    quads = normals().reshape(DAYS, 4, LANES).transpose(1, 0, 2).reshape(4, -1)
    bound = 4.0 / np.sqrt(quads.shape[1])
    for power in (1, 2):
        between = np.corrcoef(quads**power)[np.triu_indices(4, 1)]
        assert np.abs(between).max() < bound


@pytest.mark.parametrize("nu", [2.5, 5.0, 30.0])
@pytest.mark.parametrize("row", [0, 1])
def test_student_t_follows_its_law(nu, row):
    sample = student_t(nu)[row::2].ravel() * np.sqrt(nu / (nu - 2.0))
    assert stats.kstest(sample, "t", args=(nu,)).pvalue > 1e-3


def test_student_t_has_unit_variance():
    nu = 9.0
    kurtosis = 3.0 * (nu - 2.0) / (nu - 4.0)
    assert_moment(student_t(nu), 2, 1.0, np.sqrt(kurtosis - 1.0))


def test_tails_reach_as_far_as_forty_bits():
    nothing, angle = np.zeros(1, dtype=np.uint64), np.array([0x00FFFFFE], dtype=np.uint64)
    out = np.empty((3, 1))
    _extremes(nothing, angle, 6.0, out)
    assert out[0, 0] == pytest.approx(np.sqrt(2.0 * 41.0 * np.log(2.0)), rel=1e-9)
    assert out[2, 0] == pytest.approx(np.sqrt(4.0 * (2.0 ** (41.0 / 3.0) - 1.0)), rel=1e-9)
