"""Validation: the values of returns against the constraints of their templates.

Two implementations find the same violations: `frame` for whole frames (pandera, one call for each block) and `scalar`
for few rows, without loading pandas. Nothing here reads files or writes sentences. Start with `constraints`.
"""
