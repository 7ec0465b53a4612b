"""Names of terms say what their units say: a rate a day is none a year, a share is no amount."""

import re

import pytest

from backstop.terms import ArmTerms, MarketTerms
from backstop.terms.declare import Term, fields_of


def declared(kind, path=""):
    """Dotted path and declaration of every term of a kind of terms."""
    for name, (base, said) in fields_of(kind).items():
        if said is None:
            yield from declared(base, f"{path}{name}.")
        else:
            yield f"{path}{name}", said


TERMS: dict[str, Term] = {**dict(declared(ArmTerms, "arm.")), **dict(declared(MarketTerms, "market."))}
UNITS_BY_NAME = [
    (r"n_.*", ("count", "samples", "trading days")),
    (r"(is|has|bars)_.*", ("0 or 1",)),
    (r"log_.*", ("log ",)),
    (r".*_days", ("trading days",)),
    (r".*_per_day", ("rate a day", "share of risky holdings a day")),
    (r".*_frac", ("share", "chance", "quanta a quantum out")),
    (r".*_volatility", ("volatility a day",)),
    (r"queue_open", ("share of shares a day",)),
    (r"(breach_)?age_open", ("trading days",)),
    (r".*_(budget|open)", ("quanta", "units")),
    (r".*_history", ("price", "NAV per share")),
]
"""The first that matches a name says how its unit begins."""


@pytest.mark.parametrize("path", TERMS)
def test_a_name_and_its_unit_agree(path):
    name = path.rpartition(".")[2]
    allowed = next((units for pattern, units in UNITS_BY_NAME if re.fullmatch(pattern, name)), ("",))
    assert TERMS[path].unit.startswith(allowed)


def test_only_scores_and_their_bounds_are_in_units_of_a_year():
    of_a_year = {path.rpartition(".")[0] for path, said in TERMS.items() if said.unit.endswith("a year")}
    assert of_a_year == {"arm.evaluation"}
