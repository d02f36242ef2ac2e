"""The look of every workbook: palette, fonts, cell formats, fixed texts, page setup.

Nothing here writes the content of a cell. Start with `theme` (colours and sizes), then `form_formats` (the formats of
an outgoing workbook by the purpose of a cell).
"""
