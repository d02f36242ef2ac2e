"""The content of a consolidated workbook as plain values: data pages and dashboard pages.

These values say what is shown. How it is drawn is decided in `data_page` and `row_xml` (data pages) and in `dashboard`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from xlsflow.workbook.style.theme import NAVY, TEAL, CellTone, HeaderTone

if TYPE_CHECKING:
    from collections.abc import Sequence

CellValue = str | float | int | bool | date | datetime | None
"""The value of one cell. Excel stores no time zones: a datetime is the reader's local time."""

ColumnFormat = Literal["text", "long", "date", "datetime", "integer", "number", "percent", "id"]
"""How a column shows its values; a value of another type is shown in its own way."""

PageVisibility = Literal["visible", "hidden", "very_hidden"]
"""Whether a reader sees the sheet, can unhide it, or cannot (a very hidden sheet needs a program)."""


@dataclass(frozen=True, slots=True)
class PageColumn:
    """One column of a data page.

    Attributes:
        key: Name in the data, written into the hidden key row.
        title: Text of the header.
        values: One value a row.
        format: How the values are shown.
        width: Width in units.
        tone: The tone of each row's cell; empty if no cell is coloured.
        header: The meaning of the header's colour.
        choices: Values that a dropdown offers; any other may be typed.
    """

    key: str
    title: str
    values: Sequence[CellValue]
    format: ColumnFormat = "text"
    width: float = 16.0
    tone: Sequence[CellTone | None] = ()
    header: HeaderTone = "required"
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that there are as many tones as values."""
        if self.tone and len(self.tone) != len(self.values):
            raise ValueError(f"column {self.key!r}: {len(self.values)} values but {len(self.tone)} tones")


@dataclass(frozen=True, slots=True)
class DataPage:
    """A page of rows under one header with a filter.

    Attributes:
        name: Wanted name of the sheet; the writer makes it legal and unique.
        title: Text of the band at the top.
        note: The line under it: what the rows are, as of when, from where.
        columns: The columns, all of the same length.
        tab: Colour of the sheet's tab.
        key_row: Whether there is a key row above the header, so that the page can be read back.
        hidden: Whether a reader sees the sheet.
        frozen: How many columns stay visible when scrolling to the right.
    """

    name: str
    title: str
    note: str
    columns: tuple[PageColumn, ...]
    tab: str = TEAL
    key_row: bool = True
    hidden: PageVisibility = "visible"
    frozen: int = 1

    def __post_init__(self) -> None:
        """Check that all columns are equally long."""
        if not self.columns:
            raise ValueError(f"page {self.name!r} has no columns")
        lengths = {column.key: len(column.values) for column in self.columns}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"page {self.name!r}: columns of different lengths: {lengths}")

    @property
    def rows(self) -> int:
        """The number of rows of data."""
        return len(self.columns[0].values)


GRID_COLUMNS = 48
"""Columns of a dashboard's grid: they divide into halves, thirds, quarters, sixths and eighths, and fill the paper."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One big figure of a dashboard: its label, the figure, and a small line of context."""

    label: str
    figure: str
    small: str = ""
    tone: CellTone = "idle"


@dataclass(frozen=True, slots=True)
class DashboardColumn:
    """One column of a dashboard table.

    Attributes:
        title: Text of the header.
        span: How many grid columns it takes.
        format: How values are shown.
        align: Horizontal alignment.
        bold: Whether the font is bold.
        bar: Whether a share from 0 to 1 is drawn as a bar inside its cell.
    """

    title: str
    span: int
    format: ColumnFormat = "text"
    align: Literal["left", "center", "right"] = "center"
    bold: bool = False
    bar: bool = False


@dataclass(frozen=True, slots=True)
class DashboardTable:
    """A small table on a dashboard; it has a header row if any column has a title.

    Attributes:
        title: The heading above it.
        left: First grid column.
        columns: Its columns; their spans add up to its width.
        rows: One value a column.
        tones: The tone of each cell, row by row; empty if no cell is coloured.
    """

    title: str
    left: int
    columns: tuple[DashboardColumn, ...]
    rows: tuple[tuple[CellValue, ...], ...]
    tones: tuple[tuple[CellTone | None, ...], ...] = ()

    @property
    def span(self) -> int:
        """How many grid columns it takes."""
        return sum(column.span for column in self.columns)

    @property
    def has_header(self) -> bool:
        """Whether it has a header row."""
        return any(column.title for column in self.columns)


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart, or one colour of its bars.

    Attributes:
        name: Text of the legend.
        values: One value a category; None if it is missing.
        colour: Its colour.
        dash: How a line is drawn.
        labels: Which values are labelled; zeros in stacked bars are not.
        points: One colour a category, if the bars of the series differ.
    """

    name: str
    values: tuple[float | None, ...]
    colour: str = NAVY
    dash: Literal["solid", "dash", "round_dot"] = "solid"
    labels: Literal["all", "last", "none"] = "all"
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DashboardChart:
    """A chart on a dashboard.

    Attributes:
        title: The heading above it.
        left: First grid column.
        span: How many grid columns it takes.
        kind: The type of chart.
        categories: Texts of the axis.
        series: What is drawn.
        height: Least height in points; it grows with the table beside it.
        description: Alternative text for screen readers.
    """

    title: str
    left: int
    span: int
    kind: Literal["stacked_bar", "column", "line"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    height: float = 120.0
    description: str = ""


Panel = DashboardTable | DashboardChart
"""A part of a dashboard with a heading of its own."""


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """A dashboard, printed on one A4 page in landscape; its grid has `GRID_COLUMNS` columns.

    Attributes:
        name: Name of the sheet.
        title: Text at the left of the banner.
        aside: Text at the right of the banner.
        meta: The line under it: as of when, from what, compared with what.
        conclusion: The sentence that sums up the page.
        tone: Colour of the conclusion.
        tiles: The big figures, side by side.
        bands: Panels side by side; a band starts below the highest panel of the band before.
        footer: Texts of the printed footer, left and right of the page number.
        tab: Colour of the sheet's tab.
    """

    name: str
    title: str
    aside: str = ""
    meta: str = ""
    conclusion: str = ""
    tone: CellTone = "info"
    tiles: tuple[Tile, ...] = ()
    bands: tuple[tuple[Panel, ...], ...] = ()
    footer: tuple[str, str] = ("", "")
    tab: str = NAVY


WorkbookPage = DataPage | DashboardPage


@dataclass(frozen=True, slots=True)
class ShortenedText:
    """A text that was cut because a cell cannot hold it: page, address, original length in UTF-16 units."""

    page: str
    cell: str
    length: int
