"""Draws an overview as a dashboard: banner, conclusion, tiles, small tables and charts on one printed A4 page.

The sheet is a grid of narrow columns, and every panel takes several, so that panels of different widths fit side by
side. The panels of a band share its rows: a row is as high as its fullest cell requires, a chart as high as its band.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import column_units, lines_needed, row_height
from xlsflow.model.report_model import Chart, Listing
from xlsflow.workbook.consolidated.dashboard_chart import ChartWriter, chart_height
from xlsflow.workbook.consolidated.dashboard_table import DashboardTable
from xlsflow.workbook.style import theme
from xlsflow.workbook.style.formats import Formats, header_footer_text, write_across
from xlsflow.workbook.style.symbols import with_symbol

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.model.report_model import KeyFigure, Overview

GRID_COLUMNS = 48
"""Columns of a dashboard's grid: they divide into halves, thirds, quarters, sixths and eighths, and fill the paper."""

# Grid columns of the left panel of a band; first one of the right panel, and how many it has:
# one column of the grid stays free between the two.
_LEFT_SPAN = 33
_RIGHT = _LEFT_SPAN + 1
_RIGHT_SPAN = GRID_COLUMNS - _RIGHT

_FACT_SEPARATOR = "    |    "
_GAP_PT = 8.0
_HEADING_PT = 21.0
_BODY_ROW_PT = 18.0
_FIGURE_ROW_PT = 30.0
_MARGIN_IN = 0.4
_FOOTER_MARGIN_IN = 0.55
_ASIDE_SPAN = 16


