"""Draws a board: banner, conclusion, tiles, small tables and charts, laid out on one printed page of A4.

The sheet is a grid of narrow columns; whatever stands on it takes several, so that panels of different widths stand
side by side. Rows are shared by the panels of a band: a row is as high as the fullest of its cells, a chart as high
as its band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.workbook.consolidated.dashboard_chart import Charts
from xlsflow.workbook.consolidated.dashboard_table import (
    draw_table,
    row_heights,
)
from xlsflow.workbook.consolidated.page_model import (
    GRID,
    BoardPage,
    BoardTable,
    Panel,
    Tile,
)
from xlsflow.workbook.style.formats import (
    Formats,
    printed,
    spread,
)
from xlsflow.workbook.style.theme import (
    BLUE,
    BODY_PT,
    CHIPS,
    DENSE_PT,
    FIGURE_PT,
    GRID_PX,
    NAVY,
    PANEL,
    PAPER_A4,
    SLATE,
    TITLE_PT,
    TITLE_ROW_PT,
    WHITE,
    lines_needed,
    row_height,
    units,
)

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

GAP_PT = 8.0
HEADING_PT = 21.0
BODY_ROW_PT = 18.0
FIGURE_ROW_PT = 30.0
MARGIN_IN = 0.4
FOOT_IN = 0.55
ASIDE_SPAN = 16


class Boards:
    """The boards of one workbook, and the figures that their charts are drawn from."""

    def __init__(self, book: Workbook, formats: Formats) -> None:
        self._formats = formats
        self._charts = Charts(book)

    def draw(self, sheet: Worksheet, page: BoardPage) -> None:
        """Draw one board on an empty sheet."""
        sheet.set_column_pixels(0, GRID - 1, GRID_PX)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(page.tab)
        row = self._head(sheet, page)
        for band in page.bands:
            row = self._band(sheet, row, band)
        _print_set_up(sheet, page, row - 1)

    def finish(self) -> None:
        """Add the hidden sheet with the figures of all charts, where there are any."""
        self._charts.finish()

    def _head(self, sheet: Worksheet, page: BoardPage) -> int:
        """Draw banner, meta line, conclusion and tiles; return the row after them."""
        get = self._formats.get
        banner = {"bg_color": NAVY, "font_color": WHITE, "indent": 1}
        sheet.set_row(0, TITLE_ROW_PT)
        spread(sheet, 0, 0, GRID - ASIDE_SPAN, page.title, get(**banner, bold=True, font_size=TITLE_PT, align="left"))
        spread(sheet, 0, GRID - ASIDE_SPAN, ASIDE_SPAN, page.aside, get(**banner, align="right"))
        row = self._line(sheet, 1, page.meta, DENSE_PT, {"bg_color": PANEL})
        row = _gap(sheet, row)
        if page.conclusion:
            chip = CHIPS[page.tone]
            look = {"bg_color": chip.fill, "font_color": chip.ink, "bold": True, "border": 1, "border_color": chip.ink}
            row = _gap(sheet, self._line(sheet, row, page.conclusion, BODY_PT, look))
        if page.tiles:
            row = _gap(sheet, self._tiles(sheet, row, page.tiles))
        return row

    def _line(self, sheet: Worksheet, row: int, text: str, pt: float, look: dict[str, object]) -> int:
        """Draw a text across the whole board; return the row after it."""
        lines = lines_needed(text, units(GRID * GRID_PX) - 2, pt)
        sheet.set_row(row, row_height(lines, pt, least=BODY_ROW_PT))
        spread(
            sheet, row, 0, GRID, text, self._formats.get(font_size=pt, align="left", indent=1, text_wrap=True, **look)
        )
        return row + 1

    def _tiles(self, sheet: Worksheet, row: int, tiles: tuple[Tile, ...]) -> int:
        """Draw the big figures side by side; return the row after them."""
        edges = [GRID * place // len(tiles) for place in range(len(tiles) + 1)]
        small_lines = 1
        for tile, left, right in zip(tiles, edges, edges[1:], strict=False):
            span = right - left
            chip = CHIPS[tile.tone]
            # A thick edge instead of a frame; it also parts tiles of the same colour.
            look = {"bg_color": chip.fill, "align": "left", "indent": 1, "left": 5, "left_color": chip.ink}
            label = self._formats.get(**look, font_size=DENSE_PT, font_color=SLATE)
            figure = self._formats.get(**look, font_size=FIGURE_PT, bold=True, font_color=chip.ink)
            small = self._formats.get(**look, font_size=DENSE_PT, font_color=chip.ink, text_wrap=True)
            for line, (text, drawn) in enumerate(((tile.label, label), (tile.figure, figure), (tile.small, small))):
                spread(sheet, row + line, left, span, text, drawn)
            small_lines = max(small_lines, lines_needed(tile.small, units(span * GRID_PX) - 2, DENSE_PT))
        sheet.set_row(row, BODY_ROW_PT)
        sheet.set_row(row + 1, FIGURE_ROW_PT)
        sheet.set_row(row + 2, row_height(small_lines, DENSE_PT, least=BODY_ROW_PT))
        return row + 3

    def _band(self, sheet: Worksheet, row: int, panels: tuple[Panel, ...]) -> int:
        """Draw panels side by side; return the row after them."""
        heights: list[float] = []
        for panel in panels:
            if isinstance(panel, BoardTable):
                own = row_heights(panel)
                shared = zip(heights, own, strict=False)
                heights = [max(pair) for pair in shared] + heights[len(own) :] + own[len(heights) :]
        least = max((panel.height for panel in panels if not isinstance(panel, BoardTable)), default=0.0)
        while sum(heights) < least:
            heights.append(BODY_ROW_PT)
        sheet.set_row(row, HEADING_PT)
        for offset, height in enumerate(heights, start=1):
            sheet.set_row(row + offset, height)
        heading = self._formats.get(bold=True, font_size=BODY_PT, font_color=NAVY, bottom=2, bottom_color=BLUE)
        for panel in panels:
            spread(sheet, row, panel.left, panel.span, panel.title, heading)
            if isinstance(panel, BoardTable):
                draw_table(sheet, row + 1, panel, self._formats)
            else:
                self._charts.draw(sheet, row + 1, panel, heights)
        return _gap(sheet, row + 1 + len(heights))


def _gap(sheet: Worksheet, row: int) -> int:
    """Leave a little room; return the row after it."""
    sheet.set_row(row, GAP_PT)
    return row + 1


def _print_set_up(sheet: Worksheet, page: BoardPage, last: int) -> None:
    """Set how the board is printed: one page of A4 sideways."""
    sheet.set_paper(PAPER_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_margins(MARGIN_IN, MARGIN_IN, MARGIN_IN, FOOT_IN)
    sheet.print_area(0, 0, last, GRID - 1)
    left, right = page.footer
    sheet.set_footer(f"&L&8{printed(left)}&C&8&P / &N&R&8{printed(right)}", {"margin": MARGIN_IN / 2})
