"""Links inside a consolidated workbook: from a row of a list to the row of the data that it is about, and back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from xlsflow.fileformat.cells import a1, column_letters
from xlsflow.fileformat.excel_limits import MAX_ROWS
from xlsflow.workbook.consolidated.data_page import HEADER_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsflow.model.report_model import ReportColumn, RowSource

ROWS_PER_SHEET = MAX_ROWS - HEADER_ROWS
"""Rows of data that a sheet holds; what does not fit continues on the next."""

# Excel repairs a sheet with more links than these; rows beyond still name file and cell.
_MAX_LINKS = 65_000


@dataclass(frozen=True, slots=True)
class Places:
    """Where the pages of a workbook are.

    Attributes:
        sheets: Key of a page -> the names of its sheets.
        overview: Name of the sheet with the overview; empty where there is none.
    """

    sheets: Mapping[str, Sequence[str]]
    overview: str = ""

    def page(self, key: str) -> str:
        """Return the location of a page; empty where the workbook does not have it."""
        names = self.sheets.get(key)
        return _location(names[0], "A1") if names else ""

    def row(self, source: RowSource | None) -> str:
        """Return the location of a row of data; empty where the workbook does not have it."""
        names = self.sheets.get(source.listing) if source else None
        if source is None or not names:
            return ""
        part, row = divmod(source.row, ROWS_PER_SHEET)
        return _location(names[part], a1(HEADER_ROWS + row, 0))


def _location(sheet: str, cell: str) -> str:
    return "'{}'!{}".format(sheet.replace("'", "''"), cell)


def link_column(columns: Sequence[ReportColumn]) -> int:
    """Return which column of a list carries the links of its rows: the first of ids, else the first."""
    return next((col for col, column in enumerate(columns) if column.format == "id"), 0)


def links_xml(
    columns: Sequence[ReportColumn], sources: Sequence[RowSource | None], first: int, places: Places
) -> Iterator[bytes]:
    """Yield the element with the links of a sheet: its title leads back to the overview, its rows to their sources.

    Args:
        columns: The columns of the sheet.
        sources: The source of each of its rows.
        first: Sheet row (from 1) of the first one.
        places: Where the pages are.
    """
    back = [("A1", _location(places.overview, "A1"))] if places.overview else []
    letters = column_letters(link_column(columns))
    rows = ((f"{letters}{first + at}", places.row(source)) for at, source in enumerate(sources))
    links = [*back, *islice(((ref, place) for ref, place in rows if place), _MAX_LINKS)]
    if links:
        body = "".join(f'<hyperlink ref="{ref}" location={quoteattr(place)}/>' for ref, place in links)
        yield f"<hyperlinks>{body}</hyperlinks>".encode()
