"""Validation: the values of returns against the constraints of their templates.

Nothing here reads files or writes sentences. Start with `constraints`, then `frame` (many rows, with pandera) and its
twin for few rows, which finds the same violations without loading pandas.
"""
