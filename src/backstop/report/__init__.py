"""What people look at: the answer as a table, in words, as a page."""
