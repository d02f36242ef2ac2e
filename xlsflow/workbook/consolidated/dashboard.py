"""Draws an overview as a dashboard: banner, conclusion, tiles, small tables and charts on one printed A4 page.

The sheet is a grid of narrow columns, and every panel takes several, so that panels of different widths fit side by
side. The panels of a band share its rows: a row is as high as its fullest cell requires, a chart as high as its band.
What would make the letters of the printed page too small is left to a second sheet and to the lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING

from xlsflow.layout.text_metrics import column_units, lines_needed, row_height
from xlsflow.model.report_model import Chart, CountGrid, Listing
from xlsflow.workbook.consolidated.dashboard_chart import ChartWriter, chart_height
from xlsflow.workbook.consolidated.dashboard_grid import DashboardGrid
from xlsflow.workbook.consolidated.dashboard_table import DashboardTable
from xlsflow.workbook.consolidated.links import Places
from xlsflow.workbook.style import theme
from xlsflow.workbook.style.formats import Formats, header_footer_text, write_across
from xlsflow.workbook.style.symbols import with_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.model.report_model import KeyFigure, Overview, Panel

GRID_COLUMNS = 48
"""Columns of a dashboard's grid: they divide into halves, thirds, quarters, sixths and eighths, and fill the paper."""

# CountGrid columns of the panels of a band, by how many there are; one column stays free between two.
_SPANS: Mapping[int, tuple[int, ...]] = {1: (GRID_COLUMNS,), 2: (31, 16), 3: (22, 12, 12)}
# Two tables of the second page are equally wide.
_HALVES = (24, 23)

PAGE_PT = 620.0
"""Height in points that is printed on one page with letters of 7.5 points or more: A4 across without its margins has
527, which is 85 % of it."""

# What a page of the second sheet holds at full size.
_MORE_PAGE_PT = 500.0

_FACT_SEPARATOR = "    |    "
_GAP_PT = 6.0
_TITLE_PT = 28.0
_HEADING_PT = 19.0
_BODY_ROW_PT = 17.0
_FIGURE_ROW_PT = 27.0
_MARGIN_IN = 0.4
_FOOTER_MARGIN_IN = 0.55
_ASIDE_SPAN = 16
_LINKS_A_ROW = 6
# Tables of so many columns take the whole width.
_WIDE_TABLE = 8
# Row of the first band of a second sheet, below its title; rows that a table keeps on the first page.
_FIRST_BAND, _LEAST_ROWS = 2, 1

_Band = tuple[Sequence["Panel"], Sequence[int]]
"""Panels side by side, and how many columns of the grid each takes."""


