"""What authorities did: `interventions.toml`, a table with a source and a confidence for each line."""

import datetime
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).parent / "interventions.toml"


class Intervention(NamedTuple):
    """One act of an authority in one market."""

    prices: str
    """Reference of the market's prices."""
    date: datetime.date
    by: str
    did: str
    source: str
    confidence: str
    """H read in a source, M partly or second-hand, L from memory."""


@cache
def interventions(prices: str) -> tuple[Intervention, ...]:
    """Those of a market, in order; none for prices that the table does not know."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["interventions"]
    return tuple(sorted(row for row in (Intervention(**row) for row in rows) if row.prices == prices))


def between(prices: str, first: datetime.date, last: datetime.date) -> tuple[Intervention, ...]:
    """Those from the first day to the last."""
    return tuple(row for row in interventions(prices) if first <= row.date <= last)
