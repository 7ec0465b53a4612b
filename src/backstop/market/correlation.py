"""Correlation matrices of residuals (n, J), NaN where a series has no price, kept positive definite."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MIN_EIGENVALUE = 1e-4
"""Of a correlation matrix that was repaired: its Cholesky factor must not hang on rounding. [ours]"""


def linear_correlation(z: Floats) -> Floats:
    """(J, J) correlation of z (n, J) about 0, each pair on the days that both have."""
    known = np.isfinite(z)
    filled = np.where(known, z, 0.0)
    # sums over the shared days of a pair: products, and each one's squares
    products, squares = filled.T @ filled, (filled**2).T @ known
    return nearest_correlation(products / np.sqrt(squares * squares.T))


def rank_correlation(z: Floats) -> Floats:
    """(J, J) ``sin(pi tau / 2)`` with Kendall's tau of each pair of z (n, J).

    The correlation of any elliptical copula, whatever the margins (Lindskog, McNeil and Schmock 2003).
    """
    from scipy.stats import kendalltau

    size = z.shape[1]
    matrix = np.eye(size)
    for i in range(size):
        for j in range(i):
            tau = kendalltau(z[:, i], z[:, j], nan_policy="omit").statistic
            matrix[i, j] = matrix[j, i] = np.sin(0.5 * np.pi * tau)
    return nearest_correlation(matrix)


def nearest_correlation(matrix: Floats) -> Floats:
    """`matrix` (J, J) itself if its eigenvalues allow it, else with the small ones raised.

    Raised to `MIN_EIGENVALUE` and scaled back to a unit diagonal: the spectral repair of Rebonato and Jaeckel
    (1999). Pairs estimated on different days, or one by one, need not fit together.
    """
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= MIN_EIGENVALUE:
        return matrix
    raised = (vectors * np.maximum(values, MIN_EIGENVALUE)) @ vectors.T
    root = np.sqrt(np.diag(raised))
    repaired: Floats = raised / np.outer(root, root)
    np.fill_diagonal(repaired, 1.0)
    return repaired
