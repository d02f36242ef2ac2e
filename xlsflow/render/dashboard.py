"""Lays out the overview as a dashboard that fits on one printed page."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from xlsflow.workbook.consolidated.page_model import (
    GRID_COLUMNS,
    DashboardChart,
    DashboardColumn,
    DashboardPage,
    DashboardTable,
    Series,
    Tile,
)
from xlsflow.workbook.style.theme import (
    CHART_BLOCKED,
    CHART_DONE,
    CHART_IDLE,
    CHART_IN_PROGRESS,
    CHART_OVERDUE,
    CHIPS,
    SLATE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from xlsflow.model.report_model import Chart, Listing, Mark, Overview, ReportColumn, ReportValue, ValueFormat

# Grid columns of the left panel of a band, and of the gap to the right panel.
_LEFT_PANEL, _PANEL_GAP = 33, 1

MARK_CHART_COLOURS: Mapping[Mark, str] = {
    "done": CHART_DONE, "in_progress": CHART_IN_PROGRESS, "idle": CHART_IDLE, "blocked": CHART_BLOCKED,
    "overdue": CHART_OVERDUE,
}  # fmt: skip

AGE_COLOURS = ("#F2B8A2", "#EB9078", "#E06B50", "#C9432C", "#9C2A17")
"""Colours of the age classes, darker for longer overdue ones."""

# Minimum height of a chart; heights of a bar with its label and of a legend on two lines.
_BAND_PT, _BAR_PT, _LEGEND_PT = 128.0, 21.0, 46.0
_FACT_SEPARATOR = "    |    "


def dashboard_page(overview: Overview) -> DashboardPage:
    """Return the overview as a dashboard page."""
    return DashboardPage(
        name=overview.name,
        title=overview.title,
        aside=overview.round_text,
        meta=_FACT_SEPARATOR.join(overview.facts),
        conclusion=with_symbol(overview.mark, overview.conclusion),
        tone=overview.mark,
        tiles=tuple(Tile(figure.label, figure.figure, figure.small, figure.mark) for figure in overview.figures),
        bands=(
            (
                _table(overview.signals, 0, _LEFT_PANEL),
                _chart(overview.status, _LEFT_PANEL + _PANEL_GAP, GRID_COLUMNS - _LEFT_PANEL - _PANEL_GAP),
            ),
            (
                _table(overview.overdue, 0, _LEFT_PANEL),
                _chart(overview.ageing, _LEFT_PANEL + _PANEL_GAP, GRID_COLUMNS - _LEFT_PANEL - _PANEL_GAP),
            ),
            (
                _table(overview.attention, 0, _LEFT_PANEL),
                _table(overview.owners, _LEFT_PANEL + _PANEL_GAP, GRID_COLUMNS - _LEFT_PANEL - _PANEL_GAP),
            ),
        ),
        footer=overview.footer,
    )


def with_symbol(mark: Mark | None, text: str) -> str:
    """Return a text preceded by the symbol of its mark, because a colour alone is lost in black-and-white print."""
    symbol = CHIPS[mark].symbol if mark else ""
    return f"{symbol} {text}" if symbol else text


def values_with_symbols(column: ReportColumn) -> Sequence[ReportValue]:
    """Return a column's values, preceded by the symbols of their marks if the column asks for it."""
    if not column.with_symbols or not column.marks:
        return column.values
    pairs = zip(column.values, column.marks, strict=True)
    return [with_symbol(mark, value) if isinstance(value, str) else value for value, mark in pairs]


def _table(listing: Listing, left: int, span: int) -> DashboardTable:
    """Return a listing as a table that spans a number of grid columns."""
    spans = split_grid([column.width for column in listing.columns], span)
    columns = tuple(_column(column, take) for column, take in zip(listing.columns, spans, strict=True))
    values = [values_with_symbols(column) for column in listing.columns]
    marks = [column.marks or (None,) * listing.rows for column in listing.columns]
    return DashboardTable(
        listing.title, left, columns, rows=tuple(zip(*values, strict=True)), tones=tuple(zip(*marks, strict=True))
    )


def _column(column: ReportColumn, span: int) -> DashboardColumn:
    aligned: Mapping[ValueFormat, Literal["left", "center"]] = {"long": "left"}
    return DashboardColumn(
        column.title,
        span,
        format=column.format,
        align=aligned.get(column.format, "center"),
        bold=column.format == "id",
        bar=column.format == "percent",
    )


def split_grid(widths: Sequence[float], whole: int) -> list[int]:
    """Return grid columns divided in proportion to widths, at least one each.

    >>> split_grid([1, 7], 16)
    [2, 14]
    """
    total = sum(widths)
    # Rounding the running totals instead of each width keeps the sum exact.
    edges = [round(whole * edge / total) for edge in accumulate(widths, initial=0.0)]
    taken = [max(after - before, 1) for before, after in pairwise(edges)]
    taken[taken.index(max(taken))] += whole - sum(taken)
    return taken


def _chart(chart: Chart, left: int, span: int) -> DashboardChart:
    """Return a chart: stacked bars for several series, upright bars that darken for one."""
    if len(chart.bars) > 1:
        series = tuple(Series(bar.name, bar.values, MARK_CHART_COLOURS.get(bar.mark, SLATE)) for bar in chart.bars)
        height = max(_BAND_PT, _BAR_PT * len(chart.categories) + _LEGEND_PT)
        return DashboardChart(
            chart.title, left, span, "stacked_bar", chart.categories, series, height, chart.description
        )
    (bar,) = chart.bars
    only = Series(bar.name, bar.values, AGE_COLOURS[-1], points=AGE_COLOURS[: len(chart.categories)])
    return DashboardChart(chart.title, left, span, "column", chart.categories, (only,), _BAND_PT, chart.description)
