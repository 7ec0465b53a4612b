"""How likely what hardly ever happens is: paths split where they come near, or with one worse day, and weighted."""
