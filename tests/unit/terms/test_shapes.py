"""Terms that would lead kernels beyond their arrays, or to another kind, are refused before they run."""

from typing import Any

import numpy as np
import pytest

from ashare import resolved
from backstop.terms import RunTerms
from backstop.terms.declare import terms_of
from backstop.terms.shapes import check_terms

TERMS = resolved()


def with_term(path: str, value: Any) -> RunTerms:
    """The example with one term of its last arm, or of the market, replaced."""
    of_market = path.startswith("market.")
    *parts, name = path.removeprefix("market.").split(".")

    def replaced(section: Any, place: list[str]) -> Any:
        if not place:
            return section._replace(**{name: value})
        return section._replace(**{place[0]: replaced(getattr(section, place[0]), place[1:])})

    if of_market:
        return TERMS._replace(market=replaced(TERMS.market, parts))
    return TERMS._replace(arms=(*TERMS.arms[:-1], replaced(TERMS.arms[-1], parts)))


def test_terms_as_they_are_declared_pass():
    check_terms(TERMS)


ARRAYS = [path for path, said, value in terms_of(TERMS.arms[-1])
          if np.size(value) and said.axes not in ("", "close", "high_close", "child", "year")]
"""Those whose axes others have too."""


@pytest.mark.parametrize("path", ARRAYS)
def test_an_array_with_too_many_or_too_few_rows_is_refused(path):
    value: Any = TERMS.arms[-1]
    for part in path.split("."):
        value = getattr(value, part)
    for wrong in (value[..., None].copy(), np.repeat(value, 2, axis=0)):
        with pytest.raises(ValueError, match=r"has the shape|has \d+ along"):
            check_terms(with_term(path, wrong))


def test_axes_that_run_with_another_are_as_long():
    drift = TERMS.market.overlay.drift
    said = r"market\.overlay\.scale has 504 along day \(days of the run\), where others have 29"
    with pytest.raises(ValueError, match=said):
        check_terms(with_term("market.overlay.drift", drift[:29].copy()))
    opening = TERMS.market.volatility.opening
    with pytest.raises(ValueError, match=r"opening has \d along level"):
        check_terms(with_term("market.volatility.opening", np.hstack([opening, opening])))


@pytest.mark.parametrize(("path", "kind"), [
    ("triggers.fund_kind", "FundSignal"), ("triggers.market_kind", "MarketSignal"),
    ("facilities.instrument", "Instrument"), ("prices.impact_law", "ImpactLaw"), ("prices.execution", "Execution"),
    ("funds.liquidation_rule", "LiquidationRule"), ("rationing.share_rule", "ShareRule"),
    ("pool.profit_to", "ProfitTo"), ("market.volatility.kind", "VolatilityLevel"), ("market.innovation.draw", "Draw"),
])
def test_an_unknown_code_is_refused_and_never_taken_for_another(path, kind):
    section: Any = TERMS if path.startswith("market.") else TERMS.arms[-1]
    for part in path.split("."):
        section = getattr(section, part)
    for code in (-1, 99):
        wrong = np.full_like(section, code) if isinstance(section, np.ndarray) else code
        with pytest.raises(ValueError, match=f"{path} holds {code}, which is no code of {kind}"):
            check_terms(with_term(path, wrong))


def test_a_market_lasts_as_long_as_the_run_or_longer():
    check_terms(TERMS._replace(n_days=1))
    with pytest.raises(ValueError, match="market has 504 days, and the run 505"):
        check_terms(TERMS._replace(n_days=505))


def test_numbers_of_another_type_or_in_another_order_are_refused():
    with pytest.raises(TypeError, match=r"prices\.kappa is ndarray of float32, not a C-contiguous array of float64"):
        check_terms(with_term("prices.kappa", TERMS.arms[-1].prices.kappa.astype(np.float32)))
    with pytest.raises(TypeError, match=r"funds\.units_open is .*, not a C-contiguous"):
        check_terms(with_term("funds.units_open", np.asfortranarray(TERMS.arms[-1].funds.units_open)))
    with pytest.raises(TypeError, match=r"pool\.cash_floor is str, not float"):
        check_terms(with_term("pool.cash_floor", "0"))
