"""Joins many returns into one book; in any order, in any steps, however often, the result is the same.

No file is read or written here, and no single cell is checked. Start with `merge`.
"""
