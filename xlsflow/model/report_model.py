"""A report as values, independent of any file format: an overview and listings, in the reader's language.

`reports` makes these values and `render` writes them; neither imports the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from xlsflow.i18n import Lang

ReportValue = str | float | int | bool | date | datetime | None
"""Value of one cell; a time is the reader's local time, without a zone."""

ValueFormat = Literal["text", "long", "date", "datetime", "integer", "number", "percent", "id"]
"""How a value is shown."""

Mark = Literal[
    "overdue", "due_soon", "done", "in_progress", "blocked", "idle", "missing", "error", "warning", "info", "answer"
]  # fmt: skip
"""Why a value is highlighted; each mark has a colour and a symbol, but for cells that wait for the reader's answer."""

NOTED_MARK: Mark = "warning"
"""The mark of a cell that has a note, and no mark of its own."""

ListingSubject = Literal["follow_up", "quality", "data"]
"""Subject of a listing: what people must do, the quality of the returns, the data themselves."""

ColumnRole = Literal["given", "further", "made"]
"""Role of a column: a required field, an optional field, or one added by the report."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a listing.

    Attributes:
        key: Name in the data.
        title: Header.
        values: One value for each row.
        format: How the values are shown.
        width: Width in characters of the body font.
        marks: One mark or None for each row; empty if no row is marked.
        with_symbols: Whether the mark's symbol precedes a value; never in pages that are read back.
        role: Role of the column.
        choices: Values that a dropdown offers; any other may be typed.
        notes: Index of a row -> what is said about its cell; a cell with a note stands out even without a mark.
    """

    key: str
    title: str
    values: Sequence[ReportValue]
    format: ValueFormat = "text"
    width: float = 16.0
    marks: Sequence[Mark | None] = ()
    with_symbols: bool = False
    role: ColumnRole = "given"
    choices: tuple[str, ...] = ()
    notes: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that there are as many marks as values."""
        if self.marks and len(self.marks) != len(self.values):
            raise ValueError(f"column {self.key!r}: {len(self.values)} values but {len(self.marks)} marks")

    def mark(self, row: int) -> Mark | None:
        """Return the mark of a cell."""
        own = self.marks[row] if self.marks else None
        return own or (NOTED_MARK if row in self.notes else None)


@dataclass(frozen=True, slots=True)
class Listing:
    """A table with a title.

    Attributes:
        name: Short name, unique in the report.
        title: Title.
        note: Line under the title: what the rows are, as of when.
        columns: Columns, all of one length.
        subject: Subject.
        frozen: Number of columns that identify a row and stay visible.
        hidden: Whether it only stores data for reading the workbook back.
    """

    name: str
    title: str
    note: str
    columns: tuple[ReportColumn, ...]
    subject: ListingSubject = "data"
    frozen: int = 1
    hidden: bool = False

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values) if self.columns else 0


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the large figures on the first page.

    Attributes:
        label: What it counts.
        figure: The figure.
        small: A detail in small print.
        mark: Mark of the figure.
        before: The same figure in the last round; empty where that is not known.
        basis: Of how many regions it tells, where not all have returned: “4 of 5 regions”; else empty.
    """

    label: str
    figure: str
    small: str
    mark: Mark
    before: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One series of a bar chart, with one value for each category."""

    name: str
    values: tuple[float, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: stacked horizontal bars for several series, upright bars for one, or lines.

    Attributes:
        title: Heading.
        categories: Names of the categories; for lines the rounds, the earliest first.
        bars: The series; one of lines may lack values (NaN), and each has a scale of its own.
        description: Alternative text for screen readers.
        lines: Whether the series are lines over the categories.
    """

    title: str
    categories: tuple[str, ...]
    bars: tuple[ChartBar, ...]
    description: str
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of a report.

    Attributes:
        name: Short name.
        title: Title of the report.
        round_text: Name of the round.
        facts: As-of instant, sources, quality of the data, what it is compared with.
        conclusion: One sentence that sums up the report.
        mark: Mark of the round's signal.
        figures: The large figures.
        signals: One row for each region, with its signal.
        status: Items of each region by status.
        overdue: The longest overdue items.
        ageing: Overdue items by age.
        attention: What needs someone's help or a decision.
        owners: The owners with most overdue items.
        footer: Footer, left and right.
        decisions: To decide today: at most five items with who must decide and by when; None where there are none.
        trend: How the round's figures have developed over all known rounds; None for the first round.
    """

    name: str
    title: str
    round_text: str
    facts: tuple[str, ...]
    conclusion: str
    mark: Mark
    figures: tuple[KeyFigure, ...]
    signals: Listing
    status: Chart
    overdue: Listing
    ageing: Chart
    attention: Listing
    owners: Listing
    footer: tuple[str, str]
    decisions: Listing | None = None
    trend: Chart | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes:
        lang: Language.
        as_of: The instant that it describes.
        overview: First page.
        listings: The pages after it, in order.
        properties: Document properties of the file.
    """

    lang: Lang
    as_of: datetime
    overview: Overview
    listings: tuple[Listing, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
