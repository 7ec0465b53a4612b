"""Numbers as the readers of a language have them."""

from backstop.report.amounts import amount, beside, shown
from backstop.report.language.catalogue import Texts

_CHINESE = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
_ENGLISH = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def value_text(value: float | None, unit: str, texts: Texts) -> str:
    """A value of the registry's `unit`, with the word for days; empty for none."""
    text = plain_text(value, unit, texts)
    return f"{text} {texts('unit.days')}" if text and unit in ("days", "full days") else text


def plain_text(value: float | None, unit: str, texts: Texts) -> str:
    """A value of the registry's `unit`; empty for none."""
    return amount_text(value, texts) if value is not None and unit == "currency" else shown(value, unit)


def amount_text(value: float, texts: Texts) -> str:
    """An amount with three digits and a scale: ``1.40bn``, ``14.0亿``."""
    if texts.language == "en" or abs(value) < 1e4:
        return amount(value)
    scale, word = next(known for known in _CHINESE if abs(value) >= known[0])
    scaled = float(f"{value:.3g}") / scale
    digits = f"{scaled:#.3g}".rstrip(".") if abs(scaled) < 1e3 else f"{scaled:,.0f}"
    return f"{digits}{word}"


def range_text(lower: float | None, upper: float | None, unit: str, texts: Texts) -> str:
    """``1.40bn to 1.66bn``; empty where the sample cannot give an end."""
    if lower is None or upper is None:
        return ""
    return f"{value_text(lower, unit, texts)} {texts('unit.to')} {value_text(upper, unit, texts)}"


def beside_text(estimate: float, lower: float | None, upper: float | None, unit: str, texts: Texts) -> str:
    """``2.64bn (1.98..3.50)``: a value and its interval in one word each."""
    return beside(estimate, lower, upper, lambda value: plain_text(value, unit, texts))


def scale_of(largest: float, texts: Texts, currency: str) -> tuple[float, str]:
    """One scale for an axis of amounts, and what its unit is called."""
    known = _ENGLISH if texts.language == "en" else _CHINESE
    scale, word = next((pair for pair in known if abs(largest) >= pair[0]), (1.0, ""))
    return scale, f"{word} {currency}".strip()
