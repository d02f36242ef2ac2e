"""Cells of a sheet: what one can hold when it is read, and how its address is written."""

from __future__ import annotations

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


def shown(value: Scalar) -> str:
    """Return a raw value as a person would read it in the cell, for a finding."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)  # noqa: PLR2004 - 2**53
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return str(value)
