"""What a command works on: a config as its options change it, or a run as it was made."""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.cli.failing import EXIT_USAGE, fail

if TYPE_CHECKING:
    from backstop.runs.assemble import Assembled


def assembled(path: Path, overrides: list[str]) -> "Assembled":
    """A run directory or a config, with everything that follows from it."""
    from backstop.runs.assemble import assemble, assemble_again

    if path.is_dir() and overrides:
        fail(f"{path}: a run is repeated as it was; use --set, --paths and --seed with a config", EXIT_USAGE)
    _leave_pandas_out()
    found = assemble_again(path) if path.is_dir() else assemble(path, overrides)
    say_findings(found)
    return found


def say_findings(found: "Assembled") -> None:
    """What is to be said of the inputs, on standard error."""
    from backstop.report.terminal import print_warning

    for line in found.findings:
        print_warning(line)
    if found.config.market.paths is not None:
        print_warning(f"market paths are those of {found.config.market.paths}; models and scenario only say what came "
                      "before day 1")
    for fit in found.request.fits.values():
        for line in fit["warnings"]:
            print_warning(line)


def _leave_pandas_out() -> None:
    """Pandas takes long to import, and pyarrow does at its first array, to know whether it is given any: never here."""
    import pyarrow as pa

    refusal = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(refusal)


class _Refusal(MetaPathFinder):
    """While it is there, pandas is not."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Of pandas there is no module to be found."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
