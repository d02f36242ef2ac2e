"""Draws a small table on a dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import column_units, lines_needed, row_height
from xlsflow.workbook.consolidated.links import Places, link_column
from xlsflow.workbook.style.formats import NUMBER_FORMATS, Formats, write_across
from xlsflow.workbook.style.symbols import values_with_symbols
from xlsflow.workbook.style.theme import CHIPS, DENSE_PT, GRID_PX, LINE, NAVY, WHITE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.model.report_model import Listing, Mark, ReportColumn, ReportValue

_MIN_ROW_PT = 17.0
_MIN_HEADER_PT = 18.0
_BAR_COLOUR = "#9CCBB6"
# Width in units that the indent of a text takes.
_INDENT_WIDTH = 1.3


@dataclass(frozen=True, slots=True)
class DashboardTable:
    """A listing that is drawn across some columns of a dashboard's grid; without a header if no column has a title.

    Attributes:
        listing: The listing.
        left: First column of the grid.
        span: How many columns of the grid it takes.
        places: Where the rows that its rows are about are.
    """

    listing: Listing
    left: int
    span: int
    places: Places

    @property
    def _spans(self) -> list[int]:
        return split_grid([column.width for column in self.listing.columns], self.span)

    @property
    def _has_header(self) -> bool:
        return any(column.title for column in self.listing.columns)

    @property
    def _rows(self) -> list[tuple[ReportValue, ...]]:
        return list(zip(*map(values_with_symbols, self.listing.columns), strict=True))

    def row_heights(self) -> list[float]:
        """Return the height in points of each row, header included."""
        columns = self.listing.columns
        rooms = [_text_room(column, span) for column, span in zip(columns, self._spans, strict=True)]
        heights = []
        if self._has_header:
            titles = zip(columns, rooms, strict=True)
            lines = max(lines_needed(column.title, room, DENSE_PT) for column, room in titles)
            heights.append(row_height(lines, DENSE_PT, least=_MIN_HEADER_PT))
        for row in self._rows:
            texts = ((value, room) for value, room in zip(row, rooms, strict=True) if isinstance(value, str))
            lines = max((lines_needed(text, room, DENSE_PT) for text, room in texts), default=1)
            heights.append(row_height(lines, DENSE_PT, least=_MIN_ROW_PT))
        return heights

    def draw(self, sheet: Worksheet, row: int, formats: Formats) -> None:
        """Draw the table with its first row at `row`; the heights of the rows are set by the caller."""
        columns = self.listing.columns
        spans = self._spans
        lefts = list(accumulate(spans, initial=self.left))
        if self._has_header:
            cell_format = formats.get(
                bold=True, font_size=DENSE_PT, font_color=WHITE, bg_color=NAVY, border=1, border_color=LINE,
                align="center", text_wrap=True,
            )  # fmt: skip
            for column, left, span in zip(columns, lefts, spans, strict=False):
                write_across(sheet, row, left, span, column.title, cell_format)
            row += 1
        linked = columns[link_column(columns)]
        for number, values in enumerate(self._rows, start=row):
            place = self.places.row(self.listing.sources[number - row]) if self.listing.sources else ""
            for column, left, span, value in zip(columns, lefts, spans, values, strict=False):
                mark = column.marks[number - row] if column.marks else None
                cell_format = _cell_format(column, value, mark, formats)
                # First the merged range, then its value: `write_across` writes texts only.
                write_across(sheet, number, left, span, "", cell_format)
                if place and column is linked and isinstance(value, str):
                    sheet.write_url(number, left, f"internal:{place}", cell_format, value)
                else:
                    _write(sheet, number, left, value, cell_format)
        self._draw_bars(sheet, row, lefts)

    def _draw_bars(self, sheet: Worksheet, row: int, lefts: Sequence[int]) -> None:
        """Add bars to the columns of shares; a bar is full at 100 %."""
        rule = {
            "type": "data_bar", "bar_solid": True, "bar_color": _BAR_COLOUR,
            "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
        }  # fmt: skip
        for column, (left, end) in zip(self.listing.columns, pairwise(lefts), strict=True):
            if column.format == "percent" and self.listing.rows:
                sheet.conditional_format(row, left, row + self.listing.rows - 1, end - 1, rule)


def split_grid(widths: Sequence[float], whole: int) -> list[int]:
    """Return grid columns divided in proportion to widths, at least one each.

    >>> split_grid([1, 7], 16)
    [2, 14]
    """
    total = sum(widths)
    # Rounding the running totals instead of each width keeps the sum exact.
    edges = [round(whole * edge / total) for edge in accumulate(widths, initial=0.0)]
    taken = [max(after - before, 1) for before, after in pairwise(edges)]
    # "At least one" may add up to more than there are: the widest column gives way.
    taken[taken.index(max(taken))] += whole - sum(taken)
    return taken


def _text_room(column: ReportColumn, span: int) -> float:
    """Return the width in units that a column has for text."""
    return column_units(span * GRID_PX) - (_INDENT_WIDTH if column.format == "long" else 0)


def _cell_format(column: ReportColumn, value: ReportValue, mark: Mark | None, formats: Formats) -> Format:
    """Return the format of a cell."""
    properties: dict[str, object] = {"font_size": DENSE_PT, "border": 1, "border_color": LINE}
    properties |= {"align": "left", "indent": 1} if column.format == "long" else {"align": "center"}
    if column.format == "id":
        properties["bold"] = True
    if isinstance(value, str):
        properties["text_wrap"] = True
    else:
        properties["num_format"] = NUMBER_FORMATS[column.format]
    if mark:
        properties |= {"bg_color": CHIPS[mark].fill, "font_color": CHIPS[mark].font_colour, "bold": True}
    return formats.get(**properties)


def _write(sheet: Worksheet, row: int, col: int, value: ReportValue, cell_format: Format) -> None:
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
