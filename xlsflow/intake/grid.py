"""What one opened file holds before its template is known: sheets of raw cells, and the stamps around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from xlsflow.fileformat.cells import Scalar

Visibility = Literal["visible", "hidden", "very_hidden"]
"""Whether a sheet is shown; a very hidden one cannot be unhidden from the menu."""

Format = Literal["xlsx", "xlsm", "xls", "xlsb", "ods"]
"""The true format of a file, whatever its name says."""

Span = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, all 0-based."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet, at their addresses. Rows and columns are 0-based and absolute: (0, 0) is A1.

    Attributes:
        name: Name of the sheet as it stands in the file.
        visibility: Whether the sheet is shown.
        top: Row of the first entry of `rows`.
        left: Column of the first value of every row.
        rows: The smallest rectangle that holds every filled cell. Where a stray cell far away would make that rectangle
            huge, each row ends after its last filled cell instead; `at` is right in both cases.
        merges: Merged ranges; only the first cell of one holds a value.
        hidden_rows: Rows that are hidden one by one, by hand or by a filter.
    """

    name: str
    visibility: Visibility
    top: int
    left: int
    rows: list[list[Scalar]]
    merges: tuple[Span, ...] = ()
    hidden_rows: frozenset[int] = frozenset()

    def at(self, row: int, col: int) -> Scalar:
        """Return the value of one cell; None where it is blank or outside."""
        row -= self.top
        col -= self.left
        if row < 0 or col < 0 or row >= len(self.rows) or col >= len(self.rows[row]):
            return None
        return self.rows[row][col]


@dataclass(frozen=True, slots=True)
class GridBook:
    """One opened file. For xls, xlsb and ods only the cells are read: writer, saved, properties and names stay empty.

    Attributes:
        file: Name of the file, without its folder.
        sha256: Digest of its bytes: the same file sent twice is known by it.
        size: Number of bytes.
        format: True format, found from the content.
        writer: Program that saved it last and its version (`Microsoft Excel 16.0300`); empty if it does not say.
        saved: When it was saved last, in UTC, as the file says.
        properties: Custom document properties.
        names: Workbook-level defined names and the formula text behind each.
        grids: The worksheets, in the order of the tabs; chart and macro sheets hold no rows and are left out.
    """

    file: str
    sha256: str
    size: int
    format: Format
    writer: str
    saved: datetime | None
    properties: dict[str, str]
    names: dict[str, str]
    grids: tuple[Grid, ...]


def book_of(packed: tuple[Any, ...]) -> GridBook:
    """Return the book that a reader process packed as plain tuples."""
    fields: tuple[Any, ...] = (*packed[:-1], tuple(Grid(*grid) for grid in packed[-1]))
    return GridBook(*fields)
