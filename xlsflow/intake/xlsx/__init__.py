"""Reads .xlsx and .xlsm files into grids, from the zip container through XML parts to cell values.

Nothing here knows what the cells of a template mean, and nothing trusts the file. Start with `workbook_xml`, then
`sheet_fast` and its fallback `sheet_exact`.
"""
