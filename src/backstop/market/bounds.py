"""What no market can do."""

MOST_LOG_RETURN = 20.0
"""Of a day: 5e8 times the price, or a 5e8th of it. Fitted egarch and gjr models of the CSI 300 come to 5 and 9 on a
few of 200,000 paths of two years, whose prices are then at their daily limits; this is beyond any of them. [ours]"""
