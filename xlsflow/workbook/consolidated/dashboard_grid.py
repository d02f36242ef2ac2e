"""Draws a matrix of counts on a dashboard: a header to the left of each row, one below each column."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import column_units, lines_needed, row_height
from xlsflow.workbook.consolidated.dashboard_table import split_grid
from xlsflow.workbook.style.formats import Formats, write_across
from xlsflow.workbook.style.theme import CHIPS, DENSE_PT, GRID_PX, SLATE, WHITE

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.model.report_model import CountGrid

_ROW_PT, _AXIS_PT = 19.0, 16.0


@dataclass(frozen=True, slots=True)
class DashboardGrid:
    """A grid that is drawn across some columns of a dashboard's grid."""

    grid: CountGrid
    left: int
    span: int

    def row_heights(self) -> list[float]:
        """Return the height in points of each row: those of the cells, the headers below, the note."""
        heights = [_ROW_PT] * len(self.grid.rows) + [_AXIS_PT]
        if self.grid.note:
            lines = lines_needed(self.grid.note, column_units(self.span * GRID_PX), DENSE_PT)
            heights.append(row_height(lines, DENSE_PT, least=_AXIS_PT))
        return heights

    def draw(self, sheet: Worksheet, row: int, formats: Formats) -> None:
        """Draw the grid with its first row at `row`; the heights of the rows are set by the caller."""
        spans = split_grid([1.2, *(1.0 for _ in self.grid.columns)], self.span)
        lefts = list(accumulate(spans, initial=self.left))
        axis = formats.get(font_size=DENSE_PT, font_color=SLATE, align="center")
        for number, (head, cells) in enumerate(zip(self.grid.rows, self.grid.cells, strict=True), start=row):
            write_across(sheet, number, self.left, spans[0], head, axis)
            for cell, left, span in zip(cells, lefts[1:], spans[1:], strict=False):
                chip = CHIPS[cell.tone]
                look = formats.get(
                    font_size=DENSE_PT, bold=True, align="center", bg_color=chip.fill, font_color=chip.font_colour,
                    border=1, border_color=WHITE,
                )  # fmt: skip
                write_across(sheet, number, left, span, cell.text, look)
        below = row + len(self.grid.rows)
        for head, left, span in zip(self.grid.columns, lefts[1:], spans[1:], strict=False):
            write_across(sheet, below, left, span, head, axis)
        if self.grid.note:
            note = formats.get(font_size=DENSE_PT, font_color=SLATE, align="left", text_wrap=True)
            write_across(sheet, below + 1, self.left, self.span, self.grid.note, note)
