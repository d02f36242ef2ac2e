"""WHAT A REPORT SAYS, before it is known what it is written as: an overview and listings, in the reader's language.

`reports` makes these values, `render` writes them as a workbook, a page or plain text; neither knows of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from xlsflow.i18n import Lang

Value = str | float | int | bool | date | datetime | None
"""What one cell says; a moment is the reader's wall time, without a zone."""

Shape = Literal["text", "long", "date", "datetime", "integer", "number", "percent", "id"]
"""How a value is shown."""

Mark = Literal[
    "overdue", "due_soon", "done", "in_progress", "blocked", "idle", "missing", "error", "warning", "info"
]  # fmt: skip
"""What a value is to catch the eye for."""

Subject = Literal["follow_up", "quality", "data"]
"""What a listing is about: what people must do, how good the returns are, what they say."""

Role = Literal["given", "further", "made"]
"""What a column is: asked and required, asked besides, or added by the report."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a listing.

    Attributes:
        key: Name in the data.
        title: Header.
        values: One value a row.
        shape: How the values are shown.
        width: Width in characters of the body font.
        marks: One mark (or None) a row; empty where nothing is marked.
        signed: Whether the sign of its mark stands before a value: never where the sheet is to be read back.
        role: What the column is.
    """

    key: str
    title: str
    values: Sequence[Value]
    shape: Shape = "text"
    width: float = 16.0
    marks: Sequence[Mark | None] = ()
    signed: bool = False
    role: Role = "given"


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under a header.

    Attributes:
        name: Short name, unlike the others'.
        title: What stands on top.
        note: The line under it: what the rows are, as of when.
        columns: The columns, all of one length.
        about: What it is about.
        frozen: How many columns name the row.
        kept: Whether it only keeps facts for reading the book back, and no reader looks at it.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    about: Subject = "data"
    frozen: int = 1
    kept: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].values) if self.columns else 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One big figure: what it is, the figure, what stands beside it."""

    label: str
    figure: str
    small: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Bar:
    """One colour of the bars of a chart, one value a category."""

    name: str
    values: tuple[float, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over categories: laid end to end where there are several colours, upright where there is one.

    Attributes:
        title: Heading.
        categories: What is compared.
        bars: The colours.
        description: What it shows, for those who cannot see it.
    """

    title: str
    categories: tuple[str, ...]
    bars: tuple[Bar, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What a coordinator wants to know in the first thirty seconds.

    Attributes:
        name: Short name.
        title: The report's title.
        aside: Which round.
        facts: As of when, from what, compared with what.
        conclusion: The one sentence to take away.
        mark: The light of the whole.
        figures: The big figures.
        lights: A row a region.
        status: Where each region's items stand.
        overdue: What is overdue longest.
        ageing: How long things are overdue.
        attention: What needs someone's help or decision.
        owners: Who has most overdue.
        footer: What is printed at the foot, left and right.
    """

    name: str
    title: str
    aside: str
    facts: tuple[str, ...]
    conclusion: str
    mark: Mark
    figures: tuple[Figure, ...]
    lights: Listing
    status: Chart
    overdue: Listing
    ageing: Chart
    attention: Listing
    owners: Listing
    footer: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes:
        lang: Its language.
        as_of: The instant that it is true for.
        overview: Its first page.
        listings: What follows, in order.
        properties: What the file says of itself.
    """

    lang: Lang
    as_of: datetime
    overview: Overview
    listings: tuple[Listing, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
