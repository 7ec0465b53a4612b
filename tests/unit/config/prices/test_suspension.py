"""When an asset does not trade, from the config to the terms."""

import pytest
from pydantic import ValidationError

from backstop.config.prices.resolve import resolve_prices
from backstop.config.prices.trading import Trading
from backstop.terms import NEVER
from markets import asset, market

LIMITED = {"adv": 1e9, "price_limit_frac": 0.1}


def places(**suspension):
    with pytest.raises(ValidationError) as caught:
        Trading.model_validate({"adv": 1e9, "suspension": suspension})
    return {".".join(map(str, error["loc"])) for error in caught.value.errors()}


@pytest.mark.parametrize(("suspension", "place"), [
    ({"fall_frac": 0.3}, "suspension.days"),
    ({"days": 5}, "suspension.days"),
    ({"windows": [{"first_day": 5, "last_day": 4}]}, "suspension.windows.0.last_day"),
    ({"limit_down_days": 2, "days": 5}, "suspension.limit_down_days"),
])
def test_a_rule_has_what_it_needs_and_no_more(suspension, place):
    assert places(**suspension) == {place}


def test_windows_and_rules_reach_the_terms():
    dated = {"suspension": {"windows": [{"first_day": 3, "last_day": 9}, {"first_day": 20, "last_day": 20}]}}
    ruled = {"suspension": {"limit_down_days": 2, "fall_frac": 0.3, "days": 10}}
    assets = [asset(name, trading=LIMITED | more) for name, more in (("a", dated), ("b", ruled), ("c", {}))]
    terms = resolve_prices(market(*assets), 1.0)
    assert terms.suspended_first.tolist() == [[3.0, 20.0], [0.0, 0.0], [0.0, 0.0]]
    assert terms.suspended_last.tolist() == [[9.0, 20.0], [0.0, 0.0], [0.0, 0.0]]
    assert terms.suspend_limit_downs.tolist() == [NEVER, 2.0, NEVER]
    assert terms.suspend_fall.tolist() == [NEVER, 0.3, NEVER]
    assert terms.suspend_days.tolist() == [0.0, 10.0, 0.0]


def test_without_any_there_is_nothing_in_the_terms():
    assert resolve_prices(market(asset()), 1.0).suspended_first.shape == (1, 0)
