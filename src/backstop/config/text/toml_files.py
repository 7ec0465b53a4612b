"""TOML files as trees, or the line that says why not."""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from backstop.config.text.source_lines import TooDeepError, refuse_too_deep
from backstop.errors import ConfigError

LARGEST_FILE = 2_000_000
"""Bytes; a config of a thousand funds, commented, fits."""

_TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".parquet", ".pq")
"""How names of tables end."""


class ConfigText(NamedTuple):
    """A config as it was read, once: a pipe has no second time, and a file may change meanwhile."""

    path: Path
    """What messages call it."""
    text: str
    folder: Path
    """Where relative paths of files start that it names."""


def read_config(path: Path, folder: Path | None = None) -> ConfigText:
    """The config at `path`; without `folder`, files that it names lie beside it, for a pipe in the current folder.

    Raises
    ------
    ConfigError
        See `read_text`.
    """
    is_pipe = path.parts[:2] in (("/", "dev"), ("/", "proc"))
    return ConfigText(path, read_text(path), folder or (Path() if is_pipe else path.parent))


def read_text(path: Path) -> str:
    """The text of a config file.

    Raises
    ------
    ConfigError
        It is missing, cannot be read, is too large or no UTF-8.
    """
    _refuse_others(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ConfigError(
                [f"{path}: is larger than {LARGEST_FILE // 10**6} MB; put long series in files of their own"]
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError([f"{path}:{line}: is not UTF-8; save the file as UTF-8 text"]) from None
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; backstop init writes one to start from"]) from None
    except (OSError, ValueError) as error:
        raise ConfigError([f"{path}: cannot be read ({error}); name a readable TOML file"]) from None


def _refuse_others(path: Path) -> None:
    """A folder, a run's above all, and a table of prices or funds: what is easily taken for a config."""
    if path.is_dir():
        own = path / "config.toml"
        remedy = f"name {own}" if own.is_file() else "name a TOML file"
        raise ConfigError([f"{path}: is a folder, and a config is a file; {remedy}"])
    if path.suffix.lower() in _TABLES and path.is_file():
        raise ConfigError([f"{path}: is a table, and this is to be TOML; name a config, which names tables by `prices` "
                           f"and `file`, or what `backstop calibrate {path} -o market.toml` writes"])


def parse(text: str, source: str) -> dict[str, Any]:
    """The tree of a TOML text that `source` names in messages.

    Raises
    ------
    ConfigError
        It is no TOML, or too deep.
    """
    try:
        refuse_too_deep(text)
        return tomllib.loads(text)
    except TooDeepError as error:
        raise ConfigError(
            [f"{source}:{error.line}: syntax: too many levels; no config needs so many dots or brackets"]
        ) from None
    except (ValueError, RecursionError) as error:
        found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        line = found.group(1) if found and found.group(1) else text.count("\n") + 1
        what = str(error).replace(found.group(), "") if found else str(error)
        raise ConfigError([f"{source}:{line}: syntax: {what}; write TOML, key = value"]) from None
