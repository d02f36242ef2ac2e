"""Collects the filled cells of one sheet while it is read, and lays them out as the rows of a grid."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import repeat

from xlsflow.fileformat.cells import Scalar, column_index
from xlsflow.fileformat.excel_limits import MAX_COLUMNS, MAX_ROWS
from xlsflow.intake.grid import CellRange
from xlsflow.intake.isolation.limits import Limits, Refusal, damaged

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6}))?")


class CellStore:
    """Filled cells by row; blanks take memory only between two filled cells of one row."""

    def __init__(self, sheet: str, limits: Limits) -> None:
        """Start a sheet without cells."""
        self._sheet = sheet
        self._max_cells = limits.cells
        self._rows: dict[int, list[Scalar]] = {}
        self._cells = 0

    def set_cell(self, number: int, col: int, value: Scalar) -> None:
        """Set one cell, given its 1-based row and 0-based column."""
        self.count_cells(1)
        self.set_in_row(self.row(number), col, value)

    def row(self, number: int) -> list[Scalar]:
        """Return the cells of a 1-based row, from column A to the last filled one.

        Raises:
            Refusal: No sheet has such a row.
        """
        # A dictionary, since a row may come in any order and row 1,048,576 must cost no more than row 1.
        row = self._rows.get(number)
        if row is None:
            if not 0 < number <= MAX_ROWS:
                raise damaged(self._sheet, f"row {number}")
            row = self._rows[number] = []
        return row

    def set_in_row(self, row: list[Scalar], col: int, value: Scalar) -> None:
        """Set one cell of a row, replacing a value that is already there.

        Raises:
            Refusal: No sheet has such a column.
        """
        if not 0 <= col < MAX_COLUMNS:
            raise damaged(self._sheet, f"column {col + 1}")
        gap = col - len(row)
        if gap < 0:
            row[col] = value
            return
        self.count_cells(gap)
        row.extend(repeat(None, gap))
        row.append(value)

    def count_cells(self, cells: int) -> None:
        """Count filled cells, or the blanks between them, against the limit.

        Raises:
            Refusal: The sheet holds more cells than the limit allows.
        """
        self._cells += cells
        if self._cells > self._max_cells:
            raise Refusal("file_too_many_cells", sheet=self._sheet, limit=f"{self._max_cells:,}")

    def as_rows(self) -> tuple[int, int, list[list[Scalar]]]:
        """Return the first row and column (0-based) and the rows from there on.

        The rows form a rectangle, unless a stray cell far away would make it huge: then each row ends after its last
        filled cell.
        """
        filled = self._rows
        if not filled:
            return 0, 0, []
        top, bottom = min(filled), max(filled)
        left = 0
        # Many sheets leave column A blank as a margin.
        if all(row[0] is None for row in filled.values()):
            left = min(next(col for col, value in enumerate(row) if value is not None) for row in filled.values())
        width = max(map(len, filled.values())) - left
        blank: list[Scalar] = []
        # Small sheets are always padded; a large one only if padding makes it at most eight times as large.
        if width * (bottom - top + 1) <= max(self._max_cells // 50, 8 * self._cells):
            for row in filled.values():
                row.extend(repeat(None, left + width - len(row)))
            blank = [None] * (left + width)
        rows = [filled.get(number, blank) for number in range(top, bottom + 1)]
        return top - 1, left, [row[left:] for row in rows] if left else rows


# Merged ranges and addresses repeat from return to return of one round, so parsing them is cached.
@lru_cache(maxsize=8192)
def parse_range(text: str) -> CellRange | None:
    """Return the 0-based corners of an address or range like `B2:D4`; None for other text or outside any sheet."""
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    first, row, last, low = found.groups()
    corners = (int(row) - 1, column_index(first.upper()), int(low or row) - 1, column_index((last or first).upper()))
    return corners if corners[2] < MAX_ROWS and corners[3] < MAX_COLUMNS else None
