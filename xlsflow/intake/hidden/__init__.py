"""Reads what our own workbooks store for us: the stamp, the baseline, the pages of a consolidated workbook.

Nothing here looks at what a region filled in. Start with `stamp`; `fileformat` defines what is stored where.
"""
