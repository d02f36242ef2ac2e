"""How an outgoing workbook checks itself while it is filled in: formulas, validations, row marks, counts, colours.

Nothing here reads a return. Start with `row_checks` (what is stored beside each row), then `row_check_builder` (how the
constraints of a template become formulas).
"""
