"""The look of every workbook: palette, formats, fixed words, page set-up.

Nothing here writes a cell. Start with `theme`.
"""
