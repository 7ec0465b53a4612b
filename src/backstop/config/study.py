"""[run], [money] and [[arms]]: how much is simulated, in what money, and which designs are compared."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from backstop.config.base import Name, Problem, Section, refuse
from backstop.config.text.overrides import OverrideError, split_key

NO_FACILITY = "none"
"""The arm that is always there, first: the funds as they are, without a facility."""
WITHOUT = "none_"
"""Begins the name of a counterfactual: ``none_ladder`` is arm ``ladder`` without its facilities."""
OPEN_TO_ARMS = ("channels", "funds", "facilities", "pool")
"""All arms share one market and one unit of money: an arm may change nothing else."""


class Run(Section):
    """How much to simulate."""

    name: Name = Field(description="what the run is called")
    paths: Annotated[int, Field(strict=True, ge=1, le=10**10)] = Field(description="market paths, shared by all arms")
    days: Annotated[int, Field(strict=True, ge=1, le=25_200)] = Field(description="trading days of a path, 252 a year")
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)] = Field(
        description="any whole number; a path depends on the seed and its own number alone"
    )


class Money(Section):
    """The unit of account."""

    currency: Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$")] = Field(description="ISO 4217 code, a label")
    quantum: Annotated[float, Field(strict=True, ge=1e-4, le=1e12)] = Field(
        description="smallest amount that moves, currency; every transfer is a whole number of quanta"
    )


class Arm(Section):
    """A design, compared with the same funds without its facilities, and with the funds as they are."""

    name: Name = Field(description='what the arm is called; "none" is always there, and has no facility; "none_ARM" is '
                                   "ARM without its facilities, where it changes funds or channels")
    facilities: tuple[Name, ...] = Field(
        description="facilities in force, in the order that they serve claims; may be empty"
    )
    overrides: dict[str, Any] = Field(
        default_factory=dict,
        description='values for this arm alone, by dotted key in quotes: "funds.insurers.nav" = 5e9',
    )

    @model_validator(mode="after")
    def _check_arm(self) -> Self:
        problems = [Problem(("overrides", key), message) for key in self.overrides if (message := _wrong_key(key))]
        if self.name.casefold() == NO_FACILITY:
            problems.append(Problem(("name",), f"{self.name!r} is the arm that is always there; write another name"))
        if self.name.casefold().startswith(WITHOUT):
            problems.append(Problem(("name",), f"{self.name!r}: names that begin with {WITHOUT!r} are kept for arms "
                                               "without their facilities; write another name"))
        refuse(problems)
        return self

    @property
    def changes_funds(self) -> bool:
        """Whether it may differ from arm none in more than facilities and pool."""
        return any(split_key(key)[0] in ("funds", "channels") for key in self.overrides)


def _wrong_key(key: str) -> str:
    """Why an arm may not override `key`; empty if it may."""
    try:
        parts = split_key(key)
    except OverrideError as error:
        return str(error)
    if len(parts) < 2:
        return 'is no dotted key; write it whole and in quotes, such as "funds.insurers.nav" = 5e9'
    if parts[0] not in OPEN_TO_ARMS:
        open_keys = ", ".join(OPEN_TO_ARMS)
        return f"an arm may not change [{parts[0]}], which all arms share; write a key of {open_keys}"
    return "names are the same in all arms; leave the name as it is" if parts[-1] == "name" else ""
