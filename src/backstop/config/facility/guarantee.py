"""Terms of a guarantee: a bank lends, the pool answers for a part of what the bank may lose."""

from typing import Annotated, ClassVar

from pydantic import Field

from backstop.config.base import Frac, PositiveFrac, Section
from backstop.config.facility.advance import Caps, Collateral, Rate, Sizing, Sweep, Tenor
from backstop.terms import Instrument


class Cover(Section):
    """What the pool answers for, and what it takes for that."""

    guaranteed_frac: PositiveFrac = Field(
        description="share of the principal that the bank does not recover from collateral which the pool pays"
    )
    upfront_bps: Annotated[float, Field(strict=True, ge=0.0, le=10_000.0)] = Field(
        description="premium on each drawing, basis points of it, paid out of it"
    )
    premium_ann_frac: Frac = Field(description="simple annual premium on what is drawn, decimal")


class Guarantee(Sizing, Caps, Collateral, Rate, Tenor, Sweep, Cover):
    """A bank's loan on the terms of an advance, in cash at once; the pool sets its part of it aside."""

    kind: ClassVar[Instrument] = Instrument.GUARANTEE