class DashboardWriter:
    """Draws the dashboards of one workbook, and stores the figures of their charts."""

    def __init__(self, workbook: Workbook, formats: Formats, places: Places) -> None:
        self._formats = formats
        self._charts = ChartWriter(workbook)
        self._places = places

    def draw(self, sheet: Worksheet, overview: Overview) -> None:
        """Draw the first page of an overview on an empty sheet."""
        self._set_up(sheet)
        row, used = self._draw_head(sheet, overview)
        bands = [(panels, _SPANS[len(panels)]) for panels in overview.bands]
        for panels, spans in self._fitting(bands, PAGE_PT - used):
            row = self._draw_band(sheet, row, panels, spans)
        _apply_page_setup(sheet, overview, row - 2)
        # One page; its height is limited, so that the letters stay readable.
        sheet.fit_to_pages(1, 1)
        self._draw_links(sheet, row)

    def _draw_links(self, sheet: Worksheet, row: int) -> None:
        """Draw a link to every other visible sheet below what is printed."""
        link = self._formats.get(font_size=theme.DENSE_PT, font_color=theme.BLUE, underline=1)
        span = GRID_COLUMNS // _LINKS_A_ROW
        for number, (key, names) in enumerate(self._places.sheets.items()):
            line, place = divmod(number, _LINKS_A_ROW)
            write_across(sheet, row + line, place * span, span, names[0], link)
            sheet.write_url(row + line, place * span, f"internal:{self._places.page(key)}", link, names[0])

    def draw_more(self, sheet: Worksheet, overview: Overview) -> None:
        """Draw what does not fit on the first page on an empty sheet."""
        self._set_up(sheet)
        get = self._formats.get
        title = get(bold=True, font_size=theme.TITLE_PT, bg_color=theme.NAVY, font_color=theme.WHITE, indent=1)
        sheet.set_row(0, theme.TITLE_ROW_PT)
        write_across(sheet, 0, 0, GRID_COLUMNS, overview.title, title)
        row, used, breaks = _gap(sheet, 1), theme.TITLE_ROW_PT + _GAP_PT, []
        for panels, spans in _more_bands(overview.more):
            height = _HEADING_PT + sum(self._row_heights(panels, spans))
            if used + height > _MORE_PAGE_PT and row > _FIRST_BAND:
                breaks.append(row)
                used = 0.0
            row = self._draw_band(sheet, row, panels, spans)
            used += height + _GAP_PT
        sheet.set_h_pagebreaks(breaks)
        _apply_page_setup(sheet, overview, row - 2)
        sheet.fit_to_pages(1, 0)

    def _set_up(self, sheet: Worksheet) -> None:
        sheet.set_column_pixels(0, GRID_COLUMNS - 1, theme.GRID_PX)
        # 2: on the screen, too; 1 hides them on paper only.
        sheet.hide_gridlines(2)
        sheet.set_tab_color(theme.NAVY)

    def _fitting(self, bands: Sequence[_Band], room: float) -> list[_Band]:
        """Return bands that fit into a height: the highest tables lose rows, which the lists have."""
        bands = list(bands)
        heights = [sum(self._row_heights(*band)) for band in bands]
        while sum(heights) + len(bands) * (_HEADING_PT + _GAP_PT) > room:
            shorter = [(tuple(map(_shorter, panels)), spans) for panels, spans in bands]
            saved = [height - sum(self._row_heights(*band)) for height, band in zip(heights, shorter, strict=True)]
            # Beside a chart that is as high, a row less saves nothing.
            at = max(range(len(bands)), key=lambda at: (saved[at] > 0, heights[at]))
            if saved[at] <= 0:
                break
            bands[at] = shorter[at]
            heights[at] -= saved[at]
        return bands

    def finish(self) -> None:
        """Add the hidden sheet with the figures of all charts, if there are any; call it after the last dashboard."""
        self._charts.finish()

    def _draw_head(self, sheet: Worksheet, overview: Overview) -> tuple[int, float]:
        """Draw banner, meta line, conclusion and tiles; return the row after them, and their height."""
        get = self._formats.get
        banner = {"bg_color": theme.NAVY, "font_color": theme.WHITE, "indent": 1}
        sheet.set_row(0, _TITLE_PT)
        title_format = get(**banner, bold=True, font_size=theme.TITLE_PT, align="left")
        write_across(sheet, 0, 0, GRID_COLUMNS - _ASIDE_SPAN, overview.title, title_format)
        aside = GRID_COLUMNS - _ASIDE_SPAN
        write_across(sheet, 0, aside, _ASIDE_SPAN, overview.round_text, get(**banner, align="right"))
        panel: dict[str, object] = {"bg_color": theme.PANEL}
        facts = self._draw_line(sheet, 1, _FACT_SEPARATOR.join(overview.facts), theme.DENSE_PT, panel)
        _gap(sheet, 2)
        chip = theme.CHIPS[overview.mark]
        colours = {"bg_color": chip.fill, "font_color": chip.font_colour, "border_color": chip.font_colour}
        look: dict[str, object] = {**colours, "bold": True, "border": 1}
        conclusion = self._draw_line(sheet, 3, with_symbol(overview.mark, overview.conclusion), theme.BODY_PT, look)
        _gap(sheet, 4)
        row, tiles = self._draw_tiles(sheet, 5, overview.figures)
        used = _TITLE_PT + facts + conclusion + tiles + 3 * _GAP_PT
        return _gap(sheet, row), used

    def _draw_line(self, sheet: Worksheet, row: int, text: str, pt: float, properties: dict[str, object]) -> float:
        """Draw a text across the whole width; return the height of its row."""
        lines = lines_needed(text, column_units(GRID_COLUMNS * theme.GRID_PX) - 2, pt)
        height = row_height(lines, pt, least=_BODY_ROW_PT)
        sheet.set_row(row, height)
        line_format = self._formats.get(font_size=pt, align="left", indent=1, text_wrap=True, **properties)
        write_across(sheet, row, 0, GRID_COLUMNS, text, line_format)
        return height

    def _draw_tiles(self, sheet: Worksheet, row: int, tiles: tuple[KeyFigure, ...]) -> tuple[int, float]:
        """Draw the big figures side by side; return the row after them, and their height."""
        # Rounded edges instead of a rounded width: the last tile ends at the edge of the page.
        edges = [GRID_COLUMNS * number // len(tiles) for number in range(len(tiles) + 1)]
        small_lines = 1
        for tile, left, right in zip(tiles, edges, edges[1:], strict=False):
            span = right - left
            small_lines = max(small_lines, self._draw_tile(sheet, row, tile, left, span))
        heights = (_BODY_ROW_PT, _FIGURE_ROW_PT, row_height(small_lines, theme.DENSE_PT, least=_BODY_ROW_PT))
        for line, height in enumerate(heights):
            sheet.set_row(row + line, height)
        return row + len(heights), sum(heights)

    def _draw_tile(self, sheet: Worksheet, row: int, tile: KeyFigure, left: int, span: int) -> int:
        """Draw one tile on three rows; return how many lines its small print takes."""
        chip = theme.CHIPS[tile.mark]
        # A thick left border also separates neighbouring tiles of the same colour.
        properties = {
            "bg_color": chip.fill, "align": "left", "indent": 1, "left": 5, "left_color": chip.font_colour,
        }  # fmt: skip
        label = self._formats.get(**properties, font_size=theme.DENSE_PT, font_color=theme.INK)
        figure = self._formats.get(**properties, font_size=theme.FIGURE_PT, bold=True, font_color=chip.font_colour)
        small = self._formats.get(**properties, font_size=theme.DENSE_PT, font_color=chip.font_colour, text_wrap=True)
        # Of how many regions the figures tell stands in the line of facts: a line for it in each tile costs rows.
        details = " · ".join(filter(None, (tile.small, tile.before)))
        for line, (text, text_format) in enumerate(((tile.label, label), (tile.figure, figure), (details, small))):
            write_across(sheet, row + line, left, span, text, text_format)
        if place := self._places.page(tile.listing):
            sheet.write_url(row + 1, left, f"internal:{place}", figure, tile.figure)
        return lines_needed(details, column_units(span * theme.GRID_PX) - 2, theme.DENSE_PT)

    def _row_heights(self, panels: Sequence[Panel], spans: Sequence[int]) -> list[float]:
        """Return the height of each row of a band below its heading."""
        drawn = [self._panel(panel, left, span) for panel, (left, span) in zip(panels, _lefts(spans), strict=False)]
        rows = zip_longest(*(panel.row_heights() for panel in drawn if panel), fillvalue=0.0)
        heights = [max(row) for row in rows]
        # A chart has no rows of its own: the band gets blank ones until it fits.
        for panel in panels:
            while isinstance(panel, Chart) and sum(heights) < chart_height(panel):
                heights.append(_BODY_ROW_PT)
        return heights

    def _panel(self, panel: Panel, left: int, span: int) -> DashboardTable | DashboardGrid | None:
        """Return a panel that is drawn in cells; None for a chart."""
        if isinstance(panel, Listing):
            return DashboardTable(panel, left, span, self._places)
        return DashboardGrid(panel, left, span) if isinstance(panel, CountGrid) else None

    def _draw_band(self, sheet: Worksheet, row: int, panels: Sequence[Panel], spans: Sequence[int]) -> int:
        """Draw panels side by side; return the row after them."""
        heights = self._row_heights(panels, spans)
        sheet.set_row(row, _HEADING_PT)
        for offset, height in enumerate(heights, start=1):
            sheet.set_row(row + offset, height)
        look = {"bold": True, "font_color": theme.NAVY, "bottom": 2, "bottom_color": theme.BLUE}
        heading = self._formats.get(font_size=theme.BODY_PT, **look)
        for panel, (left, span) in zip(panels, _lefts(spans), strict=False):
            write_across(sheet, row, left, span, panel.title, heading)
            if place := self._places.page(panel.key):
                sheet.write_url(row, left, f"internal:{place}", heading, panel.title)
            drawn = self._panel(panel, left, span)
            if drawn:
                drawn.draw(sheet, row + 1, self._formats)
            elif isinstance(panel, Chart):
                self._charts.draw(sheet, panel, at=(row + 1, left), span=span, heights=heights)
        return _gap(sheet, row + 1 + len(heights))


def _lefts(spans: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first column and the span of each panel; one column stays free between two."""
    return list(zip(accumulate((span + 1 for span in spans), initial=0), spans, strict=False))


def _shorter(panel: Panel) -> Panel:
    """Return a table without its last row, unless it has few."""
    if not isinstance(panel, Listing) or panel.rows <= _LEAST_ROWS:
        return panel
    return panel.part(0, panel.rows - 1)


def _more_bands(tables: Sequence[Listing]) -> Iterator[_Band]:
    """Yield the bands of the second page: wide tables in parts that fit on a page, narrow ones two by two."""
    narrow = []
    for table in tables:
        if len(table.columns) < _WIDE_TABLE:
            narrow.append(table)
        else:
            yield from (((part,), _SPANS[1]) for part in _page_parts(table))
    for left, right in zip_longest(narrow[::2], narrow[1::2]):
        yield ((left, right), _HALVES) if right else ((left,), _HALVES[:1])


def _page_parts(table: Listing) -> Iterator[Listing]:
    """Yield a table in parts that each fit on a page; its header is repeated above each."""
    heights = DashboardTable(table, 0, GRID_COLUMNS, Places({})).row_heights()
    head, first = _HEADING_PT + _GAP_PT + heights[0], 0
    used = head
    for number, height in enumerate(heights[1:]):
        if used + height > _MORE_PAGE_PT:
            yield table.part(first, number)
            first, used = number, head
        used += height
    yield table.part(first, table.rows)


def _gap(sheet: Worksheet, row: int) -> int:
    """Make a row a small gap; return the row after it."""
    sheet.set_row(row, _GAP_PT)
    return row + 1


def _apply_page_setup(sheet: Worksheet, overview: Overview, last: int) -> None:
    """Apply the page setup: A4 in landscape."""
    sheet.set_paper(theme.PAPER_A4)
    sheet.set_landscape()
    sheet.center_horizontally()
    sheet.set_margins(_MARGIN_IN, _MARGIN_IN, _MARGIN_IN, _FOOTER_MARGIN_IN)
    sheet.print_area(0, 0, last, GRID_COLUMNS - 1)
    left, right = overview.footer
    sheet.set_footer(
        f"&L&8{header_footer_text(left)}&C&8&P / &N&R&8{header_footer_text(right)}", {"margin": _MARGIN_IN / 2}
    )
