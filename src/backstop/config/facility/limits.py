"""[facilities.limits]: caps on what a facility has out, and how claims share what is too little for all."""

from pydantic import Field

from backstop.config.base import PositiveAmount, PositiveFrac, Section
from backstop.config.choices import Rationing


class Limits(Section):
    """Caps of one facility; those of a fund stand with its instrument, that of the pool in [pool]."""

    total: PositiveAmount | None = Field(
        default=None, description="most that the facility may have out, currency; none: what the pool has"
    )
    sponsor: PositiveAmount | None = Field(
        default=None, description="most that it may have out to the funds of one sponsor, currency; none: no such cap"
    )
    capital_frac: PositiveFrac | None = Field(
        default=None,
        description="own capital paid in that a unit out ties up: 0.1 lends at most ten times it; none: nothing",
    )
    rationing: Rationing = Field(
        default="pro-rata",
        description="how claims share what is too little: pro rata; first by the premiums paid so far, then pro rata; "
        "or one after the other, as funds are listed",
    )
