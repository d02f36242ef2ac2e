"""How an outgoing workbook checks itself while it is filled: formulas, validations, marks, counts, colours.

Nothing here reads a return. Start with `row_checks`.
"""
