"""Numbers as people read them: three digits, and a scale where there are more."""

from collections.abc import Callable

BILLION = 1e9
"""Of money: what a rate over money is told for."""
_SCALES = ((1e12, "tn"), (BILLION, "bn"), (1e6, "m"), (1e3, "k"))


def amount(value: float, currency: str = "") -> str:
    """An amount with three digits: ``12.3bn CNY``; less than one unit of the currency is said to be that."""
    text = _scaled(float(f"{value:.3g}")) if value == 0.0 or abs(value) >= 1.0 else "< 1" if value > 0.0 else "> -1"
    return f"{text} {currency}" if currency else text


def _scaled(value: float) -> str:
    if abs(value) < 1e3:
        return f"{value:.3g}"
    scale, suffix = next((scale, suffix) for scale, suffix in _SCALES if abs(value) >= scale)
    digits = f"{value / scale:#.3g}".rstrip(".") if abs(value) < 1e15 else f"{value / scale:,.0f}"
    return digits + suffix


def shown(value: float | None, unit: str, currency: str = "") -> str:
    """A value of the registry's `unit`, an empty text for none."""
    if value is None:
        return ""
    if unit in ("bool", "frac"):
        return percent(value)
    if unit == "currency":
        return amount(value, currency)
    rounded = float(f"{value:.3g}")
    return f"{rounded:.3g}" if abs(rounded) < 1e3 else f"{value:,.0f}"


def interval(lower: float | None, upper: float | None, unit: str) -> str:
    """``1.40bn to 1.66bn``; an empty text where the sample cannot give an end."""
    return "" if lower is None or upper is None else f"{shown(lower, unit)} to {shown(upper, unit)}"


def below(estimate: float, lower: float | None, upper: float | None, unit: str, note: str | None = "") -> str:
    """A value, and its interval in the line below: ``2.14bn``, ``2.01bn..2.34bn``; a star where there is a note."""
    star = " *" if note else ""
    ends = "" if lower is None or upper is None else "..".join(
        shown(end, unit).removesuffix(" %") for end in (lower, upper))
    return f"{shown(estimate, unit)}{star}\n{ends}"


def beside(estimate: float, lower: float | None, upper: float | None, show: Callable[[float], str]) -> str:
    """``2.64bn (1.98..3.50)``: a value and its interval in one word each, a scale that all share said once."""
    value = show(estimate)
    if lower is None or upper is None or lower == upper == estimate:
        return value
    ends = [show(end) for end in (lower, upper)]
    scale = value.lstrip("-0123456789.")
    if all(end.lstrip("-0123456789.") in (scale, "") for end in ends):
        ends = [end.removesuffix(scale) for end in ends]
    return f"{value} ({ends[0]}..{ends[1]})"


def percent(value: float) -> str:
    """A share in per cent: ``5.6 %``, more digits where it is small."""
    digits = 1 if abs(value) >= 0.01 or value == 0.0 else 2 if abs(value) >= 0.001 else 3
    # a share that rounds to nothing has no sign
    return f"{100 * value:z.{digits}f} %"


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    scale, unit = (1, "s") if seconds < 120 else (60, "min") if seconds < 7200 else (3600, "h")
    return f"{seconds / scale:.1f} {unit}"


def size(n_bytes: float) -> str:
    """A size in MB or GB."""
    return f"{n_bytes / 1e6:.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"
