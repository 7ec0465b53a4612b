"""Terms by which triggers are judged."""

from typing import NamedTuple

from backstop.terms.codes import Floats


class JudgingTerms(NamedTuple):
    """What counts as distress, and how far ahead of it a trigger may act; axis F."""

    horizon_days: float
    """An activation is false if no day of distress follows within so many days."""
    material_sale: Floats
    """(F,) forced sales of one day from which a fund is in distress, quanta."""
    assets: Floats
    """(F,) value of all funds of a cohort at the opening, quanta."""
    material_assets: float
    """Opening value of the funds in distress from which the day is one of distress, quanta."""
