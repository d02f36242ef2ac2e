"""The filled cells of one sheet while it is read, and how they become the rows of a grid."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import repeat

from xlsflow.fileformat.cells import Scalar
from xlsflow.intake.grid import Span
from xlsflow.intake.isolation.limits import (
    Limits,
    Refusal,
    damaged,
)

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6}))?")


def column(word: str) -> int:
    """Return the 0-based column of its letters: A is 0, AB is 27."""
    number = 0
    for letter in word.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


class Rows:
    """Filled cells by row; blanks take room only between two filled cells of one row."""

    def __init__(self, sheet: str, limits: Limits) -> None:
        """Begin a sheet without cells."""
        self._sheet = sheet
        self._most = limits.cells
        self._rows: dict[int, list[Scalar]] = {}
        self._room = 0

    def put(self, number: int, col: int, value: Scalar) -> None:
        """Set one cell: its row as the sheet counts (from 1), its column from 0."""
        self.make_room(1)
        self.place(self.row(number), col, value)

    def row(self, number: int) -> list[Scalar]:
        """Return the cells of a row, counted from 1, from column A to the last filled one.

        Raises:
            Refusal: If no sheet has such a row.
        """
        row = self._rows.get(number)
        if row is None:
            if not 0 < number <= LAST_ROW:
                raise damaged(self._sheet, f"row {number}")
            row = self._rows[number] = []
        return row

    def place(self, row: list[Scalar], col: int, value: Scalar) -> None:
        """Set one cell of a row, whatever stands there already.

        Raises:
            Refusal: If no sheet has such a column.
        """
        if not 0 <= col < LAST_COLUMN:
            raise damaged(self._sheet, f"column {col + 1}")
        gap = col - len(row)
        if gap < 0:
            row[col] = value
            return
        self.make_room(gap)
        row.extend(repeat(None, gap))
        row.append(value)

    def make_room(self, cells: int) -> None:
        """Count cells, and the blanks between them.

        Raises:
            Refusal: If the sheet holds more than are read.
        """
        self._room += cells
        if self._room > self._most:
            raise Refusal("file_too_many_cells", sheet=self._sheet, limit=f"{self._most:,}")

    def laid_out(self) -> tuple[int, int, list[list[Scalar]]]:
        """Return the first row and column (0-based) and the rows from there on.

        They form a rectangle, unless a stray cell far away would blow it up: each row then ends after its last filled
        cell.
        """
        filled = self._rows
        if not filled:
            return 0, 0, []
        top, bottom = min(filled), max(filled)
        left = 0
        if all(row[0] is None for row in filled.values()):
            left = min(next(col for col, value in enumerate(row) if value is not None) for row in filled.values())
        width = max(map(len, filled.values())) - left
        blank: list[Scalar] = []
        if width * (bottom - top + 1) <= max(self._most // 50, 8 * self._room):
            for row in filled.values():
                row.extend(repeat(None, left + width - len(row)))
            blank = [None] * (left + width)
        rows = [filled.get(number, blank) for number in range(top, bottom + 1)]
        return top - 1, left, [row[left:] for row in rows] if left else rows


@lru_cache(maxsize=8192)
def span(text: str) -> Span | None:
    """Return the 0-based corners of a range like `B2:D4`; None where it is none, or lies outside any sheet."""
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    first, row, last, low = found.groups()
    corners = (int(row) - 1, column(first), int(low or row) - 1, column(last or first))
    return corners if corners[2] < LAST_ROW and corners[3] < LAST_COLUMN else None
