"""The listings of a report: one table each, in the reader's language.

Figures are computed in `figures`, never here, and no file format is known. Start with `due`.
"""
