"""The listings of a report: one table each, in the reader's language.

Nothing here computes a figure. Start with `due`.
"""
