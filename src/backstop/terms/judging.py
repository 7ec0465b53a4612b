"""Terms by which triggers, and effects, are judged."""

from typing import NamedTuple

from backstop.terms.codes import Floats


class JudgingTerms(NamedTuple):
    """What counts as distress, how far ahead of it a trigger may act, and what counts as stress; axis F."""

    horizon_days: float
    """An activation is false if no day of distress follows within so many days."""
    material_sale: Floats
    """(F,) forced sales of one day from which a fund is in distress, quanta."""
    assets: Floats
    """(F,) value of all funds of a cohort at the opening, quanta."""
    material_assets: float
    """Opening value of the funds in distress from which the day is one of distress, quanta."""
    window_drawdown: float
    """Fall of the index from its high from which a day is a breach."""
    window_days: float
    """Days that a window goes on after its last breach."""
    after_window_days: float
    """Days from a window's end to when it is looked at once more."""
    index_history: Floats
    """(H,) closing prices of the index before day 1, oldest first, the last is 1: the high looks so far back."""
    breach_age_open: float
    """Days from the last breach to day 0; `NEVER` where there is none that matters."""
    is_admissible: Floats
    """(F,) 1 for funds that some facility admits, in force in this arm or not."""
