"""The market: volatility models, laws of shocks, dependence, jumps, scenarios."""
