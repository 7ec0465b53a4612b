"""Words and numbers in each language that readers have: English and Chinese."""
