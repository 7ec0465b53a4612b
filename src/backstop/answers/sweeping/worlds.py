"""Designs, and the worlds they stand in: what arms may change is an arm, anything else a config of its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from backstop.config.schema import Config
from backstop.config.study import Arm
from backstop.config.text.load import checked
from backstop.config.text.overrides import OverrideError, split_key
from backstop.config.text.sweeps import altered, design_of, with_arms
from backstop.config.text.toml_files import ConfigText
from backstop.errors import CalibrationError, ConfigError, DataError
from backstop.runs.assemble import Assembled, assemble_text

ARM = "arm"
"""Names an arm of the config, as keys name what is in it."""
OPEN_TO_DESIGNS = ("facilities", "pool")
"""Sections that arms of one world may differ in. With other funds, windows of stress are others too: a world apart."""


LOOKED_AT = 32
"""Designs that are looked at before any is run."""


class Design(NamedTuple):
    """A name, and what it changes: values by dotted key."""

    name: str
    values: Mapping[str, Any]


class World(NamedTuple):
    """Designs that share a market and a config, each as an arm."""

    found: Assembled
    designs: tuple[Design, ...]
    arms: tuple[Arm, ...]


class Refused(NamedTuple):
    """A design that the config takes for nonsense, and why."""

    design: Design
    reason: str


def refuse_nonsense(config: ConfigText, settings: Sequence[str], arm: str | None, designs: Sequence[Design]) -> None:
    """Look at some designs before any is run: a key that is nowhere is no reason to run the config alone.

    Raises
    ------
    ConfigError
        The config takes all of these for nonsense, and why the first.
    """
    looked_at = designs[:: -(-len(designs) // LOOKED_AT) or 1]
    reasons = list[str]()
    for design in looked_at:
        reason = _refusal(config, settings, arm, design)
        if reason is None:
            return
        reasons.append(f"{changes_of(design)}: {reason}")
    if reasons:
        raise ConfigError([f"--vary: of {len(reasons)} designs looked at, all are refused, as {reasons[0]}"])


def _refusal(config: ConfigText, settings: Sequence[str], arm: str | None, design: Design) -> str | None:
    """Why the config refuses a design; None where it does not."""
    own = [setting(key, value) for key, value in design.values.items() if is_of_world(key)]
    try:
        found = checked(config, [*settings, *own])
        with_arms(found, [altered_arm(found, arm, design, design.name)])
    except (ConfigError, OverrideError) as error:
        return _first_line(error)
    return None


def _first_line(error: Exception) -> str:
    return error.lines[0] if isinstance(error, ConfigError) else str(error)


def changes_of(design: Design) -> str:
    """What it changes, in a line."""
    return ", ".join(f"{key}={value}" for key, value in design.values.items())


def is_of_world(key: str) -> bool:
    """Whether a key is not for an arm of the same world to change."""
    return split_key(key)[0] not in (*OPEN_TO_DESIGNS, ARM)


def worlds(config: ConfigText, settings: Sequence[str], arm: str | None, designs: Sequence[Design]
           ) -> Iterator[tuple[World | None, list[Refused]]]:
    """Designs by what they share, one config after another, with those that it refuses; None where that is all.

    Parameters
    ----------
    settings
        ``key=value``, made in all of them.
    arm
        The design that is varied; None for the first.
    """
    by_shared: dict[str, list[Design]] = {}
    for design in designs:
        shared = [setting(key, value) for key, value in design.values.items() if is_of_world(key)]
        by_shared.setdefault(json.dumps(shared), []).append(design)
    for text, members in by_shared.items():
        try:
            found = assemble_text(config, [*settings, *json.loads(text)])
        except (ConfigError, DataError, CalibrationError) as error:
            if text == "[]":
                raise
            yield None, [Refused(design, str(error).splitlines()[0]) for design in members]
            continue
        yield _world(found, arm, members)


def setting(key: str, value: Any) -> str:
    """``key=value`` as ``--set`` takes it."""
    return f"{key}={json.dumps(value)}"


def _world(found: Assembled, arm: str | None, designs: Sequence[Design]) -> tuple[World, list[Refused]]:
    kept, arms, refused = list[Design](), list[Arm](), list[Refused]()
    # an arm that is not there is no design's fault
    design_of(found.config, arm)
    for design in designs:
        try:
            own = altered_arm(found.config, arm, design, f"design-{len(kept) + 1}")
            with_arms(found.config, [own])
        except (ConfigError, OverrideError) as error:
            refused.append(Refused(design, _first_line(error)))
            continue
        kept.append(design)
        arms.append(own)
    return World(found, tuple(kept), tuple(arms)), refused


def altered_arm(config: Config, arm: str | None, design: Design, name: str) -> Arm:
    """The arm that a design makes of `arm`."""
    base = design_of(config, design.values.get(ARM, arm))
    own = {key: value for key, value in design.values.items() if key != ARM and not is_of_world(key)}
    return altered(base, name, own)
