"""The page: one HTML file that tells a run from top to bottom, in English or Chinese, without scripts or network."""
