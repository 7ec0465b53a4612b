"""What every section of a config is made of: strict models, and number types that carry their bounds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A table of the config: unknown keys, infinities and NaN are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)


Frac = Annotated[float, Field(ge=0.0, le=1.0)]
"""A share or probability, 0.05 is five per cent."""
PositiveFrac = Annotated[float, Field(gt=0.0, le=1.0)]
Amount = Annotated[float, Field(ge=0.0)]
"""Money in the config's currency."""
PositiveAmount = Annotated[float, Field(gt=0.0)]
Days = Annotated[int, Field(ge=0, le=100_000)]
"""Trading days."""
PositiveDays = Annotated[int, Field(ge=1, le=100_000)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
"""What assets, funds, facilities, layers and arms are called; becomes part of column names."""
