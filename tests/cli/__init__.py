"""The command line, and what the documents say of it."""
