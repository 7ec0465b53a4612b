"""How large a table may be: daily prices of a century are 25,000 rows, a file far beyond is something else (ours)."""

MOST_BYTES = 64 * 2**20
"""Of a file, and of what it unpacks to."""
MOST_ROWS = 200_000
MOST_COLUMNS = 5_000
MOST_CELLS = 4_000_000
MOST_PAGES = 100_000
"""Of a file of parquet."""
LONGEST_CELL = 10_000
"""Characters."""
