"""The content of an opened file before its template is known: sheets of raw cells, properties and defined names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from xlsflow.fileformat.cells import Scalar

Visibility = Literal["visible", "hidden", "very_hidden"]
"""Whether a sheet is visible; a very hidden one cannot be unhidden from the menu of Excel."""

FileFormat = Literal["xlsx", "xlsm", "xls", "xlsb", "ods"]
"""The format of a file, found from its content, whatever its name ends in."""

CellRange = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, all 0-based."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet. Rows and columns are 0-based and absolute: (0, 0) is A1.

    Attributes:
        name: Name of the sheet, unchanged.
        visibility: Whether the sheet is visible.
        top: Row of the first entry of `rows`.
        left: Column of the first value of every row.
        rows: The smallest rectangle around all filled cells. If a stray cell far away would make that rectangle huge,
            each row ends after its last filled cell instead; `at` works in both cases.
        merges: Merged ranges; only the first cell of each holds a value.
        hidden_rows: Rows hidden by hand or by a filter.
        formats_known: Whether a number whose cell shows a percent sign is a `PercentNumber`. Of xls, xlsb and ods the
            formats are not known.
        marks: Cells that are struck out or grey (`cell_marks`), by row and column. Of xls, xlsb and ods none are known.
    """

    name: str
    visibility: Visibility
    top: int
    left: int
    rows: list[list[Scalar]]
    merges: tuple[CellRange, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    formats_known: bool = False
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def at(self, row: int, col: int) -> Scalar:
        """Return the value of one cell; None if it is blank or outside the filled cells."""
        row -= self.top
        col -= self.left
        # A negative index would count from the end of a list.
        if row < 0 or col < 0 or row >= len(self.rows) or col >= len(self.rows[row]):
            return None
        return self.rows[row][col]


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """One opened file. Of xls, xlsb and ods properties and names are not read.

    Attributes:
        file: Name of the file, without its folder.
        sha256: Digest of its bytes, by which a file that was sent twice is detected.
        size: Number of bytes.
        format: Format, found from the content.
        writer: Program that saved it last and its version (`Microsoft Excel 16.0300`); empty if unknown.
        saved: When it was last saved, in UTC, as the file states.
        properties: Custom document properties.
        names: Workbook-level defined names and the formula text behind each.
        grids: The worksheets in the order of their tabs; chart and macro sheets have no rows and are left out.
    """

    file: str
    sha256: str
    size: int
    format: FileFormat
    writer: str
    saved: datetime | None
    properties: dict[str, str]
    names: dict[str, str]
    grids: tuple[Grid, ...]


def book_of(packed: tuple[Any, ...]) -> RawWorkbook:
    """Return the file that a reader process packed as plain tuples, which pickle much faster than instances."""
    fields: tuple[Any, ...] = (*packed[:-1], tuple(Grid(*grid) for grid in packed[-1]))
    return RawWorkbook(*fields)
