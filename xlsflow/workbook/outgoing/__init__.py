"""One outgoing workbook: its plan, its sheets, its blocks, its stamp.

Nothing here knows that many workbooks are made at once (`batch`). Start with `writer`, then `plan`.
"""
