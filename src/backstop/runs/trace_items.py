"""What the rows of an arm's state are called: variables of a trace, and the item that each row stands for."""

from itertools import product

from backstop.kernels.axes import lengths_of
from backstop.kernels.state import FIELDS, ArmState, Field
from backstop.terms import MarketSignal, RunTerms

CAUSES = ("stressed", "gains")


def variables_of(state: ArmState) -> list[Field]:
    """Every variable of the state that a trace keeps."""
    return [field for field in FIELDS if field.said.is_traced and len(field.of(state))]


def items_of(terms: RunTerms, arm: int, field: Field) -> list[str]:
    """What each row of a variable stands for: names of the config, which have no ``/``, joined by it.

    Empty where there is one row for all.
    """
    return ["/".join(item) for item in product(*(_labels(terms, arm, axis) for axis in field.axes))]


def _labels(terms: RunTerms, arm: int, axis: str) -> list[str]:
    own = terms.arms[arm]
    if axis == "market_signal":
        signals = zip(own.triggers.market_kind, own.triggers.market_window, strict=True)
        return [f"{MarketSignal(kind).key}({window})" for kind, window in signals]
    names = {"asset": terms.names.assets, "fund": terms.names.funds, "layer": terms.names.layers,
             "facility": terms.names.facilities[arm], "cause": CAUSES[: lengths_of(own)["cause"]]}
    if axis in names:
        return list(names[axis])
    numbers = range(lengths_of(own)[axis])
    return [f"class {number + 1}" if axis == "class" else f"slot {number}" for number in numbers]
