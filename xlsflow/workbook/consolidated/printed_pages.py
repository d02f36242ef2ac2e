"""Estimates how many rows of a data page fit on a number of printed pages: for reports on paper, which are short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import MIN_ROW_PT, column_pixels, lines_needed, row_height
from xlsflow.workbook.style import theme

if TYPE_CHECKING:
    from xlsflow.workbook.consolidated.page_model import DataPage

_A4_WIDTH_PT, _A4_HEIGHT_PT, _PT_PER_IN = 842.0, 595.0, 72.0
_PT_PER_PX = 0.75
# Where another font replaces ours, columns and pages are this much wider (measured on LibreOffice).
_WIDER = 1.22
# Title, note and header above the rows of the first page; the header is above those of the others too.
_HEAD_PT = theme.TITLE_ROW_PT + 2 * theme.BAND_ROW_PT + theme.HEADER_ROW_PT


def pages_of_rows(page: DataPage) -> list[int]:
    """Return for each row of a page the printed page that it ends on, from 1."""
    width = sum(column_pixels(column.width) for column in page.columns) * _PT_PER_PX * _WIDER
    scale = min(1.0, (_A4_WIDTH_PT - 2 * theme.MARGIN_SIDE_IN * _PT_PER_IN) / width)
    margins = (theme.MARGIN_TOP_IN + theme.MARGIN_BOTTOM_IN) * _PT_PER_IN
    room = (_A4_HEIGHT_PT - margins) / scale - theme.HEADER_ROW_PT
    used, number, pages = _HEAD_PT, 1, []
    for row in range(page.rows):
        texts = ((column.values[row], column.width) for column in page.columns)
        lines = max((lines_needed(text, width) for text, width in texts if isinstance(text, str)), default=1)
        height = row_height(lines) if lines > 1 else MIN_ROW_PT
        if used + height > room:
            number, used = number + 1, 0.0
        used += height
        pages.append(number)
    return pages
