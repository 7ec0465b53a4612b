"""The one place that checks terms before kernels read them: kernels check no bounds, and take codes as they are."""

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from backstop.terms.declare import AXES, Term, fields_of
from backstop.terms.numbers import Floats, Integers
from backstop.terms.run import RunTerms

MARKET_AXES = ("day", "asset")
"""Axes that all arms share with their market; every other is the market's own, or an arm's own."""
LIKE_ANOTHER = {"other_joint": "joint", "other_moving": "moving", "moving": "joint", "fed_asset": "asset",
                "fed_day": "day", "level": "lag"}
"""Axes that are as long as another; of levels there is one more than lags."""
MAY_BE_NONE = ("moving", "fed_asset", "fed_day")
"""Those that may have no length instead."""


def check_terms(terms: RunTerms) -> None:
    """Every term has the type, the axes and the codes that it is declared with.

    Raises
    ------
    TypeError, ValueError
        One has not: that is a mistake of whoever made the terms, not of a config.
    """
    sizes = sizes_of(terms.market, {"asset": len(terms.names.assets)}, "market")
    if sizes.setdefault("day", terms.n_days) < terms.n_days:
        raise ValueError(f"market has {sizes['day']} days, and the run {terms.n_days}")
    shared = {axis: sizes[axis] for axis in MARKET_AXES}
    for name, arm, facilities in zip(terms.names.arms, terms.arms, terms.names.facilities, strict=True):
        named = {"fund": len(terms.names.funds), "facility": len(facilities), "key": 2 * len(facilities),
                 "layer": len(terms.names.layers)}
        sizes_of(arm, shared | named, f"arm {name}")


def sizes_of(section: Any, known: Mapping[str, int], path: str) -> dict[str, int]:
    """Length of every axis of the terms below `section`, a declared NamedTuple, on which all of them agree.

    Parameters
    ----------
    known
        Lengths that are settled before.
    path
        What messages call the section.

    Raises
    ------
    TypeError, ValueError
        As `check_terms`.
    """
    sizes = dict(known)
    for name, (base, said) in fields_of(type(section)).items():
        value, place = getattr(section, name), f"{path}.{name}"
        if said is None:
            sizes = sizes_of(value, sizes, place)
            continue
        _check_type(base, value, place)
        _check_shape(said, value, sizes, place)
        _check_codes(said, value, place)
    return sizes


def _check_type(base: Any, value: Any, place: str) -> None:
    if base not in (Floats, Integers):
        if not isinstance(value, base | int):
            raise TypeError(f"{place} is {type(value).__name__}, not {base.__name__}")
        return
    (wanted,) = get_args(get_args(base)[1])
    if not isinstance(value, np.ndarray) or value.dtype != wanted or not value.flags.c_contiguous:
        found = f"{type(value).__name__} of {getattr(value, 'dtype', 'no type')}"
        raise TypeError(f"{place} is {found}, not a C-contiguous array of {wanted.__name__}")


def _check_shape(said: Term, value: Any, sizes: dict[str, int], place: str) -> None:
    axes, shape = said.axes.split(), np.shape(value)
    if len(axes) != len(shape):
        raise ValueError(f"{place} has the shape {shape}, and its axes are ({said.axes})")
    for axis, found in zip(axes, shape, strict=True):
        wanted = sizes.setdefault(axis, _usual(axis, found, sizes))
        if found != wanted:
            raise ValueError(f"{place} has {found} along {axis} ({AXES[axis]}), where others have {wanted}")


def _usual(axis: str, found: int, sizes: Mapping[str, int]) -> int:
    """The length of an axis that is met for the first time: that of the other that it is like, else the one found."""
    if axis not in LIKE_ANOTHER or (axis in MAY_BE_NONE and found == 0):
        return found
    return sizes[LIKE_ANOTHER[axis]] + (axis == "level")


def _check_codes(said: Term, value: Any, place: str) -> None:
    if said.kinds is not None:
        unknown = sorted({*np.ravel(value).tolist()} - {int(kind) for kind in said.kinds})
        if unknown:
            raise ValueError(f"{place} holds {unknown[0]}, which is no code of {said.kinds.__name__}")
