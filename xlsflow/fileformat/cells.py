"""Cells of a sheet: the values that a reader gets from them, and how their addresses are written.

Rows and columns are counted from 0 everywhere in the code; only addresses (`B2`) count rows from 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as #REF!; it is not blank."""

    text: str

    def __str__(self) -> str:
        """Return the error as the sheet shows it."""
        return self.text


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula without a stored result; it is not blank. Files that a script saved have such cells."""

    def __str__(self) -> str:
        """Return what a formula starts with."""
        return "="


Scalar = None | str | float | int | bool | date | datetime | time | timedelta | CellError | Uncalculated
"""The value of one cell; None is a blank one."""

Bounds = tuple[int, int, int, int]
"""First and last column, first and last row of a range."""

_RANGE = re.compile(r"([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?")


@lru_cache(maxsize=1024)
def column_letters(col: int) -> str:
    """Return the letters of a column: 0 is A, 27 is AB."""
    text = ""
    number = col + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_index(letters: str) -> int:
    """Return the column that has these letters: C is 2."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def a1(row: int, col: int) -> str:
    """Return the address of a cell: (0, 0) is A1."""
    return f"{column_letters(col)}{row + 1}"


def parse_bounds(address: str) -> Bounds | None:
    """Return the bounds of a cell or a range, or None for any other text.

    >>> parse_bounds("B2:C9")
    (1, 2, 1, 8)
    """
    match = _RANGE.fullmatch(address)
    if not match:
        return None
    left, top, right, bottom = match.groups()
    return column_index(left), column_index(right or left), int(top) - 1, int(bottom or top) - 1


def display_text(value: Scalar) -> str:
    """Return a raw value as a person reads it in the cell, for use in findings."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"  # Excel shows 15 digits: 0.1 + 0.2 reads 0.3
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    return str(value)
