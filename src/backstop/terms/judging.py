"""Terms by which triggers, and effects, are judged."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.numbers import NEVER, Floats


@declared
class JudgingTerms(NamedTuple):
    """What counts as distress, how far ahead of it a trigger may act, and what counts as stress."""

    horizon_days: Annotated[float, Term(
        "", "trading days", "an activation is false if no day of distress follows within so many")]
    material_sale: Annotated[Floats, Term(
        "fund", "quanta a day", "forced sales from which a fund is in distress")]
    assets: Annotated[Floats, Term("fund", "quanta", "opening value of all funds of a cohort")]
    material_assets: Annotated[float, Term(
        "", "quanta", "opening value of the funds in distress from which the day is one of distress")]
    window_drawdown: Annotated[float, Term(
        "", "share of the high", "fall of the index from its high from which a day is a breach")]
    window_days: Annotated[float, Term("", "trading days", "that a window goes on after its last breach")]
    after_window_days: Annotated[float, Term(
        "", "trading days", "from a window's end to when it is looked at once more")]
    bottom_days: Annotated[float, Term(
        "", "trading days", "before a window, whose mean price its sales are held to; 0: without arms to compare")]
    bottom_frac: Annotated[float, Term("", "share of that price", "below which a sale is near the bottom")]
    index_history: Annotated[Floats, Term(
        "high_close", "price", "closes of the index before day 1, oldest first: the high looks so far back")]
    breach_age_open: Annotated[float, Term("", "trading days", "from the last breach to day 0", none=NEVER)]
    is_admissible: Annotated[Floats, Term(
        "fund", "0 or 1", "whether some facility admits the fund, in force in this arm or not")]
