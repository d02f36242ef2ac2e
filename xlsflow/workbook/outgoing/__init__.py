"""Writes one outgoing workbook: its plan, the drawing of its sheets, what is filled in for a region, hidden sheets.

Nothing here knows that many workbooks are written at once (`batch`), and only `sheet_drawer` and `writer` call
xlsxwriter for more than a type. Start with `writer`, then `plan` and `sheets`.
"""
