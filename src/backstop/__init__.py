"""A stress-tester for public liquidity backstops: from prices and a config to how large, when, and on what terms."""
