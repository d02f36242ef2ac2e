"""The frame of a page of rows: bands, header, filter, widths, print set-up; `mass` puts in the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.workbook.consolidated.row_xml import style_keys
from xlsflow.workbook.style.formats import (
    Formats,
    StyleKey,
    printed,
    spread,
)
from xlsflow.workbook.style.theme import (
    BAND_ROW_PT,
    BODY_PT,
    DENSE_PT,
    HEADER_ROW_PT,
    HEADERS,
    LINE,
    MARGIN_BOTTOM_IN,
    MARGIN_SIDE_IN,
    MARGIN_TOP_IN,
    MIN_ROW_PT,
    NAVY,
    PANEL,
    PAPER_A4,
    TITLE_PT,
    TITLE_ROW_PT,
    WHITE,
    lines_needed,
    row_height,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.consolidated.page_model import DataPage

HEADER_ROWS = 4
"""Title, note, hidden keys, header: the most that stands above the rows."""

BAND_LEAST = 6
"""A page of one or two columns still has bands wide enough to read."""

NARROW_COLUMN = 8.43
"""The width of a column that nobody has set."""

FILTER_BUTTON = 2.0
"""The button of the filter covers so much of a header's last line."""


def frame(sheet: Worksheet, page: DataPage, rows: int, formats: Formats) -> tuple[int, tuple[StyleKey, ...]]:
    """Draw all of a page but its rows, and one cell of each style in the place of the first row.

    Args:
        sheet: The empty sheet.
        page: What it shall show.
        rows: How many rows of data it will hold.
        formats: The workbook's formats.

    Returns:
        The first row of data, from 0, and what the cells there are the styles of, from the left.
    """
    header = _bands(sheet, page, formats)
    _header(sheet, page, header, formats)
    first, last = header + 1, header + max(rows, 1)  # a filter over no row at all is not to every program's liking
    end = len(page.columns) - 1
    sheet.freeze_panes(first, min(page.frozen, end))
    sheet.autofilter(header, 0, last, end)
    sheet.set_default_row(MIN_ROW_PT)
    sheet.hide_gridlines(2)
    if rows:
        # The lines come from a rule: a blank cell then needs no place in the file.
        lines = formats.rule(border=1, border_color=LINE)
        sheet.conditional_format(first, 0, last, end, {"type": "formula", "criteria": "=TRUE", "format": lines})
        sheet.ignore_errors({"number_stored_as_text": f"{a1(first, 0)}:{a1(last, end)}"})
    if page.hidden == "visible":
        _print_set_up(sheet, page, header, last)  # LibreOffice prints a hidden sheet that has a print area
    keys = tuple(dict.fromkeys(key for column in page.columns for key in style_keys(column)))
    for place, key in enumerate(keys):
        sheet.write_blank(first, place, None, formats.cell(key))
    return first, keys


def _bands(sheet: Worksheet, page: DataPage, formats: Formats) -> int:
    """Draw the title, the note and the hidden keys; return the row of the header."""
    last = max(len(page.columns), BAND_LEAST) - 1
    title = formats.get(bold=True, font_size=TITLE_PT, font_color=WHITE, bg_color=NAVY, indent=1, align="left")
    note = formats.get(font_size=DENSE_PT, bg_color=PANEL, indent=1, align="left", text_wrap=True)
    sheet.set_row(0, TITLE_ROW_PT)
    spread(sheet, 0, 0, last + 1, page.title, title)
    room = sum(column.width for column in page.columns) + NARROW_COLUMN * (last + 1 - len(page.columns))
    sheet.set_row(1, row_height(lines_needed(page.note, room, DENSE_PT), DENSE_PT, least=BAND_ROW_PT))
    spread(sheet, 1, 0, last + 1, page.note, note)
    if not page.key_row:
        return 2
    sheet.set_row(2, None, None, {"hidden": True})
    for place, column in enumerate(page.columns):
        sheet.write_string(2, place, f"key:{column.key}")
    return 3


def _header(sheet: Worksheet, page: DataPage, row: int, formats: Formats) -> None:
    """Draw the header and set the widths."""
    lines = 1
    for place, column in enumerate(page.columns):
        tone = HEADERS[column.header]
        look = formats.get(
            bold=True,
            italic=tone.italic,
            font_color=tone.ink,
            bg_color=tone.fill,
            border=1,
            border_color=LINE,
            align="center",
            text_wrap=True,
        )
        sheet.set_column(place, place, column.width)
        sheet.write_string(row, place, column.title, look)
        lines = max(lines, lines_needed(column.title, column.width - FILTER_BUTTON))
    sheet.set_row(row, row_height(lines, BODY_PT, least=HEADER_ROW_PT))


def _print_set_up(sheet: Worksheet, page: DataPage, header: int, last: int) -> None:
    """Set how the page is printed: A4 sideways, as wide as the paper, the header on every sheet."""
    sheet.set_paper(PAPER_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(MARGIN_SIDE_IN, MARGIN_SIDE_IN, MARGIN_TOP_IN, MARGIN_BOTTOM_IN)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, last, max(len(page.columns), BAND_LEAST) - 1)
    sheet.set_header(f"&R&8{printed(page.title)}")
    sheet.set_footer("&C&8&P / &N")
