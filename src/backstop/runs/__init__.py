"""A run: blocks of paths on threads, the run directory and its lock, resume, replay, export."""
