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


class PercentNumber(float):
    """A number whose cell shows it with a percent sign: 0.6 for `60%`."""

    __slots__ = ()


class UnformattedNumber(float):
    """A number in a column of percentages whose cell is known to show no percent sign: 60 may be 60 % there."""

    __slots__ = ()


Scalar = None | str | float | int | bool | date | datetime | time | timedelta | CellError | Uncalculated
"""The value of one cell; None is a blank one."""

Bounds = tuple[int, int, int, int]
"""First and last column, first and last row of a range."""

# Below it a number is what binary arithmetic leaves of 0: sums of shares end 1e-16 beside the right one.
_NOISE = 1e-15
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
        # Excel shows 15 digits: 0.1 + 0.2 reads 0.3.
        return f"{value * 100:.15g}%" if isinstance(value, PercentNumber) else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    return _duration_text(value) if isinstance(value, timedelta) else str(value)


def stored_text(value: Scalar) -> str:
    """Return a raw value as data keeps it as text: a percentage as its fraction, whatever its cell shows."""
    return display_text(float(value) if isinstance(value, PercentNumber) else value)


def _duration_text(length: timedelta) -> str:
    """Return a length of time as `[h]:mm` shows it; seconds only where there are some."""
    seconds = round(abs(length).total_seconds())
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    text = f"{hours}:{minute:02}" + (f":{second:02}" if second else "")
    return f"-{text}" if length < timedelta() else text


def shown_number(number: float) -> float:
    """Return the number that a spreadsheet shows: 15 significant digits, and 0 for what is left of a difference.

    >>> shown_number(0.9999999999999999), shown_number(-1e-17), shown_number(0.1 + 0.2)
    (1.0, 0.0, 0.3)
    """
    return 0.0 if abs(number) < _NOISE else float(f"{number:.15g}")
