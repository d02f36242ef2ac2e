"""Cells of a sheet: what one can hold when it is read, and how its address is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error, such as #REF!; never to be taken for a blank."""

    text: str

    def __str__(self) -> str:
        """Return the error as the sheet shows it."""
        return self.text


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula without a stored result (a script saved the file); never to be taken for a blank."""

    def __str__(self) -> str:
        """Return what a formula starts with."""
        return "="


_RANGE = re.compile(r"([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?")
EXACT = 1e15
"""Excel keeps 15 significant digits, and shows 0.3 for the sum of 0.1 and 0.2; from here on digits are lost."""

Scalar = None | str | float | int | bool | date | datetime | time | timedelta | CellError | Uncalculated
"""What one cell can hold once it is read; a blank is None."""


@lru_cache(maxsize=1024)
def letters(col: int) -> str:
    """Return the letters of a 0-based column: 0 is A, 27 is AB."""
    text = ""
    number = col + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def a1(row: int, col: int) -> str:
    """Return the address of a 0-based row and column: (0, 0) is A1."""
    return f"{letters(col)}{row + 1}"


Box = tuple[int, int, int, int]
"""First and last column, first and last row of some cells, 0-based."""


def box_of(cells: str) -> Box | None:
    """Return where an address or a range lies: B2:C9 is (1, 2, 1, 8); None for any other text."""
    found = _RANGE.fullmatch(cells)
    if not found:
        return None
    left, top, right, bottom = found.groups()
    return column_of(left), column_of(right or left), int(top) - 1, int(bottom or top) - 1


def column_of(word: str) -> int:
    """Return the 0-based number of a column by its letters: C is 2."""
    number = 0
    for letter in word:
        number = number * 26 + ord(letter) - 64
    return number - 1


def shown(value: Scalar) -> str:
    """Return a raw value as a person would read it in the cell, for a finding."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    return str(value)
