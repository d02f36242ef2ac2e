"""Draws a board: banner, conclusion, tiles, small tables and charts, laid out on one printed page of A4.

The sheet is a grid of narrow columns; whatever stands on it takes several, so that panels of different widths stand side by side. Rows are
shared by the panels of a band: a row is as high as the fullest of its cells, and a chart is as high as its band.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from xlsflow.workbook.data_page import NUMBER_FORMATS, Formats, printed
from xlsflow.workbook.pages import BoardChart, BoardPage, BoardTable, Panel, Tile, Value
from xlsflow.workbook.style import (
    BLUE,
    CHIPS,
    DENSE_PT,
    FIGURE_PT,
    INK,
    LINE,
    NAVY,
    PANEL,
    PAPER_A4,
    SLATE,
    TITLE_PT,
    TITLE_ROW_PT,
    WHITE,
    Tone,
    lines_needed,
    row_height,
    units,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

GRID = 48
"""Columns of a board: divides into halves, thirds, quarters, sixths and eighths."""

GRID_PX = 22
"""48 of them are as wide as the paper."""

PX_PER_PT = 4 / 3
GAP_PT = 8.0
HEADING_PT = 20.0
SMALL_ROW_PT = 18.0

CHART_DATA = "_data"
"""The hidden sheet that charts take their figures from."""
