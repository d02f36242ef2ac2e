"""Draws a data page without its rows: title, note, key row, header, filter, widths, page setup.

`writer` puts the rows in later, as XML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.key_row import key_text
from xlsflow.layout.text_metrics import MIN_ROW_PT, lines_needed, row_height
from xlsflow.workbook.consolidated.row_xml import style_keys
from xlsflow.workbook.style import theme
from xlsflow.workbook.style.formats import Formats, StyleKey, header_footer_text, write_across
from xlsflow.workbook.style.theme import HeaderTone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.worksheet import Worksheet

    from xlsflow.model.report_model import ColumnRole
    from xlsflow.workbook.consolidated.page_model import DataPage

HEADER_ROWS = 4
"""Title, note, key row, header: so many rows are above the data."""

MIN_BAND_COLUMNS = 6
"""Title and note span at least so many columns, so that they can be read above one or two narrow ones."""

_HEADER_TONES: Mapping[ColumnRole, HeaderTone] = {"given": "required", "further": "optional", "made": "computed"}

# Width in units of a column whose width is not set.
_DEFAULT_COLUMN_WIDTH = 8.43

# The window of a cell's note: its width in characters of the body font and in pixels, and the height of a line.
_NOTE_WIDTH, _NOTE_PX, _NOTE_LINE_PX = 34.0, 250, 17

# Width in units that the filter button covers of a header's last line.
_FILTER_BUTTON_WIDTH = 2.0


def draw_page_frame(
    sheet: Worksheet, page: DataPage, rows: range, formats: Formats
) -> tuple[int, tuple[StyleKey, ...]]:
    """Draw a page without its rows, and one blank cell of each style where the first row will be.

    The styled cells make xlsxwriter assign a style number to each format; `writer` reads the numbers from the XML.

    Args:
        sheet: The empty sheet.
        page: Its content.
        rows: Which of the rows this sheet will hold.
        formats: The workbook's formats.

    Returns:
        The first row of data, and the style keys of the cells there, from the left.
    """
    header = HEADER_ROWS - 1
    _draw_title_rows(sheet, page, formats)
    _draw_header(sheet, page, header, formats)
    first, last = header + 1, header + max(len(rows), 1)  # some programs reject an empty filter range
    end = len(page.columns) - 1
    # At least one column scrolls.
    sheet.freeze_panes(first, min(page.frozen, end))
    sheet.autofilter(header, 0, last, end)
    sheet.set_default_row(MIN_ROW_PT)
    sheet.hide_gridlines(2)
    if rows:
        # The borders come from a conditional format, so that blank cells need no XML.
        lines = formats.rule(border=1, border_color=theme.LINE)
        sheet.conditional_format(first, 0, last, end, {"type": "formula", "criteria": "=TRUE", "format": lines})
        sheet.ignore_errors({"number_stored_as_text": f"{a1(first, 0)}:{a1(last, end)}"})
    for col, column in enumerate(page.columns):
        if column.choices and rows:
            # Another value may be typed: that is what a third answer is for.
            choices = {"validate": "list", "source": [*column.choices], "show_error": False}
            sheet.data_validation(first, col, last, col, choices)
        for number, note in column.notes.items():
            if number in rows:
                height = lines_needed(note, _NOTE_WIDTH) + 1  # one to spare: programs break lines differently
                sheet.write_comment(
                    first + number - rows.start, col, note,
                    {"author": "", "font_size": theme.DENSE_PT, "width": _NOTE_PX, "height": height * _NOTE_LINE_PX},
                )  # fmt: skip
    if page.hidden == "visible":
        _apply_page_setup(sheet, page, header, last)  # LibreOffice prints hidden sheets that have a print area
    keys = tuple(dict.fromkeys(key for column in page.columns for key in style_keys(column)))
    for col, key in enumerate(keys):
        sheet.write_blank(first, col, None, formats.cell(key))
    return first, keys


def _draw_title_rows(sheet: Worksheet, page: DataPage, formats: Formats) -> None:
    """Draw the title, the note and the key row."""
    last = max(len(page.columns), MIN_BAND_COLUMNS) - 1
    title = formats.get(
        bold=True, font_size=theme.TITLE_PT, font_color=theme.WHITE, bg_color=theme.NAVY, indent=1, align="left"
    )
    note = formats.get(font_size=theme.DENSE_PT, bg_color=theme.PANEL, indent=1, align="left", text_wrap=True)
    sheet.set_row(0, theme.TITLE_ROW_PT)
    write_across(sheet, 0, 0, last + 1, page.title, title)
    # Title and note span more columns than a narrow page has; the others have their usual width.
    room = sum(column.width for column in page.columns) + _DEFAULT_COLUMN_WIDTH * (last + 1 - len(page.columns))
    sheet.set_row(1, row_height(lines_needed(page.note, room, theme.DENSE_PT), theme.DENSE_PT, least=theme.BAND_ROW_PT))
    write_across(sheet, 1, 0, last + 1, page.note, note)
    sheet.set_row(2, None, None, {"hidden": True})
    for col, column in enumerate(page.columns):
        sheet.write_string(2, col, key_text(column.key))


def _draw_header(sheet: Worksheet, page: DataPage, row: int, formats: Formats) -> None:
    """Draw the header and set the widths."""
    lines = 1
    for col, column in enumerate(page.columns):
        colours = theme.HEADER_COLOURS[_HEADER_TONES[column.role]]
        header_format = formats.get(
            bold=True,
            italic=colours.italic,
            font_color=colours.font_colour,
            bg_color=colours.fill,
            border=1,
            border_color=theme.LINE,
            align="center",
            text_wrap=True,
        )
        sheet.set_column(col, col, column.width)
        sheet.write_string(row, col, column.title, header_format)
        lines = max(lines, lines_needed(column.title, column.width - _FILTER_BUTTON_WIDTH))
    sheet.set_row(row, row_height(lines, theme.BODY_PT, least=theme.HEADER_ROW_PT))


def _apply_page_setup(sheet: Worksheet, page: DataPage, header: int, last: int) -> None:
    """Apply the page setup: A4 landscape, fitted to the width, the header repeated on every page."""
    sheet.set_paper(theme.PAPER_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(theme.MARGIN_SIDE_IN, theme.MARGIN_SIDE_IN, theme.MARGIN_TOP_IN, theme.MARGIN_BOTTOM_IN)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, last, max(len(page.columns), MIN_BAND_COLUMNS) - 1)
    sheet.set_header(f"&R&8{header_footer_text(page.title)}")
    sheet.set_footer("&C&8&P / &N")
