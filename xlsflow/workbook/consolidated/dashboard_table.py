"""Draws a small table on a dashboard."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import accumulate
from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import column_units, lines_needed, row_height
from xlsflow.workbook.style.formats import NUMBER_FORMATS, Formats, write_across
from xlsflow.workbook.style.theme import CHIPS, DENSE_PT, GRID_PX, LINE, NAVY, WHITE, CellTone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.consolidated.page_model import CellValue, DashboardColumn, DashboardTable

_MIN_ROW_PT = 19.0
_MIN_HEADER_PT = 22.0
_BAR_COLOUR = "#9CCBB6"
# Width in units that the indent of a text takes.
_INDENT_WIDTH = 1.3


def row_heights(table: DashboardTable) -> list[float]:
    """Return the height in points of each row of a table, header included."""
    heights = []
    if table.has_header:
        lines = max(lines_needed(column.title, _text_room(column), DENSE_PT) for column in table.columns)
        heights.append(row_height(lines, DENSE_PT, least=_MIN_HEADER_PT))
    for row in table.rows:
        texts = ((column, value) for column, value in zip(table.columns, row, strict=True) if isinstance(value, str))
        lines = max((lines_needed(text, _text_room(column), DENSE_PT) for column, text in texts), default=1)
        heights.append(row_height(lines, DENSE_PT, least=_MIN_ROW_PT))
    return heights


def _text_room(column: DashboardColumn) -> float:
    """Return the width in units that a column has for text."""
    return column_units(column.span * GRID_PX) - (_INDENT_WIDTH if column.align != "center" else 0)


def draw_dashboard_table(sheet: Worksheet, row: int, table: DashboardTable, formats: Formats) -> None:
    """Draw a table with its first row at `row`; the heights of the rows are set by the caller."""
    lefts = list(accumulate((column.span for column in table.columns), initial=table.left))
    if table.has_header:
        cell_format = formats.get(
            bold=True, font_size=DENSE_PT, font_color=WHITE, bg_color=NAVY, border=1, border_color=LINE,
            align="center", text_wrap=True,
        )  # fmt: skip
        for column, left in zip(table.columns, lefts, strict=False):
            write_across(sheet, row, left, column.span, column.title, cell_format)
        row += 1
    for number, values in enumerate(table.rows):
        tones: Sequence[CellTone | None] = table.tones[number] if table.tones else (None,) * len(values)
        for column, left, value, tone in zip(table.columns, lefts, values, tones, strict=False):
            cell_format = _cell_format(column, value, tone, formats)
            write_across(sheet, row + number, left, column.span, "", cell_format)
            _write(sheet, row + number, left, value, cell_format)
    _draw_bars(sheet, row, table, lefts)


def _cell_format(column: DashboardColumn, value: CellValue, tone: CellTone | None, formats: Formats) -> Format:
    """Return the format of a cell."""
    properties: dict[str, object] = {"font_size": DENSE_PT, "border": 1, "border_color": LINE, "align": column.align}
    if column.align != "center":
        properties["indent"] = 1
    if column.bold:
        properties["bold"] = True
    if isinstance(value, str):
        properties["text_wrap"] = True
    else:
        properties["num_format"] = NUMBER_FORMATS[column.format]
    if tone:
        properties |= {"bg_color": CHIPS[tone].fill, "font_color": CHIPS[tone].font_colour, "bold": True}
    return formats.get(**properties)


def _write(sheet: Worksheet, row: int, col: int, value: CellValue, cell_format: Format) -> None:
    """Write a value by its type; a text is never taken for a formula, a number or a link."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, col, value, cell_format)
    elif isinstance(value, bool):
        sheet.write_boolean(row, col, value, cell_format)
    elif isinstance(value, date):
        as_datetime = value if isinstance(value, datetime) else datetime.combine(value, time.min)
        sheet.write_datetime(row, col, as_datetime, cell_format)
    else:
        sheet.write_number(row, col, value, cell_format)


def _draw_bars(sheet: Worksheet, row: int, table: DashboardTable, lefts: Sequence[int]) -> None:
    """Add bars to the columns that have them; a bar is full at 100 %."""
    if not table.rows:
        return
    rule = {
        "type": "data_bar", "bar_solid": True, "bar_color": _BAR_COLOUR,
        "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
    }  # fmt: skip
    for column, left in zip(table.columns, lefts, strict=False):
        if column.bar:
            sheet.conditional_format(row, left, row + len(table.rows) - 1, left + column.span - 1, rule)
