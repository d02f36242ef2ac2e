"""Applies the page setup of an outgoing sheet: paper, scale, repeated rows, print area, page breaks, page header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import column_letters
from xlsflow.layout.sheet_layout import FIRST_BLOCK_ROW, TableLayout
from xlsflow.layout.text_metrics import column_pixels
from xlsflow.workbook.outgoing.cell_xml import escape, mark
from xlsflow.workbook.outgoing.plan import is_used
from xlsflow.workbook.self_check.formula import Addresses
from xlsflow.workbook.self_check.room import ROWS_BELOW, content_ranges
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.formats import header_footer_text
from xlsflow.workbook.style.theme import MARGIN_BOTTOM_IN, MARGIN_SIDE_IN, MARGIN_TOP_IN, PAPER_A4, TABLE_ROW_PT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.workbook.outgoing.plan import SheetPlan
    from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
    from xlsflow.workbook.outgoing.sheet_filler import SheetFiller

DEFAULT_ROW_PT = 15.0
"""Height of a row that nobody has set."""

_PAPER_A3 = 8
_PAPER_CODES: Mapping[str, int] = {"A4": PAPER_A4, "A3": _PAPER_A3}
_PAPER_SIZES_IN: Mapping[str, tuple[float, float]] = {"A4": (8.27, 11.69), "A3": (11.69, 16.54)}

# Below this scale a font of 10 points is printed smaller than 7.5, which is hard to read.
_MIN_ONE_PAGE_SCALE = 0.75

# Spreadsheet programs round row heights, so a page that is full by computation may overflow.
_USABLE_SHARE = 0.98

# A row that is stretched to fill the page grows by at most this share of its height.
_MAX_STRETCH = 0.8

# At least so many blank rows are printed, to be filled in by hand.
_MIN_SPARE_ROWS = 3

# Placeholder of the document's number in the page header.
_NUMBER_MARK = "number"


def draw_page_setup(drawer: SheetDrawer) -> None:
    """Apply the page setup that regions of one layout share."""
    sheet, setup, layout = drawer.sheet, drawer.sheet_plan.template.print, drawer.sheet_plan.layout
    sheet.set_paper(_PAPER_CODES[layout.paper])
    if setup.landscape:
        sheet.set_landscape()
    sheet.set_margins(MARGIN_SIDE_IN, MARGIN_SIDE_IN, MARGIN_TOP_IN, MARGIN_BOTTOM_IN)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1 if setup.one_page else 0)
    if drawer.sheet_plan.is_single_table:
        table = layout.block_layouts[0]
        assert isinstance(table, TableLayout)
        # The header only: with the title repeated, each page would lose three rows.
        sheet.repeat_rows(table.header_row)
    sheet.print_area(0, 0, layout.last_row, layout.printed_col)
    _set_header_and_footer(drawer)


def fill_page_setup(filler: SheetFiller) -> None:
    """Apply the page setup that depends on the rows of a region, whose heights are known by now."""
    layout, setup, outgoing = filler.sheet_plan.layout, filler.sheet_plan.template.print, filler.plan.outgoing
    table = layout.block_layouts[-1]
    if isinstance(table, TableLayout) and not outgoing.for_print:
        if filler.sheet_plan.is_single_table:
            filler.last_printed_row = _last_printed_row(filler, table)
        filler.print_area = _growing_print_area(filler.sheet_plan, table, filler.last_printed_row)
    if filler.sheet_plan.is_single_table and outgoing.for_print and isinstance(table, TableLayout):
        _stretch_rows(filler, table)
    goes_on = _is_too_long_for_one_page(filler) or (not outgoing.for_print and _fits_at_full_size(filler))
    filler.is_over_pages = setup.one_page and goes_on
    filler.page_breaks = _page_breaks(filler) if filler.is_over_pages or not setup.one_page else ()
    document = outgoing.stamp.document
    number = header_footer_text(filler.say(texts.DOCUMENT_NUMBER) + document) if document else ""
    filler.print_marks = {_NUMBER_MARK: escape(number)}


def _stretch_rows(filler: SheetFiller, table: TableLayout) -> None:
    """Make the rows of a table that leaves much of its only page blank somewhat higher."""
    rows = range(table.first_row, table.last_row + 1)
    left = page_height(filler.sheet_plan) * _USABLE_SHARE - _height_of_rows(filler, 0, table.last_row + 1)
    for row in rows if left > 0 else ():
        height = filler.heights.get(row, DEFAULT_ROW_PT)
        filler.require_points(row, height + min(left / len(rows), height * _MAX_STRETCH))


def _growing_print_area(sheet: SheetPlan, table: TableLayout, last_row: int) -> str:
    """Return the formula, without its `=`, of a print area that grows with the rows of a table at its end.

    Excel evaluates it whenever the sheet is printed. LibreOffice 7.4 does not: it keeps the formula in the file and
    prints every row and column that holds anything. So nothing filled is ever left off, which an area that was fixed
    when the workbook went out would do without a word.
    """
    block = sheet.template.block(table.block)
    first, below = table.first_row + 1, table.last_row + 1 + ROWS_BELOW
    ranges = content_ranges(sheet, block, Addresses(block, table), first, below)
    # ISBLANK, not a comparison: an error value in one cell would make an error of the whole area.
    filled = (f"SUMPRODUCT(MAX((1-ISBLANK({cells}))*ROW({cells})))" for cells in ranges)
    # Rows and columns are given as references, which follow when rows are inserted; numbers would not.
    rows = ",".join((f"ROW({sheet.at(f'$A${last_row + 1}')})", *filled))
    columns = sheet.at(f"$A$1:${column_letters(sheet.layout.printed_col)}$1")
    return f"OFFSET({sheet.at('$A$1')},0,0,MAX({rows}),COLUMNS({columns}))"


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


def _is_too_long_for_one_page(filler: SheetFiller) -> bool:
    """Return whether a filled sheet would be too small to read on one page, and can be split over several."""
    height = page_height(filler.sheet_plan)
    total = _height_of_rows(filler, 0, filler.sheet_plan.layout.last_row + 1)
    highest = max(filler.heights.values(), default=0.0)  # a row is never split over two pages
    # To fit the width, the sheet may be made smaller already.
    return print_scale(filler.sheet_plan) * height / total < _MIN_ONE_PAGE_SCALE and highest < height


def _fits_at_full_size(filler: SheetFiller) -> bool:
    """Return whether a sheet that is sent out has room to spare on its page.

    Then it needs no scaling to one page, and long texts that are typed later go on on the next page at the same size.
    """
    total = _height_of_rows(filler, 0, filler.sheet_plan.layout.last_row + 1)
    return total <= page_height(filler.sheet_plan) * _USABLE_SHARE * _USABLE_SHARE


def _last_printed_row(filler: SheetFiller, table: TableLayout) -> int:
    """Return the last row to print: the filled rows, and blank ones down to the end of that page."""
    block = filler.sheet_plan.template.data[0]
    used = [number for number, row in enumerate(filler.plan.records(filler.sheet_plan, block)) if is_used(block, row)]
    first_blank = table.first_row + (used[-1] + 1 if used else 0)
    height = page_height(filler.sheet_plan)
    header = _height_of_rows(filler, table.header_row, table.header_row + 1)
    left = height - _height_of_rows(filler, 0, table.first_row)
    for row in range(table.first_row, first_blank):
        row_height = _height_of_rows(filler, row, row + 1)
        # Rows that do not fit begin a new page, on which the header is repeated.
        left = left - row_height if left >= row_height else height - header - row_height
    spare_rows = max(int(left // TABLE_ROW_PT) - 1, _MIN_SPARE_ROWS)
    return min(first_blank + spare_rows - 1, table.last_row)


def _page_breaks(filler: SheetFiller) -> Sequence[int]:
    """Return the rows before which a new page begins: blocks that would be split and fit on a page of their own."""
    layout, height = filler.sheet_plan.layout, page_height(filler.sheet_plan) * _USABLE_SHARE
    breaks: list[int] = []
    left = height - _height_of_rows(filler, 0, layout.block_layouts[0].first)
    for block in layout.block_layouts:
        block_height = _height_of_rows(filler, block.first, block.last_row + 1)
        if left < block_height <= height and block.first > FIRST_BLOCK_ROW:
            breaks.append(block.first)
            left = height
        left -= block_height + DEFAULT_ROW_PT  # the blank row after a block may lie beyond the end of the page
        while left < 0:
            left += height
    return breaks


def _height_of_rows(filler: SheetFiller, first: int, end: int) -> float:
    return sum(filler.heights.get(row, DEFAULT_ROW_PT) for row in range(first, end))


def _set_header_and_footer(drawer: SheetDrawer) -> None:
    outgoing = drawer.plan.outgoing
    title = header_footer_text(outgoing.pack.title.say(outgoing.lang))
    drawer.sheet.set_header(f"&L&8{title}&R&8{mark(_NUMBER_MARK)}", {"margin": MARGIN_TOP_IN / 2})
    version = header_footer_text(f"{outgoing.pack.name} v{outgoing.stamp.version}")
    page, day = drawer.say(texts.PAGE), drawer.say(texts.PRINTED_ON)
    drawer.sheet.set_footer(f"&L&8{version}&C&8{page}&R&8{day}", {"margin": MARGIN_BOTTOM_IN / 2})
