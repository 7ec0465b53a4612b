"""A field without axes, unit or meaning fails where it is declared."""

from typing import Annotated, Any, NamedTuple

import numpy as np
import pytest

from backstop.terms.declare import Kind, Rule, Term, declared, fields_of, terms_of
from backstop.terms.numbers import Floats, Integers


class Colour(Kind):
    """Two kinds."""

    RED = Rule("red", "the warm one")
    BLUE = Rule("blue", "the cold one")


@declared
class Inner(NamedTuple):
    """A number."""

    rate: Annotated[float, Term("", "rate a day", "paid")]


@declared
class Outer(NamedTuple):
    """An array, and a tuple of its own."""

    weight: Annotated[Floats, Term("fund asset", "share of NAV", "held")]
    colour: Annotated[Integers, Term("fund", "code", "of its cover", kinds=Colour)]
    inner: Inner


@pytest.mark.parametrize(("hint", "message"), [
    (Floats, r"Broken\.field has no axes and unit; write Annotated"),
    (Annotated[Floats, "shares"], "has no axes and unit"),
    (Annotated[Floats, Term("planet", "share", "x")], r"has the axis 'planet'; write one of arm, day, asset"),
    (Annotated[Floats, Term("fund", "furlong", "x")], r"has the unit 'furlong'; write one of 1, "),
    (Annotated[Floats, Term("fund", "", "x")], "has the unit ''"),
    (Annotated[Floats, Term("fund", "shares of NAV", "x")], "has the unit 'shares of NAV'"),
    (Annotated[Floats, Term("fund", "share", "")], "has no meaning"),
    (Annotated[float, Term("fund", "share", "x")], "number with axes"),
    (Annotated[Floats, Term("", "share", "x")], "array without"),
    (Annotated[str, Term("", "share", "x")], "write Floats or Integers"),
    (Annotated[Integers, Term("fund", "code", "x")], "without the table"),
    (Annotated[Integers, Term("fund", "1", "x", kinds=Colour)], "without the unit 'code'"),
    (Annotated[Integers, Term("fund", "number of the asset", "x", of="planet")], "has the axis 'planet'"),
])
def test_a_missing_or_wrong_declaration_fails_at_import(hint, message):
    broken: Any = NamedTuple("Broken", [("field", hint)])
    with pytest.raises(TypeError, match=message):
        declared(broken)


def test_fields_keep_their_order_and_say_type_and_declaration():
    assert list(fields_of(Outer)) == ["weight", "colour", "inner"]
    assert fields_of(Outer)["weight"] == (Floats, Term("fund asset", "share of NAV", "held"))
    assert fields_of(Outer)["inner"] == (Inner, None)


def test_terms_are_walked_by_path():
    outer = Outer(np.ones((1, 2)), np.array([1]), Inner(0.01))
    assert [(path, term.unit) for path, term, _ in terms_of(outer)] == [
        ("weight", "share of NAV"), ("colour", "code"), ("inner.rate", "rate a day")]


def test_kinds_are_numbered_by_their_place_and_found_by_their_key():
    assert [int(kind) for kind in Colour] == [0, 1]
    assert Colour.keys() == ("red", "blue")
    assert Colour.of("blue") is Colour.BLUE
    with pytest.raises(KeyError, match="'green' is no Colour; write one of red, blue"):
        Colour.of("green")
