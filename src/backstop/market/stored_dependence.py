"""A fitted dependence, or the same fit from the disk (`fit_cache`)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.market import fit_cache
from backstop.market.dependence_fit import Dependence, DependenceFit, fit_dependence
from backstop.market.fitted import Calibration
from backstop.terms import Floats

_SOURCES = ("dependence_fit.py", "copula_fit.py", "correlation.py", "dynamic_correlation.py", "fitted.py",
            "one_thread.py", "stored_dependence.py", "../config/market/innovations.py")


def stored_dependence(fits: Sequence[Calibration], dependence: Dependence, use_cache: bool = True) -> DependenceFit:
    """`fit_dependence` of `fits`, which is made only once.

    Raises
    ------
    CalibrationError
        See `fit_dependence`.
    """
    if not use_cache:
        return fit_dependence(fits, dependence)
    name = fit_cache.name_of({"dependence": dependence, "fits": [_identity_of(fit) for fit in fits]}, _SOURCES)
    found = fit_cache.load_as(name, lambda content: _fit_from(content, len(fits)))
    if found is None:
        found = fit_dependence(fits, dependence)
        fit_cache.store_content(name, found.summary() | {"asymmetric_target": _listed(found.asymmetric_target),
                                                         "next_q": _listed(found.next_q)})
    return found


def _identity_of(fit: Calibration) -> list[Any]:
    """All that decides a fit's residuals and the probabilities of its law."""
    return [fit.name, fit.data_hash, fit.spec.canonical(), fit.n_sample, fit.estimates.tobytes().hex()]


def _listed(matrix: Floats | None) -> list[Any] | None:
    return None if matrix is None else matrix.tolist()


def _fit_from(content: dict[str, Any], n_series: int) -> DependenceFit:
    """Content as `stored_dependence` keeps it; whatever is not is an error of values."""
    shape = n_series, n_series
    matrices = {key: None if content[key] is None else np.array(content[key], dtype=np.float64).reshape(shape)
                for key in ("correlation", "asymmetric_target", "next_q")}
    if matrices["correlation"] is None or not np.linalg.eigvalsh(matrices["correlation"])[0] > 0.0:
        raise ValueError("no correlation")
    return DependenceFit(
        dependence=content["dependence"], names=tuple(content["series"]), correlation=matrices["correlation"],
        parameters=content["parameters"], standard_errors=content["standard_errors"],
        asymmetric_target=matrices["asymmetric_target"], next_q=matrices["next_q"],
        log_likelihood=float(content["log_likelihood"]), n_days=int(content["n_days"]),
        n_missing=tuple(content["n_missing"]))
