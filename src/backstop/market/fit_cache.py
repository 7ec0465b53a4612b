"""Fits kept on disk: private, written atomically, ignored when unreadable or altered.

The key is a hash of the data, the specification, the versions of arch and scipy, and the sources that make a
fit, so that nothing stale is ever found. Floats go through JSON unchanged: Python writes the shortest text
that reads back to the same number.
"""

import hashlib
import importlib.metadata
import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from backstop.kernels.machine.cache import cache_root, read_private, read_shipped, write_private
from backstop.market.specification import CalibrationSpec

if TYPE_CHECKING:
    from backstop.market.arch_fit import ArchFit

_Fit = TypeVar("_Fit")

_SOURCES = ("arch_fit.py", "parameters.py", "specification.py", "fit_checks.py", "one_thread.py",
            "../config/market/innovations.py", "../config/market/recursion.py", "../config/market/models.py")


def arch_version() -> str:
    """Version of the installed arch, without importing it."""
    return importlib.metadata.version("arch")


def key(spec: CalibrationSpec, data_hash: str) -> str:
    """Name of a fit: sha256 (hex) of all that decides it."""
    return name_of({"spec": spec.canonical(), "data": data_hash, "arch": arch_version()}, _SOURCES)


def name_of(what: dict[str, Any], sources: Sequence[str]) -> str:
    """Name of a fit of `what`, made by `sources` (files of this package) with the scipy that is installed."""
    everything = what | {"scipy": importlib.metadata.version("scipy"), "sources": _source_hash(sources)}
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def load(name: str, n: int) -> "ArchFit | None":
    """The stored fit of `n` returns, or None where there is none that can be trusted."""
    return load_as(name, lambda content: _fit_from(content, n))


def load_as(name: str, read: Callable[[dict[str, Any]], _Fit]) -> _Fit | None:
    """What `read` makes of the stored content; None where there is none, or `read` says so by an error of values."""
    folder = _folder()
    kept = None if folder is None else read_private(folder / f"{name}.json")
    text = kept if kept is not None else read_shipped(f"fits/{name}.json")
    if text is None:
        return None
    try:
        content = json.loads(text, parse_constant=_refuse)
        is_whole = content["key"] == name and content.pop("sha256") == _digest(content)
        return read(content) if is_whole else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def store(name: str, fit: "ArchFit") -> None:
    """Keep a fit; where nothing can be written, do without."""
    store_content(name, {"estimates": fit.estimates.tolist(), "covariance": fit.covariance.tolist(),
                         "variances": fit.variances.tolist(), "log_likelihood": fit.log_likelihood})


def store_content(name: str, content: dict[str, Any]) -> None:
    """Keep numbers and text under a name."""
    folder = _folder()
    if folder is None:
        return
    # where nothing can be written, or a number is none, do without
    with suppress(OSError, ValueError):
        named = content | {"key": name}
        whole = named | {"sha256": _digest(named)}
        write_private(folder / f"{name}.json", json.dumps(whole, allow_nan=False).encode())


def _digest(content: dict[str, Any]) -> str:
    """Of every number and text: one that was altered by hand is no fit."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _refuse(number: str) -> float:
    raise ValueError(f"{number} is no number of a fit")


def _fit_from(content: dict[str, Any], n: int) -> "ArchFit":
    from backstop.market.arch_fit import ArchFit

    estimates = np.array(content["estimates"], dtype=np.float64)
    size = len(estimates)
    covariance = np.array(content["covariance"], dtype=np.float64).reshape(size, size)
    variances = np.array(content["variances"], dtype=np.float64)
    likelihood = float(content["log_likelihood"])
    is_finite = np.isfinite(estimates).all() and np.isfinite(covariance).all() and np.isfinite(variances).all()
    if variances.shape != (n,) or not (variances > 0.0).all() or not (is_finite and math.isfinite(likelihood)):
        raise ValueError("not a whole fit")
    return ArchFit(estimates, covariance, variances, likelihood, 0)


def _folder() -> Path | None:
    root = cache_root()
    if root is None:
        return None
    folder = root / "fits"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return folder


def _source_hash(sources: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for name in sources:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()
