"""Makes the listing of what is drawn: the numbers of the charts and of the risk matrix, for who cannot see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing
from xlsflow.reports import texts

if TYPE_CHECKING:
    from xlsflow.model.report_model import Chart, CountGrid, Overview, ReportValue
    from xlsflow.reports.labels import Labels

_Line = tuple[str, str, str, "ReportValue"]


def figures_listing(labels: Labels, first: Overview) -> Listing:
    """Return the listing of the numbers that the first page shows as pictures."""
    lines = [line for chart in first.charts for line in _chart(chart)]
    lines += _grid(first.matrix) if first.matrix else []
    titles, categories, series, numbers = ([line[at] for line in lines] for at in range(4))
    columns = (
        labels.column("chart", texts.COL_CHART, titles, "text", 30),
        labels.column("category", texts.COL_CATEGORY, categories, "text", 18),
        labels.column("series", texts.COL_SERIES, series, "text", 18),
        labels.column("number", texts.COL_NUMBER, numbers, "number", 10),
    )
    name = texts.PAGE_FIGURES.say(labels.lang)
    return Listing(name, name, texts.NOTE_FIGURES.say(labels.lang), columns, "quality", 1, key="chart_figures")


def _chart(chart: Chart) -> list[_Line]:
    return [
        (chart.title, category, bar.name, value)
        for bar in chart.bars
        for category, value in zip(chart.categories, bar.values, strict=True)
    ]


def _grid(grid: CountGrid) -> list[_Line]:
    return [
        (grid.title, row, column, cell.count)
        for row, cells in zip(grid.rows, grid.cells, strict=True)
        for column, cell in zip(grid.columns, cells, strict=True)
    ]
