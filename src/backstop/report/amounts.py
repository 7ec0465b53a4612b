"""Numbers as people read them."""

_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def amount(value: float, currency: str = "") -> str:
    """An amount with three digits: ``12.3bn CNY``."""
    scale, suffix = next(((s, t) for s, t in _SCALES if abs(value) >= s), (1.0, ""))
    text = f"{value / scale:.3g}{suffix}"
    return f"{text} {currency}" if currency else text


def shown(value: float | None, unit: str, currency: str = "") -> str:
    """A value of the registry's `unit`, an empty text for none."""
    if value is None:
        return ""
    if unit in ("bool", "frac"):
        return percent(value)
    if unit == "currency":
        return amount(value, currency)
    return f"{value:.3g}" if abs(value) < 1e4 else f"{value:,.0f}"


def percent(value: float) -> str:
    """A share in per cent: ``5.6 %``, more digits where it is small."""
    digits = 1 if abs(value) >= 0.01 or value == 0.0 else 2 if abs(value) >= 0.001 else 3
    return f"{100 * value:.{digits}f} %"


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    scale, unit = (1, "s") if seconds < 120 else (60, "min") if seconds < 7200 else (3600, "h")
    return f"{seconds / scale:.1f} {unit}"


def size(n_bytes: float) -> str:
    """A size in MB or GB."""
    return f"{n_bytes / 1e6:.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"
