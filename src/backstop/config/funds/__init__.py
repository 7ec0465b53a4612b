"""Funds: holdings, investors, leverage, evaluation; files of many funds."""
