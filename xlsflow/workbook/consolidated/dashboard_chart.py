"""Puts charts on dashboards; the figures of all charts are stored on one hidden sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsflow.workbook.style.theme import DENSE_PT, FONT, GRID_PX, INK, LINE, WHITE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.chart import Chart
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.consolidated.page_model import DashboardChart, Series

CHART_DATA_SHEET = "_data"
"""Name of the hidden sheet with the figures."""

_PX_PER_PT = 4 / 3
_INSET_PX = 3
_BAR_GAP = 45
# On a bar darker than this (of 255), the label is white.
_DARK = 140

_CHART_TYPES: Mapping[str, Mapping[str, str]] = {
    "stacked_bar": {"type": "bar", "subtype": "stacked"},
    "column": {"type": "column"},
    "line": {"type": "line"},
}
_LABEL_POSITIONS: Mapping[str, str] = {"stacked_bar": "center", "column": "outside_end", "line": "below"}


class ChartWriter:
    """Draws the charts of one workbook, and collects the columns of figures that they refer to."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._columns: list[tuple[str, Sequence[str | float | None]]] = []

    def draw(self, sheet: Worksheet, row: int, panel: DashboardChart, heights: Sequence[float]) -> None:
        """Put a chart on a sheet.

        Args:
            sheet: The sheet.
            row: The chart's first row.
            panel: The chart.
            heights: Height in points of each row that it covers.
        """
        chart = self._workbook.add_chart(dict(_CHART_TYPES[panel.kind]))
        assert chart is not None, "xlsxwriter returns None for an unknown type of chart"
        categories = self._add_column(panel.title, panel.categories)
        for series in panel.series:
            values = self._add_column(series.name, series.values)
            chart.add_series(
                {**_series_options(panel, series), "name": series.name, "categories": categories, "values": values}
            )
        _set_style(chart, panel)
        width = panel.span * GRID_PX - 2 * _INSET_PX
        height = sum(int(pt * _PX_PER_PT) for pt in heights)  # row heights are whole pixels
        chart.set_size({"width": width, "height": height - 2 * _INSET_PX})
        description = panel.description or panel.title
        sheet.insert_chart(
            row, panel.left, chart, {"x_offset": _INSET_PX, "y_offset": _INSET_PX, "description": description}
        )

    def _add_column(self, title: str, values: Sequence[str | float | None]) -> list[object]:
        """Add a column of figures; return its range in xlsxwriter's list form: sheet and four coordinates."""
        col = len(self._columns)
        self._columns.append((title, values))
        return [CHART_DATA_SHEET, 1, col, max(len(values), 1), col]

    def finish(self) -> None:
        """Add the hidden sheet with the figures, if there are any; Excel draws charts from hidden sheets too."""
        if not self._columns:
            return
        sheet = self._workbook.add_worksheet(CHART_DATA_SHEET)
        sheet.hide()
        for col, (title, values) in enumerate(self._columns):
            sheet.write_string(0, col, title)
            for row, value in enumerate(values, start=1):
                if isinstance(value, str):
                    sheet.write_string(row, col, value)
                elif value is not None:
                    sheet.write_number(row, col, value)


def _series_options(panel: DashboardChart, series: Series) -> dict[str, Any]:
    """Return xlsxwriter's options for the drawing of one series."""
    options: dict[str, Any] = {}
    if panel.kind == "line":
        options["line"] = {"color": series.colour, "width": 2.0, "dash_type": series.dash}
        if series.dash == "solid":
            filled = {"color": series.colour}
            options["marker"] = {"type": "circle", "size": 5, "fill": filled, "border": filled}
    else:
        options |= {"fill": {"color": series.colour}, "gap": _BAR_GAP}
        options["points"] = [{"fill": {"color": colour}} for colour in series.points] or None
        options |= {"overlap": 100} if panel.kind == "stacked_bar" else {}
    if series.labels != "none":
        options["data_labels"] = _label_options(panel, series)
    return options


def _label_options(panel: DashboardChart, series: Series) -> dict[str, Any]:
    """Return xlsxwriter's options for the labels of one series."""
    inside = panel.kind == "stacked_bar"
    colour = WHITE if inside and _brightness(series.colour) < _DARK else INK
    labels: dict[str, Any] = {
        "value": True,
        "position": _LABEL_POSITIONS[panel.kind],
        "font": {"name": FONT, "size": DENSE_PT, "color": colour},
    }
    if inside:
        labels["num_format"] = "0;;"  # shows no zero: a part of no width has no room for a label
    if series.labels == "last":
        known = [number for number, value in enumerate(series.values) if value is not None]
        labels["custom"] = [
            None if known and number == known[-1] else {"delete": True} for number in range(len(series.values))
        ]
    return labels


def _brightness(colour: str) -> float:
    """Return the perceived brightness of a colour, from 0 to 255 (luma of ITU-R BT.601)."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _set_style(chart: Chart, panel: DashboardChart) -> None:
    """Set axes, legend and frame; everything that carries no information is left out."""
    font = {"name": FONT, "size": DENSE_PT, "color": INK}
    axis = {"num_font": font, "line": {"color": LINE}, "major_tick_mark": "none", "minor_tick_mark": "none"}
    gridlines = {"visible": True, "line": {"color": LINE, "width": 0.5}}
    values: dict[str, Any] = {**axis, "num_format": "0", "min": 0, "major_gridlines": gridlines, "line": {"none": True}}
    if panel.kind != "line":  # the bars are labelled
        values |= {"visible": False, "major_gridlines": {"visible": False}}
    if panel.kind == "stacked_bar":
        # The first category is on top, as in a table. Without an interval, spreadsheet programs leave out every other
        # category if they find the axis too short.
        chart.set_y_axis({**axis, "reverse": True, "interval_unit": 1})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(axis)
        chart.set_y_axis(values)
    chart.set_title({"none": True})
    chart.set_legend({"none": True} if len(panel.series) == 1 else {"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    chart.set_plotarea({"fill": {"none": True}})
    chart.show_blanks_as("gap")
