"""How likely what hardly ever happens is: paths split where they come near, with weights that keep every mean."""
