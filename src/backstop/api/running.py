"""From a config to a run, made or found."""

from collections.abc import Sequence
from pathlib import Path

from backstop.api.arguments import checked
from backstop.api.sources import assembled, cores
from backstop.api.stored import Run
from backstop.config.schema import Config
from backstop.config.text import load
from backstop.config.text.overrides import settings_of


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Read and check a config, with ``dotted.key=value`` of `overrides` in it, as ``--set`` takes them.

    Raises
    ------
    ConfigError
        With a line for every problem.
    """
    return load.load_config(path, list(overrides))


@checked
def run(config: str | Path, out: str | Path | None = None, *, overrides: Sequence[str] = (), paths: int | None = None,
        seed: int | None = None, market: str | Path | None = None, models: Sequence[str] | None = None,
        design: str | None = None, threads: int | None = None, overwrite: bool = False) -> Run:
    """``backstop run``: the stress run, all designs on the same shocks.

    Parameters
    ----------
    config
        A TOML file.
    out
        Run directory; without it, one under ``runs/`` named after the run, which is taken as it is if it is there.
    overrides
        ``dotted.key=value``, as ``--set`` takes them.
    paths, seed, market, models, design
        As the options of the command.
    threads
        Without it, one a core.
    overwrite
        Replace what is there.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    DirectoryRefused, EnvironmentFailure
        `out` holds something else, or cannot be written; what is finished stays, and the same call goes on.
    """
    from backstop.answers.stress import read_rows, stress

    settings = settings_of(overrides, paths=paths, seed=seed, market=market, models=models, design=design)
    found = assembled(Path(config), settings)
    folder = Path(out) if out else Path("runs") / found.request.folder_name(found.config.run.name)
    if out or overwrite or read_rows(folder) is None:
        stress(found.request, folder, cores(threads), overwrite)
    return open_run(folder)


def open_run(folder: str | Path) -> Run:
    """A complete run that is there.

    Raises
    ------
    RunIncomplete
        There is none.
    """
    return Run(Path(folder))