class DashboardWriter:
    """Draws the dashboards of one workbook, and stores the figures of their charts."""

    def __init__(self, workbook: Workbook, formats: Formats) -> None:
        self._formats = formats
        self._charts = ChartWriter(workbook)

    def draw(self, sheet: Worksheet, overview: Overview) -> None:
        """Draw one dashboard on an empty sheet."""
        sheet.set_column_pixels(0, GRID_COLUMNS - 1, theme.GRID_PX)
        # 2: on the screen, too; 1 hides them on paper only.
        sheet.hide_gridlines(2)
        sheet.set_tab_color(theme.NAVY)
        row = self._draw_head(sheet, overview)
        row = self._draw_band(sheet, row, overview.signals, overview.status)
        row = self._draw_band(sheet, row, overview.overdue, overview.ageing)
        row = self._draw_band(sheet, row, overview.attention, overview.owners)
        _apply_page_setup(sheet, overview, row - 1)

    def finish(self) -> None:
        """Add the hidden sheet with the figures of all charts, if there are any; call it after the last dashboard."""
        self._charts.finish()

    def _draw_head(self, sheet: Worksheet, overview: Overview) -> int:
        """Draw banner, meta line, conclusion and tiles; return the row after them."""
        get = self._formats.get
        banner = {"bg_color": theme.NAVY, "font_color": theme.WHITE, "indent": 1}
        sheet.set_row(0, theme.TITLE_ROW_PT)
        title_format = get(**banner, bold=True, font_size=theme.TITLE_PT, align="left")
        write_across(sheet, 0, 0, GRID_COLUMNS - _ASIDE_SPAN, overview.title, title_format)
        aside = GRID_COLUMNS - _ASIDE_SPAN
        write_across(sheet, 0, aside, _ASIDE_SPAN, overview.round_text, get(**banner, align="right"))
        row = self._draw_line(sheet, 1, _FACT_SEPARATOR.join(overview.facts), theme.DENSE_PT, {"bg_color": theme.PANEL})
        row = _gap(sheet, row)
        chip = theme.CHIPS[overview.mark]
        colours = {"bg_color": chip.fill, "font_color": chip.font_colour, "border_color": chip.font_colour}
        conclusion = with_symbol(overview.mark, overview.conclusion)
        row = _gap(
            sheet, self._draw_line(sheet, row, conclusion, theme.BODY_PT, {**colours, "bold": True, "border": 1})
        )
        return _gap(sheet, self._draw_tiles(sheet, row, overview.figures))

    def _draw_line(self, sheet: Worksheet, row: int, text: str, pt: float, properties: dict[str, object]) -> int:
        """Draw a text across the whole width; return the row after it."""
        lines = lines_needed(text, column_units(GRID_COLUMNS * theme.GRID_PX) - 2, pt)
        sheet.set_row(row, row_height(lines, pt, least=_BODY_ROW_PT))
        line_format = self._formats.get(font_size=pt, align="left", indent=1, text_wrap=True, **properties)
        write_across(sheet, row, 0, GRID_COLUMNS, text, line_format)
        return row + 1

    def _draw_tiles(self, sheet: Worksheet, row: int, tiles: tuple[KeyFigure, ...]) -> int:
        """Draw the big figures side by side; return the row after them."""
        # Rounded edges instead of a rounded width: the last tile ends at the edge of the page.
        edges = [GRID_COLUMNS * number // len(tiles) for number in range(len(tiles) + 1)]
        small_lines = 1
        for tile, left, right in zip(tiles, edges, edges[1:], strict=False):
            span = right - left
            chip = theme.CHIPS[tile.mark]
            # A thick left border also separates neighbouring tiles of the same colour.
            properties = {
                "bg_color": chip.fill,
                "align": "left",
                "indent": 1,
                "left": 5,
                "left_color": chip.font_colour,
            }
            label = self._formats.get(**properties, font_size=theme.DENSE_PT, font_color=theme.SLATE)
            figure = self._formats.get(**properties, font_size=theme.FIGURE_PT, bold=True, font_color=chip.font_colour)
            small = self._formats.get(
                **properties, font_size=theme.DENSE_PT, font_color=chip.font_colour, text_wrap=True
            )
            for line, (text, text_format) in enumerate(
                ((tile.label, label), (tile.figure, figure), (tile.small, small))
            ):
                write_across(sheet, row + line, left, span, text, text_format)
            small_lines = max(
                small_lines, lines_needed(tile.small, column_units(span * theme.GRID_PX) - 2, theme.DENSE_PT)
            )
        sheet.set_row(row, _BODY_ROW_PT)
        sheet.set_row(row + 1, _FIGURE_ROW_PT)
        sheet.set_row(row + 2, row_height(small_lines, theme.DENSE_PT, least=_BODY_ROW_PT))
        return row + 3

    def _draw_band(self, sheet: Worksheet, row: int, listing: Listing, beside: Listing | Chart) -> int:
        """Draw two panels side by side; return the row after them."""
        left = DashboardTable(listing, 0, _LEFT_SPAN)
        right = DashboardTable(beside, _RIGHT, _RIGHT_SPAN) if isinstance(beside, Listing) else None
        pairs = zip_longest(left.row_heights(), right.row_heights() if right else (), fillvalue=0.0)
        heights = [max(pair) for pair in pairs]
        # A chart has no rows of its own: the band gets blank ones until it fits.
        while isinstance(beside, Chart) and sum(heights) < chart_height(beside):
            heights.append(_BODY_ROW_PT)
        sheet.set_row(row, _HEADING_PT)
        for offset, height in enumerate(heights, start=1):
            sheet.set_row(row + offset, height)
        heading = self._formats.get(
            bold=True, font_size=theme.BODY_PT, font_color=theme.NAVY, bottom=2, bottom_color=theme.BLUE
        )
        write_across(sheet, row, 0, _LEFT_SPAN, listing.title, heading)
        left.draw(sheet, row + 1, self._formats)
        write_across(sheet, row, _RIGHT, _RIGHT_SPAN, beside.title, heading)
        if right:
            right.draw(sheet, row + 1, self._formats)
        elif isinstance(beside, Chart):
            self._charts.draw(sheet, beside, at=(row + 1, _RIGHT), span=_RIGHT_SPAN, heights=heights)
        return _gap(sheet, row + 1 + len(heights))


def _gap(sheet: Worksheet, row: int) -> int:
    """Make a row a small gap; return the row after it."""
    sheet.set_row(row, _GAP_PT)
    return row + 1


def _apply_page_setup(sheet: Worksheet, overview: Overview, last: int) -> None:
    """Apply the page setup: one A4 page in landscape."""
    sheet.set_paper(theme.PAPER_A4)
    sheet.set_landscape()
    # One page, whatever is on it: the listings hold what the overview leaves out.
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_margins(_MARGIN_IN, _MARGIN_IN, _MARGIN_IN, _FOOTER_MARGIN_IN)
    sheet.print_area(0, 0, last, GRID_COLUMNS - 1)
    left, right = overview.footer
    sheet.set_footer(
        f"&L&8{header_footer_text(left)}&C&8&P / &N&R&8{header_footer_text(right)}", {"margin": _MARGIN_IN / 2}
    )
