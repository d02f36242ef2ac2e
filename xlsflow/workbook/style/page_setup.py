"""Applies the page setup of an outgoing sheet: paper, scale, repeated rows, print area, page breaks, page header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import FIRST_BLOCK_ROW, TableLayout
from xlsflow.layout.text_metrics import column_pixels
from xlsflow.workbook.outgoing.plan import is_used
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import header_footer_text
from xlsflow.workbook.style.theme import MARGIN_BOTTOM_IN, MARGIN_SIDE_IN, MARGIN_TOP_IN, PAPER_A4, TABLE_ROW_PT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.workbook.outgoing.plan import SheetPlan
    from xlsflow.workbook.outgoing.sheet_writer import Hand

DEFAULT_ROW_PT = 15.0
"""Height of a row that nobody has set."""

_PAPER_A3 = 8
_PAPER_CODES: Mapping[str, int] = {"A4": PAPER_A4, "A3": _PAPER_A3}
_PAPER_SIZES_IN: Mapping[str, tuple[float, float]] = {"A4": (8.27, 11.69), "A3": (11.69, 16.54)}

# Below this scale a font of 10 points is printed smaller than 7.5, which is hard to read.
_MIN_ONE_PAGE_SCALE = 0.75

# Spreadsheet programs round row heights, so a page that is full by computation may overflow.
_USABLE_SHARE = 0.98

# At least so many blank rows are printed, to be filled in by hand.
_MIN_SPARE_ROWS = 3


def apply_page_setup(writer: Hand) -> None:
    """Apply the page setup of a written sheet; the heights of its rows are known by now."""
    sheet, setup, layout = writer.sheet, writer.here.template.print, writer.here.layout
    sheet.set_paper(_PAPER_CODES[layout.paper])
    if setup.landscape:
        sheet.set_landscape()
    sheet.set_margins(MARGIN_SIDE_IN, MARGIN_SIDE_IN, MARGIN_TOP_IN, MARGIN_BOTTOM_IN)
    sheet.center_horizontally()
    one_page = setup.one_page and not _is_too_long_for_one_page(writer)
    sheet.fit_to_pages(1, 1 if one_page else 0)
    last_row = layout.last_row
    if writer.here.lone:
        table = layout.block_layouts[0]
        assert isinstance(table, TableLayout)
        sheet.repeat_rows(table.header_row)
        last_row = last_row if writer.plan.edition.for_print else _last_printed_row(writer, table)
    sheet.print_area(0, 0, last_row, layout.printed_col)
    if not one_page:
        _set_page_breaks(writer)
    _set_header_and_footer(writer)


def print_scale(sheet: SheetPlan) -> float:
    """Return the scale at which a sheet fits the width of its paper, at most 1."""
    landscape = sheet.template.print.landscape
    width_in = _PAPER_SIZES_IN[sheet.layout.paper][landscape] - 2 * MARGIN_SIDE_IN
    widths = sheet.layout.widths[: sheet.layout.printed_col + 1]
    return min(1.0, width_in * 96 / sum(column_pixels(width) for width in widths))  # 96 pixels an inch


def page_height(sheet: SheetPlan) -> float:
    """Return the sum of row heights, in points, that fit on one page of a sheet."""
    landscape = sheet.template.print.landscape
    height_in = _PAPER_SIZES_IN[sheet.layout.paper][not landscape] - MARGIN_TOP_IN - MARGIN_BOTTOM_IN
    return height_in * 72 / print_scale(sheet)


def _is_too_long_for_one_page(writer: Hand) -> bool:
    """Return whether a filled sheet would be too small to read on one page, and can be split over several."""
    height = page_height(writer.here)
    total = _height_of_rows(writer, 0, writer.here.layout.last_row + 1)
    highest = max(writer.heights.values(), default=0.0)  # a row is never split over two pages
    return writer.plan.edition.for_print and total > height / _MIN_ONE_PAGE_SCALE and highest < height


def _last_printed_row(writer: Hand, table: TableLayout) -> int:
    """Return the last row to print: the filled rows, and blank ones down to the end of that page."""
    block = writer.here.template.data[0]
    used = [number for number, row in enumerate(writer.plan.records(writer.here, block)) if is_used(block, row)]
    first_blank = table.first_row + (used[-1] + 1 if used else 0)
    height = page_height(writer.here)
    header = _height_of_rows(writer, table.header_row, table.header_row + 1)
    left = height - _height_of_rows(writer, 0, table.first_row)
    for row in range(table.first_row, first_blank):
        row_height = _height_of_rows(writer, row, row + 1)
        left = left - row_height if left >= row_height else height - header - row_height
    spare_rows = max(int(left // TABLE_ROW_PT) - 1, _MIN_SPARE_ROWS)
    return min(first_blank + spare_rows - 1, table.last_row)


def _set_page_breaks(writer: Hand) -> None:
    """Begin a new page before a block that would be split, if it fits on a page of its own."""
    layout, height = writer.here.layout, page_height(writer.here) * _USABLE_SHARE
    breaks: list[int] = []
    left = height - _height_of_rows(writer, 0, layout.block_layouts[0].first)
    for block in layout.block_layouts:
        block_height = _height_of_rows(writer, block.first, block.last_row + 1)
        if left < block_height <= height and block.first > FIRST_BLOCK_ROW:
            breaks.append(block.first)
            left = height
        left -= block_height + DEFAULT_ROW_PT  # the blank row after a block may lie beyond the end of the page
        while left < 0:
            left += height
    writer.sheet.set_h_pagebreaks(breaks)


def _height_of_rows(writer: Hand, first: int, end: int) -> float:
    return sum(writer.heights.get(row, DEFAULT_ROW_PT) for row in range(first, end))


def _set_header_and_footer(writer: Hand) -> None:
    edition = writer.plan.edition
    title = header_footer_text(edition.pack.title.say(edition.lang))
    document = edition.stamp.document
    number = header_footer_text(writer.say(texts.DOCUMENT_NUMBER) + document) if document else ""
    writer.sheet.set_header(f"&L&8{title}&R&8{number}", {"margin": MARGIN_TOP_IN / 2})
    version = header_footer_text(f"{edition.pack.name} v{edition.stamp.version}")
    page, day = writer.say(texts.PAGE), writer.say(texts.PRINTED_ON)
    writer.sheet.set_footer(f"&L&8{version}&C&8{page}&R&8{day}", {"margin": MARGIN_BOTTOM_IN / 2})
