"""Marked copies and covering texts."""
