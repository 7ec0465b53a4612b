"""Support packages of the tests (`oracle`) are imported from this folder, `bench` and `docs` from the root.

Long tests run only where asked for.
"""

import os
import sys
from pathlib import Path

import pytest

# tests look at single stages, as functions of numba; processes that they start run kernels as users do
_told = os.environ.get("BACKSTOP_KERNELS")
os.environ["BACKSTOP_KERNELS"] = _told or "compiler"
from backstop.kernels.machine import mode as mode  # noqa: E402  # reads it once

if _told is None:
    del os.environ["BACKSTOP_KERNELS"]

# what is printed has the width that it chooses itself, whoever runs the tests (pytest-xdist says its own)
os.environ.pop("COLUMNS", None)

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the screens of tests/cli/golden anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.option.markexpr:
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
