"""Verbs from end to end."""
