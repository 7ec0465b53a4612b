"""The units in which people list amounts."""

import re
import unicodedata

UNITS = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9,
    "元": 1.0, "千元": 1e3, "万元": 1e4, "百万元": 1e6, "千万元": 1e7, "亿元": 1e8,
}
"""What one of them is in the config's currency."""
_BRACKETED = re.compile(r"^(.*?)\s*[(\[]([^)\]]*)[)\]]$")


def named_unit(name: str) -> str | None:
    """The unit that the name of a column ends with, as in ``nav (万元)``."""
    found = _BRACKETED.match(_plain(name))
    return found.group(2).strip() if found else None


def without_unit(name: str) -> str:
    """The name of a column as it is known, without its unit."""
    found = _BRACKETED.match(_plain(name))
    return found.group(1) if found else _plain(name)


def factor_of(unit: str) -> float | None:
    """What an amount in `unit` is multiplied with; None if it is no unit that is known."""
    return UNITS.get(unit)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
