"""One view, one class, one file."""
