"""Puts charts on a board; the figures they are drawn from stand on one hidden sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsflow.workbook.style.theme import (
    DENSE_PT,
    FONT,
    GRID_PX,
    INK,
    LINE,
    WHITE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.chart import Chart
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from xlsflow.workbook.consolidated.page_model import (
        BoardChart,
        Series,
    )

CHART_DATA = "_data"
"""The hidden sheet with the figures of all charts."""

PX_PER_PT = 4 / 3
INSET_PX = 3
BAR_GAP = 45
DARK = 140
"""Below this brightness (of 255) a label on a bar is white."""

KINDS: Mapping[str, Mapping[str, str]] = {
    "stacked_bar": {"type": "bar", "subtype": "stacked"},
    "column": {"type": "column"},
    "line": {"type": "line"},
}
LABEL_AT: Mapping[str, str] = {"stacked_bar": "center", "column": "outside_end", "line": "below"}


class Charts:
    """The charts of one workbook, and the columns of figures that they are drawn from."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._columns: list[tuple[str, Sequence[str | float | None]]] = []

    def draw(self, sheet: Worksheet, row: int, panel: BoardChart, heights: Sequence[float]) -> None:
        """Put a chart on a sheet from a row on, as high as rows of these heights in points."""
        chart = self._book.add_chart(dict(KINDS[panel.kind]))
        assert chart is not None, "xlsxwriter gives None for a kind that it does not know"
        categories = self._take(panel.title, panel.categories)
        for series in panel.series:
            values = self._take(series.name, series.values)
            chart.add_series(
                {**_series(panel, series), "name": series.name, "categories": categories, "values": values}
            )
        _set_style(chart, panel)
        width = panel.span * GRID_PX - 2 * INSET_PX
        height = sum(int(pt * PX_PER_PT) for pt in heights)  # a row is a whole number of pixels high
        chart.set_size({"width": width, "height": height - 2 * INSET_PX})
        description = panel.description or panel.title
        sheet.insert_chart(
            row, panel.left, chart, {"x_offset": INSET_PX, "y_offset": INSET_PX, "description": description}
        )

    def _take(self, title: str, values: Sequence[str | float | None]) -> list[object]:
        """Keep one column of figures; return where it will stand, as a chart refers to it."""
        place = len(self._columns)
        self._columns.append((title, values))
        return [CHART_DATA, 1, place, max(len(values), 1), place]

    def finish(self) -> None:
        """Add the hidden sheet with the figures, where there are any; charts are drawn from a hidden sheet too."""
        if not self._columns:
            return
        sheet = self._book.add_worksheet(CHART_DATA)
        sheet.hide()
        for place, (title, values) in enumerate(self._columns):
            sheet.write_string(0, place, title)
            for row, value in enumerate(values, start=1):
                if isinstance(value, str):
                    sheet.write_string(row, place, value)
                elif value is not None:
                    sheet.write_number(row, place, value)


def _series(panel: BoardChart, series: Series) -> dict[str, Any]:
    """Return how one series is drawn."""
    look: dict[str, Any] = {}
    if panel.kind == "line":
        look["line"] = {"color": series.colour, "width": 2.0, "dash_type": series.dash}
        if series.dash == "solid":
            filled = {"color": series.colour}
            look["marker"] = {"type": "circle", "size": 5, "fill": filled, "border": filled}
    else:
        look |= {"fill": {"color": series.colour}, "gap": BAR_GAP}
        look["points"] = [{"fill": {"color": colour}} for colour in series.points] or None
        look |= {"overlap": 100} if panel.kind == "stacked_bar" else {}
    if series.labels != "none":
        look["data_labels"] = _labels(panel, series)
    return look


def _labels(panel: BoardChart, series: Series) -> dict[str, Any]:
    """Return how the values of a series are written beside it."""
    inside = panel.kind == "stacked_bar"
    colour = WHITE if inside and _brightness(series.colour) < DARK else INK
    labels: dict[str, Any] = {
        "value": True,
        "position": LABEL_AT[panel.kind],
        "font": {"name": FONT, "size": DENSE_PT, "color": colour},
    }
    if inside:
        labels["num_format"] = "0;;"
    if series.labels == "last":
        known = [place for place, value in enumerate(series.values) if value is not None]
        labels["custom"] = [
            None if known and place == known[-1] else {"delete": True} for place in range(len(series.values))
        ]
    return labels


def _brightness(colour: str) -> float:
    """Return how bright a colour looks, from 0 to 255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _set_style(chart: Chart, panel: BoardChart) -> None:
    """Set axes, legend and frame: as little ink as the figures need."""
    font = {"name": FONT, "size": DENSE_PT, "color": INK}
    plain = {"num_font": font, "line": {"color": LINE}, "major_tick_mark": "none", "minor_tick_mark": "none"}
    light = {"visible": True, "line": {"color": LINE, "width": 0.5}}
    values: dict[str, Any] = {**plain, "num_format": "0", "min": 0, "major_gridlines": light, "line": {"none": True}}
    if panel.kind != "line":  # the figures stand on the bars
        values |= {"visible": False, "major_gridlines": {"visible": False}}
    if panel.kind == "stacked_bar":
        # The first category on top, as in a table, and each with its name: a spreadsheet program leaves out every
        # other one where it thinks the room too small.
        chart.set_y_axis({**plain, "reverse": True, "interval_unit": 1})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(plain)
        chart.set_y_axis(values)
    chart.set_title({"none": True})
    chart.set_legend({"none": True} if len(panel.series) == 1 else {"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    chart.set_plotarea({"fill": {"none": True}})
    chart.show_blanks_as("gap")
