"""Named values for a section: the TOML files of config/presets, each preset with its sources."""

import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from backstop.config.base import Problem, Section, refuse

FOLDER = Path(__file__).parents[1] / "presets"


@cache
def presets_of(kind: str) -> dict[str, dict[str, Any]]:
    """Values by preset name, of the file `kind`; ``source`` stands among them."""
    return tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))


class WithPreset(Section):
    """A section whose values a preset may give; what stands beside the preset replaces it."""

    PRESETS: ClassVar[str]
    """The file of its presets, if it is always the same."""

    preset: str | None = Field(default=None, strict=True, description="a named set of values, each with its source")

    @classmethod
    def presets_file(cls) -> str:
        """The file of its presets."""
        return cls.PRESETS

    @model_validator(mode="wrap")
    @classmethod
    def _take_preset(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Only what is written counts as set, so that an override of the preset takes effect."""
        name = given.get("preset") if isinstance(given, dict) else None
        if not isinstance(name, str):
            return handler(given)
        known = presets_of(cls.presets_file())
        if name not in known:
            # a beginning that several have, as 'insurer', is near to none of them by letters
            near = get_close_matches(name, known, n=1) or [one for one in known if name and one.startswith(name)]
            meant = " or ".join(map(repr, near))
            remedy = f"did you mean {meant}?" if near else f"write one of {', '.join(known)}"
            refuse([Problem(("preset",), f"there is no preset {name!r}; {remedy}")])
        values = {key: value for key, value in known[name].items() if key != "source"}
        section = handler(values | given)
        section.model_fields_set.intersection_update(given)
        return section
