"""A table of a run as an xarray dataset: an axis for each of its keys, unit and meaning in the attributes."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.errors import ConfigError, EnvironmentFailure
from backstop.runs.dictionary import columns_of_run, files_of
from backstop.runs.directory import RunDirectory

if TYPE_CHECKING:
    import polars as pl
    import xarray

_AXES = {"paths": ("path", "arm"), "funds": ("path", "arm", "fund"), "daily": ("arm", "day", "metric")}
_OF_ONE_AXIS = {"date": "day", "unit": "metric", "model": "path"}
"""Columns that say something of one axis alone, and which."""


def dataset_of(directory: RunDirectory, table: str) -> "xarray.Dataset":
    """`table` of the run as arrays: ``paths`` (path, arm), ``funds`` (path, arm, fund), ``daily`` (arm, day, metric).

    Raises
    ------
    ConfigError
        There is no such table.
    EnvironmentFailure
        The package xarray is not installed.
    """
    if table not in _AXES:
        raise ConfigError([f"to_xarray: there is no table {table!r}; write {', '.join(map(repr, _AXES))}"])
    if importlib.util.find_spec("xarray") is None:
        raise EnvironmentFailure("to_xarray: needs the package xarray; pip install 'backstop[xarray]'")
    import xarray

    rows, axes = _read(files_of(directory)[table]), _AXES[table]
    about = {said.column: {"unit": said.unit, "meaning": said.meaning}
             for said in columns_of_run(directory) if said.table == table}
    labels = {axis: rows[axis].unique(maintain_order=True) for axis in axes}
    of_one = {name: _OF_ONE_AXIS[name] for name in rows.columns if name in _OF_ONE_AXIS}
    coordinates: dict[str, Any] = {axis: (axis, label.to_numpy(), about[axis]) for axis, label in labels.items()}
    for name, axis in of_one.items():
        coordinates[name] = (axis, rows.unique(axis, keep="first", maintain_order=True)[name].to_numpy(), about[name])
    places = tuple(_positions(rows[axis], labels[axis]) for axis in axes)
    shape = tuple(map(len, labels.values()))
    arrays = {name: (axes, _array(rows[name], places, shape), about[name])
              for name in rows.columns if name not in coordinates}
    return xarray.Dataset(arrays, coordinates)


def _read(files: list[Path]) -> "pl.DataFrame":
    import polars as pl

    return pl.concat([pl.read_parquet(file, glob=False) for file in files])


def _positions(column: "pl.Series", labels: "pl.Series") -> "np.ndarray[Any, Any]":
    """For each row the position of its label on the axis."""
    import polars as pl

    found = column.to_frame("label").join(labels.to_frame("label").with_row_index("place"), on="label", how="left",
                                          maintain_order="left")
    return found["place"].cast(pl.Int64).to_numpy()


def _array(column: "pl.Series", places: tuple["np.ndarray[Any, Any]", ...], shape: tuple[int, ...]
           ) -> "np.ndarray[Any, Any]":
    """A column on its axes; what is null, or has no row, is not a number."""
    import polars as pl

    is_whole = column.null_count() == 0 and len(column) == np.prod(shape)
    values = (column if is_whole else column.cast(pl.Float64)).to_numpy()
    array = np.full(shape, np.nan) if not is_whole else np.empty(shape, values.dtype)
    array[places] = values
    return array
