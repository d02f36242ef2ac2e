"""Draws a small table on a board."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import accumulate
from typing import TYPE_CHECKING

from xlsflow.workbook.style.formats import (
    NUMBER_FORMATS,
    Formats,
    spread,
)
from xlsflow.workbook.style.theme import (
    CHIPS,
    DENSE_PT,
    GRID_PX,
    LINE,
    NAVY,
    WHITE,
    Tone,
    lines_needed,
    row_height,
    units,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.consolidated.page_model import (
        BoardColumn,
        BoardTable,
        Value,
    )

LEAST_ROW_PT = 19.0
LEAST_HEADER_PT = 22.0
BAR = "#9CCBB6"
INDENT = 1.3
"""Units that an indented text cannot use."""


def row_heights(table: BoardTable) -> list[float]:
    """Return the height in points of each row that a table takes, its header included."""
    heights = []
    if table.headed:
        lines = max(lines_needed(column.title, _room(column), DENSE_PT) for column in table.columns)
        heights.append(row_height(lines, DENSE_PT, least=LEAST_HEADER_PT))
    for row in table.rows:
        texts = ((column, value) for column, value in zip(table.columns, row, strict=True) if isinstance(value, str))
        lines = max((lines_needed(text, _room(column), DENSE_PT) for column, text in texts), default=1)
        heights.append(row_height(lines, DENSE_PT, least=LEAST_ROW_PT))
    return heights


def _room(column: BoardColumn) -> float:
    """Return the width in units that a column leaves for text."""
    return units(column.span * GRID_PX) - (INDENT if column.align != "center" else 0)


def draw_table(sheet: Worksheet, row: int, table: BoardTable, formats: Formats) -> None:
    """Draw a table from a row on; the rows' heights are set already."""
    lefts = list(accumulate((column.span for column in table.columns), initial=table.left))
    if table.headed:
        look = formats.get(
            bold=True, font_size=DENSE_PT, font_color=WHITE, bg_color=NAVY, border=1, border_color=LINE,
            align="center", text_wrap=True,
        )  # fmt: skip
        for column, left in zip(table.columns, lefts, strict=False):
            spread(sheet, row, left, column.span, column.title, look)
        row += 1
    for number, values in enumerate(table.rows):
        tones: Sequence[Tone | None] = table.tones[number] if table.tones else (None,) * len(values)
        for column, left, value, tone in zip(table.columns, lefts, values, tones, strict=False):
            look = _look(column, value, tone, formats)
            spread(sheet, row + number, left, column.span, "", look)
            _write(sheet, row + number, left, value, look)
    _draw_bars(sheet, row, table, lefts)


def _look(column: BoardColumn, value: Value, tone: Tone | None, formats: Formats) -> Format:
    """Return the format of one cell."""
    look: dict[str, object] = {"font_size": DENSE_PT, "border": 1, "border_color": LINE, "align": column.align}
    if column.align != "center":
        look["indent"] = 1
    if column.bold:
        look["bold"] = True
    if isinstance(value, str):
        look["text_wrap"] = True
    else:
        look["num_format"] = NUMBER_FORMATS[column.format]
    if tone:
        look |= {"bg_color": CHIPS[tone].fill, "font_color": CHIPS[tone].ink, "bold": True}
    return formats.get(**look)


def _write(sheet: Worksheet, row: int, col: int, value: Value, look: Format) -> None:
    """Write one value as what it is; a text is never taken for a formula, a number or a link."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, col, value, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, col, value, look)
    elif isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time.min)
        sheet.write_datetime(row, col, moment, look)
    else:
        sheet.write_number(row, col, value, look)


def _draw_bars(sheet: Worksheet, row: int, table: BoardTable, lefts: Sequence[int]) -> None:
    """Lay bars into the columns that ask for them, full at 100 %."""
    if not table.rows:
        return
    rule = {
        "type": "data_bar", "bar_solid": True, "bar_color": BAR,
        "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
    }  # fmt: skip
    for column, left in zip(table.columns, lefts, strict=False):
        if column.bar:
            sheet.conditional_format(row, left, row + len(table.rows) - 1, left + column.span - 1, rule)
