"""Writes one outgoing workbook: its plan, the drawing of its sheets, what is filled in for a region, hidden sheets.

Nothing here knows that many workbooks are written at once (`batch`), and no private member of xlsxwriter is used. Start
with `writer`, then `plan` and `sheets`.
"""
