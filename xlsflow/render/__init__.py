"""Writes a report or findings in a file format: workbook, HTML, Markdown, PDF, plain text, JSON.

Nothing here computes a figure or words a sentence about the data; workbooks are written through `workbook`. Each format
has a module `as_...`; start with `as_text` for findings and `as_xlsx` with `dashboard` for reports.
"""
