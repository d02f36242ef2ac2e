"""Puts charts on dashboards; the figures of all charts are stored on one hidden sheet."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from xlsflow.workbook.style import theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.chart import Chart as ExcelChart
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.model.report_model import Chart, ChartBar, ChartKind

CHART_DATA_SHEET = "_data"
"""Name of the hidden sheet with the figures."""

_PX_PER_PT = 4 / 3
_INSET_PX = 3
_BAR_GAP = 45
# Minimum height of a chart; heights of a bar with its label and of a legend on two lines.
_MIN_PT, _BAR_PT, _LEGEND_PT = 104.0, 15.0, 44.0
# On a bar darker than this (of 255), the label is white.
_DARK = 140


def chart_height(chart: Chart) -> float:
    """Return the height in points that a chart needs."""
    return max(_MIN_PT, _BAR_PT * len(chart.categories) + _LEGEND_PT) if chart.kind == "stacked" else _MIN_PT


_TYPES: Mapping[ChartKind, Mapping[str, str]] = {
    "stacked": {"type": "bar", "subtype": "stacked"}, "columns": {"type": "column"}, "lines": {"type": "line"},
}  # fmt: skip


class ChartWriter:
    """Draws the charts of one workbook, and collects the columns of figures that they refer to."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._columns: list[tuple[str, Sequence[str | float]]] = []

    def draw(self, sheet: Worksheet, chart: Chart, *, at: tuple[int, int], span: int, heights: Sequence[float]) -> None:
        """Put a chart on a sheet.

        Args:
            sheet: The sheet.
            chart: The chart.
            at: Its first row and grid column.
            span: How many grid columns it takes.
            heights: Height in points of each row that it covers.
        """
        drawn = self._workbook.add_chart(dict(_TYPES[chart.kind]))
        assert drawn is not None, "xlsxwriter returns None for an unknown type of chart"
        categories = self._add_column(chart.title, chart.categories)
        for bar in chart.bars:
            values = self._add_column(bar.name, bar.values)
            drawn.add_series(
                {**_series_options(chart, bar), "name": bar.name, "categories": categories, "values": values}
            )
        _set_style(drawn, chart)
        width = span * theme.GRID_PX - 2 * _INSET_PX
        height = sum(int(pt * _PX_PER_PT) for pt in heights)  # row heights are whole pixels
        drawn.set_size({"width": width, "height": height - 2 * _INSET_PX})
        description = chart.description or chart.title
        sheet.insert_chart(*at, drawn, {"x_offset": _INSET_PX, "y_offset": _INSET_PX, "description": description})

    def _add_column(self, title: str, values: Sequence[str | float]) -> list[object]:
        """Add a column of figures; return its range in xlsxwriter's list form: sheet and four coordinates."""
        col = len(self._columns)
        # Charts in xlsx refer to cells; the figures lie on a sheet of their own, so that no page needs room for them.
        self._columns.append((title, values))
        return [CHART_DATA_SHEET, 1, col, max(len(values), 1), col]

    def finish(self) -> None:
        """Add the hidden sheet with the figures, if there are any; Excel draws charts from hidden sheets too."""
        if not self._columns:
            return
        sheet = self._workbook.add_worksheet(CHART_DATA_SHEET)
        # A hidden sheet, not hidden columns: programs leave those out of their charts.
        sheet.hide()
        for col, (title, values) in enumerate(self._columns):
            sheet.write_string(0, col, title)
            for row, value in enumerate(values, start=1):
                if isinstance(value, str):
                    sheet.write_string(row, col, value)
                elif not isnan(value):
                    sheet.write_number(row, col, value)


def _series_options(chart: Chart, bar: ChartBar) -> dict[str, Any]:
    """Return xlsxwriter's options for one series: its own colour, or colours that darken along the categories."""
    font = {"name": theme.FONT, "size": theme.DENSE_PT, "color": theme.INK}
    colour = theme.MARK_CHART_COLOURS.get(bar.mark, theme.SLATE)
    if chart.kind == "lines":
        line = {"color": colour, "width": 2.25}
        marker = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        return {"line": line, "marker": marker, "data_labels": {"value": True, "position": "above", "font": font}}
    if chart.kind == "columns":
        points = [{"fill": {"color": colour}} for colour in theme.AGE_COLOURS[: len(chart.categories)]]
        labels = {"value": True, "position": "outside_end", "font": font}
        return {"fill": {"color": theme.AGE_COLOURS[-1]}, "gap": _BAR_GAP, "points": points, "data_labels": labels}
    font["color"] = theme.WHITE if _brightness(colour) < _DARK else theme.INK
    # The format shows no zero: a part of no width has no room for a label.
    labels = {"value": True, "position": "center", "font": font, "num_format": "0;;"}
    return {"fill": {"color": colour}, "gap": _BAR_GAP, "overlap": 100, "data_labels": labels}


def _brightness(colour: str) -> float:
    """Return the perceived brightness of a colour, from 0 to 255 (luma of ITU-R BT.601)."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _set_style(drawn: ExcelChart, chart: Chart) -> None:
    """Set axes, legend and frame; everything that carries no information is left out."""
    font = {"name": theme.FONT, "size": theme.DENSE_PT, "color": theme.INK}
    axis = {"num_font": font, "line": {"color": theme.LINE}, "major_tick_mark": "none", "minor_tick_mark": "none"}
    # The bars are labelled: the axis of their values would say the same again.
    values: dict[str, Any] = {**axis, "num_format": "0", "min": 0, "line": {"none": True}, "visible": False}
    values["major_gridlines"] = {"visible": False}
    if chart.kind == "stacked":
        # The first category is on top, as in a table. Without an interval, spreadsheet programs leave out every other
        # category if they find the axis too short.
        drawn.set_y_axis({**axis, "reverse": True, "interval_unit": 1})
        drawn.set_x_axis(values)
    else:
        drawn.set_x_axis(axis)
        drawn.set_y_axis(values)
    drawn.set_title({"none": True})
    drawn.set_legend({"none": True} if len(chart.bars) == 1 else {"position": "bottom", "font": font})
    drawn.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    drawn.set_plotarea({"fill": {"none": True}})
    drawn.show_blanks_as("gap")
