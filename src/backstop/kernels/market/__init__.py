"""The exogenous market: random numbers, shocks, volatility, dependence, jumps."""
