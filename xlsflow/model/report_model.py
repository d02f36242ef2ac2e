"""A report as values, independent of any file format: an overview and listings, in the reader's language.

`reports` makes these values and `render` writes them; neither imports the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

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
        codes: What programs get instead of the values, which are labels: one code or number for each row; empty where
            the values are data themselves.
        optional: Whether the column is not shown where it is empty; programs always get it.
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
    codes: Sequence[ReportValue] = ()
    optional: bool = False
    notes: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that there are as many marks and codes as values."""
        for name, given in (("marks", self.marks), ("codes", self.codes)):
            if given and len(given) != len(self.values):
                raise ValueError(f"column {self.key!r}: {len(self.values)} values but {len(given)} {name}")

    @property
    def is_shown(self) -> bool:
        """Whether people see the column."""
        return not self.optional or any(value not in (None, "") for value in self.values)

    def part(self, first: int, end: int) -> ReportColumn:
        """Return the column with some of its rows."""
        notes = {row - first: note for row, note in self.notes.items() if first <= row < end}
        cut = {name: getattr(self, name)[first:end] for name in ("values", "marks", "codes")}
        return replace(self, **cut, notes=notes)

    def mark(self, row: int) -> Mark | None:
        """Return the mark of a cell."""
        own = self.marks[row] if self.marks else None
        return own or (NOTED_MARK if row in self.notes else None)


class RowSource(NamedTuple):
    """The row of the data that a row of a listing is about: key of the listing with the data, and the row's number."""

    listing: str
    row: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A table with a title.

    Attributes:
        name: Short name in the reader's language, unique in the report.
        title: Title.
        note: Line under the title: what the rows are, as of when.
        columns: Columns, all of one length.
        subject: Subject.
        frozen: Number of columns that identify a row and stay visible.
        hidden: Whether it only stores data for reading the workbook back.
        key: Name for programs, the same in every language.
        sources: The row of the data that each row is about; empty where the rows are about none.
        optional: Whether people do not see it where it has no rows; programs always get it.
    """

    name: str
    title: str
    note: str
    columns: tuple[ReportColumn, ...]
    subject: ListingSubject = "data"
    frozen: int = 1
    hidden: bool = False
    key: str = ""
    sources: Sequence[RowSource | None] = ()
    optional: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether people see the listing."""
        return not self.hidden and not (self.optional and not self.rows)

    def part(self, first: int, end: int) -> Listing:
        """Return the listing with some of its rows."""
        columns = tuple(column.part(first, end) for column in self.columns)
        return replace(self, columns=columns, sources=self.sources[first:end])

    @property
    def shown(self) -> tuple[ReportColumn, ...]:
        """The columns that people see."""
        return tuple(column for column in self.columns if column.is_shown)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values) if self.columns else 0


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the large figures on the first page.

    Attributes:
        label: What it counts.
        figure: The figure as text.
        small: A detail in small print.
        mark: Its mark.
        key: Name for programs.
        values: The numbers that figure and detail are made from, by their name for programs.
        listing: Key of the listing with what it counts.
        before: The same figure in the last round; empty where that is not known.
        basis: Of how many regions it tells, where not all have returned: “4 of 5 regions”; else empty.
    """

    label: str
    figure: str
    small: str
    mark: Mark
    key: str = ""
    values: Mapping[str, ReportValue] = field(default_factory=dict)
    listing: str = ""
    before: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One series of a chart, with one value for each category; NaN where there is none."""

    name: str
    values: tuple[float, ...]
    mark: Mark
    key: str = ""


ChartKind = Literal["stacked", "columns", "lines"]
"""How a chart shows its series: horizontal bars of several parts, upright bars, or lines."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: stacked horizontal bars for several series, upright bars for one, or lines.

    Attributes:
        title: Heading.
        categories: Names of the categories; for lines the rounds, the earliest first.
        bars: The series; one of lines may lack values (NaN), and each has a scale of its own.
        description: Alternative text for screen readers.
        lines: Whether the series are lines over the categories.
        key: Name for programs.
        codes: What programs get instead of the names of the categories.
        head: What a category is, for the table of its figures.
    """

    title: str
    categories: tuple[str, ...]
    bars: tuple[ChartBar, ...]
    description: str
    lines: bool = False
    key: str = ""
    codes: tuple[str, ...] = ()
    head: str = ""

    @property
    def kind(self) -> ChartKind:
        """How the chart shows its series."""
        return "lines" if self.lines else "stacked" if len(self.bars) > 1 else "columns"


