"""State that is not declared, or not well, fails where it is imported."""

from typing import Annotated, Any, NamedTuple

import pytest

from backstop.kernels.declare import Part, State
from backstop.terms import Floats, Integers
from backstop.terms.declare import declared


class Inner(NamedTuple):
    """A part."""

    cash: Annotated[Floats, State("quanta", "cash")]


@pytest.mark.parametrize(("hint", "message"), [
    (Floats, r"Broken\.field has no axes and unit"),
    (Annotated[Floats, State("furlong", "x")], "has the unit 'furlong'; write one of"),
    (Annotated[Floats, State("quanta", "")], "has no meaning; write one"),
    (Annotated[Floats, State("quanta", "x", "fund planet")], "has the axis 'planet'; write one of"),
    (Annotated[Integers, State("quanta", "x")], "write Floats"),
    (Annotated[Inner, Part("planet")], "has the axis 'planet'; write one of"),
    (Annotated[Floats, Part("fund")], "write a NamedTuple of State"),
])
def test_a_field_without_a_whole_declaration_is_refused(hint, message):
    broken: Any = NamedTuple("Broken", [("field", hint)])
    with pytest.raises(TypeError, match=message):
        declared(broken)


def test_a_whole_declaration_is_taken():
    whole: Any = NamedTuple("Whole", [("inner", Annotated[Inner, Part("fund")])])
    assert declared(whole) is whole
