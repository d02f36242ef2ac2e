"""What a consolidated workbook is made of: pages of rows and pages that are laid out as a board, as plain values.

The values say what is shown; how it is drawn stands in `mass` (pages of rows) and `board` (boards).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from xlsflow.workbook.style.theme import (
    NAVY,
    TEAL,
    HeaderTone,
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | float | int | bool | date | datetime | None
"""What one cell can be given; a time zone is not among it: give the reader's wall time."""

Format = Literal["text", "long", "date", "datetime", "integer", "number", "percent", "id"]
"""How a value is shown; a value of another type than its column's is shown as what it is."""

Hidden = Literal["visible", "hidden", "very_hidden"]
"""Whether a reader sees the sheet, can bring it back, or can bring it back by a program only."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a page of rows.

    Attributes:
        key: Name in the data, written into the hidden row above the header.
        title: What the header says.
        values: One value a row.
        format: How the values are shown.
        width: Width in units.
        tone: The status chip a cell is filled with, one a row; empty where no cell is.
        header: What the header's colour says.
    """

    key: str
    title: str
    values: Sequence[Value]
    format: Format = "text"
    width: float = 16.0
    tone: Sequence[Tone | None] = ()
    header: HeaderTone = "required"

    def __post_init__(self) -> None:
        """Hold tones and values together."""
        if self.tone and len(self.tone) != len(self.values):
            raise ValueError(f"column {self.key!r}: {len(self.values)} values but {len(self.tone)} tones")


@dataclass(frozen=True, slots=True)
class DataPage:
    """A page of rows under one header, ready to be filtered.

    Attributes:
        name: Name of the sheet; made legal and unlike the others where it is not.
        title: What the band on top says.
        note: The line under it; what the rows are, as of when, from where.
        columns: The columns, all of the same length.
        tab: Colour of the sheet's tab.
        key_row: Whether the hidden row `key:<column key>` stands above the header, so that the page can be read back.
        hidden: Whether a reader sees the sheet.
        frozen: How many columns stay in sight when scrolling sideways.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    tab: str = TEAL
    key_row: bool = True
    hidden: Hidden = "visible"
    frozen: int = 1

    def __post_init__(self) -> None:
        """Hold the columns together."""
        if not self.columns:
            raise ValueError(f"page {self.name!r} has no columns")
        lengths = {column.key: len(column.values) for column in self.columns}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"page {self.name!r}: columns of different lengths: {lengths}")

    @property
    def rows(self) -> int:
        """How many rows of data there are."""
        return len(self.columns[0].values)


GRID = 48
"""Columns of a board: they divide into halves, thirds, quarters, sixths and eighths, and are as wide as the paper."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One big figure of a board: what it is, the figure, and a small line of context."""

    label: str
    figure: str
    small: str = ""
    tone: Tone = "idle"


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column of a small table: its header, how many of the board's columns it takes, how it is shown.

    With `bar`, a share from 0 to 1 is drawn as a bar inside its cell.
    """

    title: str
    span: int
    format: Format = "text"
    align: Literal["left", "center", "right"] = "center"
    bold: bool = False
    bar: bool = False


@dataclass(frozen=True, slots=True)
class BoardTable:
    """A small table on a board; without a header row where no column has a title.

    Attributes:
        title: The heading above it.
        left: First of the board's columns that it takes, from 0.
        columns: Its columns; their spans add up to its width.
        rows: One value a column.
        tones: One chip (or None) a cell, row by row; empty where no cell is coloured.
    """

    title: str
    left: int
    columns: tuple[BoardColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    tones: tuple[tuple[Tone | None, ...], ...] = ()

    @property
    def span(self) -> int:
        """How many of the board's columns it takes."""
        return sum(column.span for column in self.columns)

    @property
    def headed(self) -> bool:
        """Whether it has a header row."""
        return any(column.title for column in self.columns)


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of the bars, of a chart; a missing value is None.

    Attributes:
        name: What the legend says.
        values: One value a category.
        colour: Its colour.
        dash: How a line is drawn.
        labels: Which values are written beside the drawing; in bars laid end to end a zero is not.
        points: One colour a category, where bars of one series differ.
    """

    name: str
    values: tuple[float | None, ...]
    colour: str = NAVY
    dash: Literal["solid", "dash", "round_dot"] = "solid"
    labels: Literal["all", "last", "none"] = "all"
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardChart:
    """A chart on a board.

    Attributes:
        title: The heading above it.
        left: First of the board's columns that it takes, from 0.
        span: How many of them it takes.
        kind: Bars laid end to end, upright columns, or lines.
        categories: What the axis says.
        series: What is drawn.
        height: Least height in points; it grows with the table beside it.
        description: What it shows, for those who cannot see it.
    """

    title: str
    left: int
    span: int
    kind: Literal["stacked_bar", "column", "line"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    height: float = 120.0
    description: str = ""


Panel = BoardTable | BoardChart
"""A piece of a board with a heading of its own."""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A laid out page, printed on one sheet of A4 laid sideways; it is 48 columns wide.

    Attributes:
        name: Name of the sheet.
        title: What the banner says at the left.
        aside: What it says at the right.
        meta: The line under it: as of when, from what, compared with what.
        conclusion: The one sentence a reader should take away.
        tone: Colour of the conclusion.
        tiles: The big figures, side by side.
        bands: Panels side by side; a band starts below the highest panel of the band before.
        footer: What is printed at the foot, left and right of the page number.
        tab: Colour of the sheet's tab.
    """

    name: str
    title: str
    aside: str = ""
    meta: str = ""
    conclusion: str = ""
    tone: Tone = "info"
    tiles: tuple[Tile, ...] = ()
    bands: tuple[tuple[Panel, ...], ...] = ()
    footer: tuple[str, str] = ("", "")
    tab: str = NAVY


Page = DataPage | BoardPage


@dataclass(frozen=True, slots=True)
class Cut:
    """A text that was longer than a cell can hold, and was cut: which page, which cell, how long it had been."""

    page: str
    cell: str
    length: int