GridTone = Literal["high", "medium", "low"]
"""How grave a cell of a grid is."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid: how many, how many of them rose or fell to it since the previous round, how grave it is."""

    count: int
    risen: int
    fallen: int
    tone: GridTone

    @property
    def text(self) -> str:
        """The count with its arrows; empty for none."""
        arrows = "".join(f" {sign}{n}" for sign, n in (("↑", self.risen), ("↓", self.fallen)) if n)
        return f"{self.count}{arrows}" if self.count else ""


@dataclass(frozen=True, slots=True)
class CountGrid:
    """A matrix of counts, as of risks by likelihood and impact.

    Attributes:
        title: Heading.
        rows: Headers of the rows, from the top.
        columns: Headers of the columns.
        cells: The cells, row by row.
        description: Alternative text for screen readers.
        note: What the arrows mean, and what is not in the grid.
        key: Name for programs.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[GridCell, ...], ...]
    description: str
    note: str = ""
    key: str = ""


Panel = Listing | Chart | CountGrid
"""A part of the overview."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of a report, and a second one for what does not fit on it.

    Attributes:
        name: Short name.
        title: Title of the report.
        round_text: Name of the round.
        facts: As-of instant, sources, quality of the data, what it is compared with.
        conclusion: One sentence that sums up the report.
        mark: Mark of the round's signal.
        figures: The large figures.
        signals: One row for each region, with its signal, those most in need first.
        status: Items of these regions by status.
        overdue: The longest overdue items.
        ageing: Overdue items by age.
        attention: What needs someone's help or a decision.
        footer: Footer, left and right.
        decisions: To decide today: at most five items with who must decide and by when; None where there are none.
        trend: How the round's figures have developed over all known rounds; None for the first round.
        matrix: Open risks by likelihood and impact; None where no sheet has risks with both.
        more: The second page: other regions, owners, responsibilities.
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
    footer: tuple[str, str]
    decisions: Listing | None = None
    trend: Chart | None = None
    matrix: CountGrid | None = None
    more: tuple[Listing, ...] = ()

    @property
    def bands(self) -> tuple[tuple[Panel, ...], ...]:
        """The parts of the first page, band by band in the order of reading."""
        rest = (panel for panel in (self.trend, self.matrix) if panel)
        return (self.signals, self.status), (self.overdue, self.ageing), (self.decisions or self.attention, *rest)

    @property
    def tables(self) -> tuple[Listing, ...]:
        """All tables of both pages."""
        decisions = (self.decisions,) if self.decisions else ()
        return (self.signals, self.overdue, *decisions, self.attention, *self.more)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts."""
        return tuple(chart for chart in (self.status, self.ageing, self.trend) if chart)


@dataclass(frozen=True, slots=True)
class DueDate:
    """A due date of an item.

    Attributes:
        identity: What tells the item from all others, the same in every round.
        title: The item, preceded by its key.
        day: The due date that counts.
        over: Whether the item is done or cancelled.
        region: Code of its region.
        owner: Person responsible.
        region_name: The region's name in the language of the report.
        owner_name: The person's name in the language of the report.
        detail: Status, owner, and where the item comes from.
    """

    identity: str
    title: str
    day: date
    over: bool
    region: str
    owner: str
    region_name: str
    owner_name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes:
        lang: Language.
        as_of: The instant that it describes.
        overview: First page.
        listings: The pages after it, in order.
        properties: Document properties of the file.
        signal: Code of the round's signal.
        round: Id of the round.
        project: Code of the project, else its name.
        due_dates: What has a due date, for calendars.
    """

    lang: Lang
    as_of: datetime
    overview: Overview
    listings: tuple[Listing, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    signal: str = ""
    round: str = ""
    project: str = ""
    due_dates: tuple[DueDate, ...] = ()

    @property
    def shown(self) -> tuple[Listing, ...]:
        """The lists that people see, without the data."""
        return tuple(listing for listing in self.listings if listing.subject != "data" and listing.is_shown)

    @property
    def data(self) -> tuple[Listing, ...]:
        """The data that the report is about."""
        return tuple(listing for listing in self.listings if listing.subject == "data" and not listing.hidden)
