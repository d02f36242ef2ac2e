"""The pages of a consolidated workbook: a report's overview, and its listings with how their sheets look.

How they are drawn is decided in `data_page` and `row_xml` (data pages) and in `dashboard` (the overview).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from xlsflow.model.report_model import Overview, ReportColumn, RowSource
from xlsflow.workbook.style.theme import TEAL

PageVisibility = Literal["visible", "hidden", "very_hidden"]
"""Whether a reader sees the sheet, can unhide it, or cannot (a very hidden sheet needs a program)."""


@dataclass(frozen=True, slots=True)
class DataPage:
    """A page of rows under one header with a filter.

    Attributes:
        name: Wanted name of the sheet; the writer makes it legal and unique.
        title: Text of the band at the top.
        note: The line under it: what the rows are, as of when, from where.
        columns: The columns, all of the same length.
        tab: Colour of the sheet's tab.
        hidden: Whether a reader sees the sheet.
        frozen: How many columns stay visible when scrolling to the right.
        key: Name by which rows of other pages name it.
        sources: The row of another page that each row is about.
    """

    name: str
    title: str
    note: str
    columns: tuple[ReportColumn, ...]
    tab: str = TEAL
    hidden: PageVisibility = "visible"
    frozen: int = 1
    key: str = ""
    sources: Sequence[RowSource | None] = ()

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


WorkbookPage = DataPage | Overview


@dataclass(frozen=True, slots=True)
class ShortenedText:
    """A text that was cut because a cell cannot hold it: page, address, original length in UTF-16 units."""

    page: str
    cell: str
    length: int
