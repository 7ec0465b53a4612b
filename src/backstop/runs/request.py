"""What a run is asked for, and what makes two runs the same."""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.kernels.machine.fingerprint import kernel_hash
from backstop.kernels.machine.target import host, levels
from backstop.runs.seam import Market, SimulatedMarket
from backstop.runs.tiles import Layout, layout_of
from backstop.terms import RunTerms

if TYPE_CHECKING:
    from backstop.market.parameter_groups import DrawnOf, DrawnParameters

_LONGEST_IN_SHORT = 20
LIBRARIES = ("numba", "numpy", "polars", "pyarrow", "arch")


@dataclass(frozen=True, eq=False)
class RunRequest:
    """A run, whole.

    Attributes
    ----------
    terms
        What the kernels read.
    seed, n_paths
        Paths 0 to ``n_paths - 1`` of `seed`.
    config_text
        The config as the user wrote it.
    inputs
        Content hash of every input beside the config, by reference.
    currency
        What amounts are in.
    fits
        What was fitted at run time, by asset, as `Calibration.summary` gives it.
    dependence_fit
        What was fitted of the dependence at run time, as `DependenceFit.summary` gives it.
    overrides
        What ``--set`` and its like changed in the config, in order.
    config_folder
        Where relative price files of the config start from.
    market
        What fills the seam.
    drawn
        What `market` draws of parameters; None where they are the same on all paths.
    drawn_of
        The same of another number of paths; None where nothing is drawn.
    markets_hash
        Of the terms of all markets that take turns, where there are several.
    dates
        Of the days of the run from the first on, ISO, as far as they are those of real prices.
    scenario
        Its title: the preset, ``none``, or that it is as written.
    models
        By asset, the volatility model and the law of its shocks; of models that take turns, all.
    """

    terms: RunTerms
    seed: int
    n_paths: int
    config_text: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    fits: Mapping[str, Any] = field(default_factory=dict)
    dependence_fit: Mapping[str, Any] | None = None
    overrides: tuple[str, ...] = ()
    config_folder: str = ""
    market: Market = field(default_factory=SimulatedMarket)
    drawn: "DrawnParameters | None" = None
    drawn_of: "DrawnOf | None" = None
    markets_hash: str = ""
    dates: tuple[str, ...] = ()
    scenario: str = "none"
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_fits(self) -> dict[str, Any]:
        """Fits by the place of their ``calibrate`` table: an asset's name, or ``market.dependence``."""
        joint = {} if self.dependence_fit is None else {"market.dependence": self.dependence_fit}
        return dict(self.fits) | joint

    def of_paths(self, n_paths: int) -> "RunRequest":
        """The request as ``--paths`` would have made it."""
        if n_paths == self.n_paths:
            return self
        return replace(self, n_paths=n_paths, overrides=(*self.overrides, f"run.paths={n_paths}"),
                       drawn=None if self.drawn_of is None else self.drawn_of(n_paths))

    def folder_name(self, name: str) -> str:
        """Where a run called `name` goes unless told: the same run finds its folder again, another has its own.

        The name of a scenario that is laid over the market stands in it.
        """
        preset = self.scenario.partition(",")[0]
        name = name if preset == "none" else f"{name}-{preset.replace(' ', '-')}"
        identity = json.dumps(identity_of(self, layout_of(self.terms)), sort_keys=True)
        return f"{name}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


IDENTITY = ("backstop", "kernels", "seed", "paths", "block_paths", "currency", "config_hash", "terms_hash", "inputs",
            "drawn_parameters", "markets_hash")
"""Keys of `identity_of`."""


def identity_of(request: RunRequest, layout: Layout) -> dict[str, Any]:
    """All that decides the bytes of the parts: a directory is resumed only by the same run."""
    return {
        "backstop": importlib.metadata.version("backstop"),
        "kernels": kernel_hash(),
        "seed": request.seed,
        "paths": request.n_paths,
        "block_paths": layout.block_paths,
        "currency": request.currency,
        "config_hash": hashlib.sha256(request.config_text.encode()).hexdigest(),
        "terms_hash": terms_hash(request.terms),
        "inputs": dict(sorted(request.inputs.items())),
        "drawn_parameters": as_json(request.drawn),
        "markets_hash": request.markets_hash,
    }


def as_json(drawn: "DrawnParameters | None") -> dict[str, Any] | None:
    """As it reads in JSON."""
    return drawn and drawn._asdict() | {"fixed": list(drawn.fixed)}


def versions() -> dict[str, str]:
    """Versions of everything that numbers or bytes could depend on, and the kind of CPU that code is compiled for."""
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **libraries, "machine": platform.machine(), "cpu": cpu_level()}


def cpu_level() -> str:
    """The widest level that this machine has, else its CPU: code compiled for one level has vectors of one width."""
    return (levels() or (host(),))[0].cpu


def in_short(identity: Mapping[str, Any]) -> dict[str, Any]:
    """`identity` with hashes of what is long, for the note of a block."""
    written = {key: json.dumps(value, sort_keys=True) for key, value in identity.items()}
    return {key: identity[key] if len(text) <= _LONGEST_IN_SHORT else hashlib.sha256(text.encode()).hexdigest()[:16]
            for key, text in written.items()}


def terms_hash(terms: Any) -> str:
    """The sha256 (hex) of terms: every number's bits, every name."""
    digest = hashlib.sha256()
    _add(digest, terms)
    return digest.hexdigest()


def _add(digest: Any, value: Any) -> None:
    if isinstance(value, tuple):
        digest.update(f"{type(value).__name__}{len(value)}".encode())
        for part in value:
            _add(digest, part)
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    else:
        digest.update(json.dumps(value).encode())
