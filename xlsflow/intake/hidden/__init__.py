"""What our own workbooks carry on hidden sheets: stamp, baseline, the pages of a consolidated workbook.

Nothing here looks at what a region has filled in. Start with `stamp`.
"""
