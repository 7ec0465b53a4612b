"""How sales move prices: impact, limits, suspension, real windows, rounds of a day."""
