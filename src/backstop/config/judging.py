"""[judging]: what counts as distress when triggers are judged, and as stress when effects are, the same in all arms."""

from typing import Annotated

from pydantic import Field

from backstop.config.base import PositiveDays, PositiveFrac, Section

LONGEST_REFERENCE = 252


class Judging(Section):
    """Distress in arm none tells a false activation from a true one; its index says when effects matter.

    All defaults are ours.
    """

    horizon_days: PositiveDays = Field(
        default=60, description="trading days within which distress must follow an activation that is not false"
    )
    material_sale_per_day_frac: PositiveFrac = Field(
        default=0.003, description="forced sales of a day from which a fund is in distress, share of its opening NAV"
    )
    material_assets_frac: PositiveFrac = Field(
        default=0.1,
        description="share of all funds' opening NAV that must be in distress for the day to be one of distress",
    )
    window_drawdown_frac: PositiveFrac = Field(
        default=0.2, description="fall of the index's close from its high from which a day is a breach of stress"
    )
    window_high_days: PositiveDays = Field(
        default=250, description="trading days that this high looks back, today's close besides"
    )
    window_days: PositiveDays = Field(
        default=60, description="trading days that a window of stress goes on after its last breach"
    )
    after_window_days: PositiveDays = Field(
        default=60, description="trading days after a window's end at which what is left is looked at once more"
    )
    bottom_days: Annotated[int, Field(strict=True, ge=1, le=LONGEST_REFERENCE)] = Field(
        default=60, description="trading days before a window whose mean price its sales are held to"
    )
    bottom_frac: PositiveFrac = Field(
        default=0.8, description="share of that price below which a sale is one near the bottom"
    )
