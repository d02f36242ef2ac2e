"""The overview as a board: where each of its parts stands on the one printed page."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from xlsflow.workbook.consolidated.page_model import (
    GRID,
    BoardChart,
    BoardColumn,
    BoardPage,
    BoardTable,
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

    from xlsflow.model.report_model import (
        Chart,
        Column,
        Listing,
        Mark,
        Overview,
        Shape,
        Value,
    )

WIDE, GAP = 33, 1
"""Columns of the grid that the table of a band takes, and that part it from what stands beside it."""

COLOURS: Mapping[Mark, str] = {
    "done": CHART_DONE, "in_progress": CHART_IN_PROGRESS, "idle": CHART_IDLE, "blocked": CHART_BLOCKED,
    "overdue": CHART_OVERDUE,
}  # fmt: skip

AGES = ("#F2B8A2", "#EB9078", "#E06B50", "#C9432C", "#9C2A17")
"""The longer overdue, the darker."""

BAND_PT, BAR_PT, LEGEND_PT = 128.0, 21.0, 46.0
"""Least height of a chart; what a bar with its name takes, and a legend on two lines."""
BETWEEN = "    |    "


def board(overview: Overview) -> BoardPage:
    """Return the overview as a board."""
    return BoardPage(
        name=overview.name,
        title=overview.title,
        aside=overview.aside,
        meta=BETWEEN.join(overview.facts),
        conclusion=sign(overview.mark, overview.conclusion),
        tone=overview.mark,
        tiles=tuple(Tile(one.label, one.figure, one.small, one.mark) for one in overview.figures),
        bands=(
            (_table(overview.lights, 0, WIDE), _chart(overview.status, WIDE + GAP, GRID - WIDE - GAP)),
            (_table(overview.overdue, 0, WIDE), _chart(overview.ageing, WIDE + GAP, GRID - WIDE - GAP)),
            (_table(overview.attention, 0, WIDE), _table(overview.owners, WIDE + GAP, GRID - WIDE - GAP)),
        ),
        footer=overview.footer,
    )


def sign(mark: Mark | None, text: str) -> str:
    """Return a text behind the sign of its mark: a colour alone is lost in grey print."""
    symbol = CHIPS[mark].symbol if mark else ""
    return f"{symbol} {text}" if symbol else text


def signed(column: Column) -> Sequence[Value]:
    """Return a column's values, behind the signs of their marks where that is wanted."""
    if not column.signed or not column.marks:
        return column.values
    pairs = zip(column.values, column.marks, strict=True)
    return [sign(mark, value) if isinstance(value, str) else value for value, mark in pairs]


def _table(listing: Listing, left: int, span: int) -> BoardTable:
    """Return a listing as a small table that takes so many columns of the grid."""
    spans = shares([column.width for column in listing.columns], span)
    columns = tuple(_column(column, take) for column, take in zip(listing.columns, spans, strict=True))
    values = [signed(column) for column in listing.columns]
    marks = [column.marks or (None,) * listing.rows for column in listing.columns]
    return BoardTable(
        listing.title,
        left,
        columns,
        rows=tuple(zip(*values, strict=True)),
        tones=tuple(zip(*marks, strict=True)),
    )


def _column(column: Column, span: int) -> BoardColumn:
    aligned: Mapping[Shape, Literal["left", "center"]] = {"long": "left"}
    return BoardColumn(
        column.title,
        span,
        format=column.shape,
        align=aligned.get(column.shape, "center"),
        bold=column.shape == "id",
        bar=column.shape == "percent",
    )


def shares(widths: Sequence[float], whole: int) -> list[int]:
    """Return whole columns shared out by width, as evenly as they allow, at least one each.

    >>> shares([1, 7], 16)
    [2, 14]
    """
    total = sum(widths)
    edges = [round(whole * edge / total) for edge in accumulate(widths, initial=0.0)]
    taken = [max(after - before, 1) for before, after in pairwise(edges)]
    taken[taken.index(max(taken))] += whole - sum(taken)
    return taken


def _chart(chart: Chart, left: int, span: int) -> BoardChart:
    """Return a chart: bars end to end where it has several colours, upright ones that darken where it has one."""
    if len(chart.bars) > 1:
        series = tuple(Series(bar.name, bar.values, COLOURS.get(bar.mark, SLATE)) for bar in chart.bars)
        height = max(BAND_PT, BAR_PT * len(chart.categories) + LEGEND_PT)
        return BoardChart(chart.title, left, span, "stacked_bar", chart.categories, series, height, chart.description)
    (bar,) = chart.bars
    only = Series(bar.name, bar.values, AGES[-1], points=AGES[: len(chart.categories)])
    return BoardChart(chart.title, left, span, "column", chart.categories, (only,), BAND_PT, chart.description)
