"""[market.assets.trading]: what is accepted, what is refused and where."""

import pytest
from pydantic import ValidationError

from backstop.config.prices.trading import PowerImpact, Trading


def places(section, given):
    with pytest.raises(ValidationError) as caught:
        section.model_validate(given)
    return {".".join(map(str, error["loc"])) for error in caught.value.errors()}


def test_impact_has_an_exponent_where_its_law_has_one():
    shape = {"kappa": 1.0, "half_life_days": 10.0, "permanent_frac": 0.2}
    assert places(PowerImpact, shape | {"law": "power"}) == {"exponent"}
    assert places(PowerImpact, shape | {"law": "linear", "exponent": 0.5}) == {"exponent"}
    assert PowerImpact.model_validate(shape | {"law": "linear"}).exponent is None


def test_volume_that_falls_in_stress_says_from_where():
    assert places(Trading, {"adv": 1e9, "stress_adv_frac": 0.5}) == {"calm_volatility_ann_frac"}
