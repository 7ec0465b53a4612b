"""How an asset trades: volume, impact, daily limits, suspension, days of a real window."""
