"""A report as a file: workbook, page, plain text, JSON. Computes nothing; writes Excel through `workbook`."""
