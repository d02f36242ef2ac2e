"""The tests: a test's name is its claim."""
