"""[pool]: the money behind all facilities of an arm, its capital stack."""

from typing import Self

from pydantic import Field, model_validator

from backstop.config.base import Amount, Name, Section, refuse, repeated_names


class Layer(Section):
    """One slice of the capital stack, paid in full at the start."""

    name: Name = Field(description="who the layer's money comes from")
    size: Amount = Field(description="money of the layer, currency; 0 is an empty layer")


class Pool(Section):
    """The money behind all facilities of an arm."""

    layers: tuple[Layer, ...] = Field(
        min_length=1, max_length=32, description="capital stack: the first listed loses first"
    )

    size: Amount | None = Field(default=None, description="size of the whole pool, if it is said: that of its layers")

    @model_validator(mode="after")
    def _check_layers(self) -> Self:
        refuse(repeated_names([layer.name for layer in self.layers], ("layers",)))
        return self
