"""What a command works on: a config as its options change it, or a run as it was made."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.cli.app import EXIT_USAGE, fail

if TYPE_CHECKING:
    from backstop.run.assemble import Assembled


def overrides_of(paths: int | None, seed: int | None, sets: list[str] | None, market: Path | None = None,
                 design: str | None = None) -> list[str]:
    """``--paths``, ``--seed``, ``--market`` and ``--design`` are words for keys of the config."""
    own = [f"run.{key}={value}" for key, value in (("paths", paths), ("seed", seed)) if value is not None]
    if market is not None:
        # relative to where the command is given, not to the config
        own.append(f"market.include={json.dumps(str(market.resolve()))}")
    if design is not None:
        own.append(f"design={json.dumps(design)}")
    return [*(sets or []), *own]


def threads_of(threads: int | None) -> int:
    """As told, else one a core that is ours to use."""
    return threads or len(os.sched_getaffinity(0))


def assembled(path: Path, overrides: list[str]) -> "Assembled":
    """A run directory or a config, with everything that follows from it."""
    from backstop.report.terminal import print_warning
    from backstop.run.assemble import assemble, assemble_again

    if path.is_dir() and overrides:
        fail(f"{path}: a run is repeated as it was; use --set, --paths and --seed with a config", EXIT_USAGE)
    found = assemble_again(path) if path.is_dir() else assemble(path, overrides)
    if found.config.market.paths is not None:
        print_warning(f"market paths are those of {found.config.market.paths}; models and scenario only say what came "
                      "before day 1")
    return found
