"""``KEY=LOW:HIGH:N``: one design made over and over with another value, as arms of one run on common shocks."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from backstop.config.base import Problem
from backstop.config.schema import Config
from backstop.config.study import Arm
from backstop.config.text.overrides import OverrideError, split_key
from backstop.config.text.problems import problems_of, written
from backstop.errors import ConfigError

MOST_VALUES = 255
"""Arms of a run, arm none left out."""


class Sweep(NamedTuple):
    """A key of the config, and the values it takes one after another."""

    key: str
    values: tuple[float, ...]


def parse_sweep(text: str) -> Sweep:
    """``KEY=LOW:HIGH:N``: N values from LOW to HIGH, both included.

    Raises
    ------
    ConfigError
        It is not of that form.
    """
    key, _, grid = text.partition("=")
    try:
        split_key(key)
        low, high, n = grid.split(":")
        return Sweep(key, grid_of(float(low), float(high), int(n)))
    except (OverrideError, ValueError):
        raise ConfigError([f"--sweep {text}: is no grid; write KEY=LOW:HIGH:N, N from 2 to {MOST_VALUES}, such as "
                           "facilities.NAME.system_key.entry.all.0.at_least=0.1:0.4:7"]) from None


def grid_of(low: float, high: float, n: int) -> tuple[float, ...]:
    """`n` values at even distances, in decimals as people write them; whole ones as whole numbers."""
    if not (2 <= n <= MOST_VALUES and abs(low) < 1e15 and abs(high) < 1e15):
        raise ValueError
    values = (float(f"{low + (high - low) * i / (n - 1):.6g}") for i in range(n))
    return tuple(int(value) if value.is_integer() else value for value in values)


def design_of(config: Config, name: str | None) -> Arm:
    """The arm called `name`; without a name the first.

    Raises
    ------
    ConfigError
        There is none.
    """
    found = [arm for arm in config.arms if name in (None, arm.name)]
    if not found:
        known = ", ".join(arm.name for arm in config.arms) or "none; write [[arms]]"
        raise ConfigError([f"--arm {name or ''}: there is no such arm; the config has {known}"])
    return found[0]


def swept_arms(arm: Arm, sweeps: Sequence[Sweep]) -> list[Arm]:
    """`arm` with the first values of all `sweeps`, then with the second ones, and so on.

    Raises
    ------
    ConfigError
        Sweeps of different lengths.
    """
    if len({len(sweep.values) for sweep in sweeps}) > 1:
        raise ConfigError([f"--sweep {sweep.key}: has {len(sweep.values)} values; several keys move together, so "
                           "write the same N for all" for sweep in sweeps])
    steps = zip(*(sweep.values for sweep in sweeps), strict=True)
    keys = [sweep.key for sweep in sweeps]
    return [altered(arm, f"step-{number}", dict(zip(keys, step, strict=True))) for number, step in enumerate(steps, 1)]


def altered(arm: Arm, name: str, overrides: Mapping[str, Any]) -> Arm:
    """`arm` under another name, with more overrides."""
    return arm.model_copy(update={"name": name, "overrides": arm.overrides | dict(overrides)})


def with_arms(config: Config, arms: Sequence[Arm]) -> Config:
    """`config` with these arms in place of its own.

    Raises
    ------
    ConfigError
        A line for each thing that an arm makes wrong.
    """
    tree = config.model_dump(exclude_unset=True) | {"arms": [arm.model_dump() for arm in arms]}
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        lines = [_said_of(p, tree) for p in problems_of(error, tree, Config)]
        raise ConfigError(list(dict.fromkeys(lines))) from None


def _said_of(problem: Problem, tree: Any) -> str:
    """A line; of an override its key alone, as it was given: nobody knows the arms that a grid makes."""
    is_override = problem.place[:1] == ("arms",) and problem.place[2:] == ("overrides",)
    return problem.message if is_override else f"{written(tree, problem.place)}: {problem.message}"
