"""Correlation matrices of residuals (n, J), NaN where a series has no price, kept positive definite."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backstop.errors import CalibrationError

Floats = npt.NDArray[np.float64]

MIN_EIGENVALUE = 1e-4
"""Of a correlation matrix that was repaired: its Cholesky factor must not hang on rounding. [ours]"""


MAX_CORRELATION = 0.9999
"""Of two series: beyond it they move as one. [ours]"""
SMALLEST_OWN = 1e-6
"""Smallest eigenvalue of a correlation matrix whose series are not made of one another. [ours]"""
LEAST_WEIGHT = 0.1
"""In the combination that does not move: series with less are not named. [ours]"""


def refuse_tied(names: Sequence[str], z: Floats, is_repaired: bool) -> None:
    """Refuse series whose residuals z (n, J) move as one: no shocks of their own could be drawn.

    Parameters
    ----------
    names
        (J,) of the series.
    is_repaired
        Whether the matrix will be repaired where it is not positive definite: then only pairs are refused.

    Raises
    ------
    CalibrationError
        Two series that are one, by name; or series one of which is made of the others.
    """
    known = np.isfinite(z)
    filled = np.where(known, z, 0.0)
    squares = (filled**2).T @ known
    matrix = filled.T @ filled / np.sqrt(squares * squares.T)
    i, j = divmod(int(np.argmax(np.abs(np.triu(matrix, 1)))), len(names))
    if abs(matrix[i, j]) > MAX_CORRELATION:
        raise CalibrationError(f"{names[i]} and {names[j]} move as one (correlation {matrix[i, j]:.6f}); leave one of "
                               f"them out, or write {names[j]} with factor = {{ asset = \"{names[i]}\", beta = 1.0 }} "
                               "and no risk of its own")
    whole = z[known.all(axis=1)]
    if is_repaired or not len(whole):
        return
    values, vectors = np.linalg.eigh(np.corrcoef(whole, rowvar=False))
    if values[0] < SMALLEST_OWN:
        tied = [name for name, weight in zip(names, vectors[:, 0], strict=True) if abs(weight) > LEAST_WEIGHT]
        raise CalibrationError(f"{', '.join(tied)}: one of them is made of the others on the {len(whole)} days that "
                               f"all {len(names)} series share; leave one out, or give more days than series")


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
