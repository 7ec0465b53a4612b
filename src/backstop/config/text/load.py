"""From a TOML file to a `Config`, or to every error it has, each with its line."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backstop.config.base import Place, Problem
from backstop.config.checks import cross_problems
from backstop.config.facility.designs import lines_with_design, spelled_out, with_design
from backstop.config.funds.files import FundTable, column_of, with_rows
from backstop.config.parts import Parts
from backstop.config.schema import Config
from backstop.config.text.include import with_included_market
from backstop.config.text.overrides import OverrideError, order_of, parse_setting, place_of, with_override
from backstop.config.text.problems import located, problems_of
from backstop.config.text.source_lines import lines_of
from backstop.config.text.toml_files import ConfigText, parse, read_config
from backstop.errors import ConfigError
from backstop.tables.faults import MOST_ALIKE


def load_config(path: str | Path, overrides: Sequence[str] = (), folder: Path | None = None) -> Config:
    """Read, override and check a config.

    Parameters
    ----------
    path
        A TOML file, which is read once; who needs it again calls `read_config` and `checked`.
    overrides
        ``dotted.key=value``, as ``--set`` takes them; later ones win.
    folder
        Where relative paths of files that the config names start; without it, see `read_config`.

    Raises
    ------
    ConfigError
        With a line ``FILE:LINE: key: what is wrong; what to write instead`` for every problem; problems of an
        override read ``--set key: ...``.
    """
    return checked(read_config(Path(path), folder), overrides)


def checked(config: ConfigText, overrides: Sequence[str] = ()) -> Config:
    """`load_config` for a config that was read."""
    return parse_config(config.text, str(config.path), overrides, config.folder)


def parse_config(text: str, source: str, overrides: Sequence[str] = (), folder: Path = Path()) -> Config:
    """`load_config` for a text at hand; `source` is what messages call it."""
    tree = with_design(with_included_market(parse(text, source), overrides, folder), overrides)
    tree, places, lines = _overridden(tree, overrides)
    tree, tables, unread = with_rows(tree, folder)
    tree = spelled_out(tree)
    config, problems = _validated(tree)
    problems = _first_few(problems)
    lines += _of_rows(problems, tables)
    no_rows = {(*place[:2], "rows") for place, _ in unread}
    problems = [*unread, *(p for p in problems if not _is_of_row(p.place) and p.place not in no_rows)]
    lines += located(problems, tree, places, source, lines_with_design(lines_of(text), tree) if problems else {})
    if config is None or lines:
        raise ConfigError(lines)
    return config


def _overridden(tree: dict[str, Any], settings: Sequence[str]) -> tuple[dict[str, Any], list[Place], list[str]]:
    """The tree with `settings` in it, the places they changed, and the lines of those that fail."""
    places: list[Place] = []
    lines: list[str] = []
    for setting in sorted(settings, key=lambda setting: order_of(setting.partition("=")[0].strip())):
        key = setting.partition("=")[0].strip()
        try:
            key, value = parse_setting(setting)
            place = place_of(tree, key)
        except OverrideError as error:
            lines.append(f"--set {json.dumps(key)[1:-1]}: {error}")
            continue
        tree = with_override(tree, place, value)
        places.append(place)
    return tree, places, lines


def _validated(tree: dict[str, Any]) -> tuple[Config | None, list[Problem]]:
    """The config, or everything wrong with it: in sections, and between those sections that are right."""
    try:
        return Config.model_validate(tree), []
    except ValidationError as error:
        return None, list(dict.fromkeys([*problems_of(error, tree, Config), *cross_problems(Parts.salvaged(tree))]))


def _is_of_row(place: Place) -> bool:
    """Whether a place lies in a row of a fund file."""
    return len(place) > 3 and place[0] == "funds" and place[2] == "rows"


def _of_rows(problems: Sequence[Problem], tables: Mapping[int, FundTable]) -> list[str]:
    """A line for each problem of a fund file: the file, line or row, and column."""
    lines = []
    for place, message in problems:
        if _is_of_row(place):
            table, row = tables[int(place[1])], int(place[3])
            lines.append(f"{table.file}: {table.places[row]}, column {column_of(place[4:])}: {message}")
    return lines


def _first_few(problems: Sequence[Problem]) -> list[Problem]:
    """Those of hundreds of funds that are wrong in the same way, at one key or in one column, cut to a few."""
    alike: dict[tuple[Place, str], list[Problem]] = {}
    for problem in problems:
        place = problem.place
        group = ((*place[:2], "file"), column_of(place[4:])) if _is_of_row(place) else (place, "")
        alike.setdefault(group, []).append(problem)
    more = [
        Problem(place, f"{len(found) - MOST_ALIKE} more {f'of column {column} ' if column else ''}like these")
        for (place, column), found in alike.items()
        if len(found) > MOST_ALIKE
    ]
    return [problem for found in alike.values() for problem in found[:MOST_ALIKE]] + more
