"""The configs that ship with the package, for ``backstop init``."""

from pathlib import Path

from backstop.errors import ConfigError

# an installed wheel carries the repository's configs/ as config/examples; a source tree has them at its root
_HERE = Path(__file__)
FOLDER = next(folder for folder in (_HERE.parents[1] / "examples", _HERE.parents[4] / "configs") if folder.is_dir())
_FILES = {path.stem: path for path in sorted(FOLDER.rglob("*.toml"))}
EXAMPLE_NAMES = tuple(_FILES)


def example(name: str) -> str:
    """The commented TOML text of a shipped config.

    Raises
    ------
    ConfigError
        There is no example of that name.
    """
    if name not in EXAMPLE_NAMES:
        raise ConfigError([f"there is no example {name!r}; write one of {', '.join(EXAMPLE_NAMES)}"])
    return _FILES[name].read_text(encoding="utf-8")
