"""A run for programs that read no parquet, or that people open by a click: each kind of file is a module."""
