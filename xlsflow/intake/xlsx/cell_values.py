"""What the text of a cell stands for: numbers, dates by their number format, shared texts, errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from xlsflow.fileformat.cells import (
    CellError,
    Scalar,
    Uncalculated,
)
from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.xlsx.safe_xml import parse

Shape = Literal["number", "date", "span"]
"""How a number format shows a number: as itself, as a moment, or as a length of time."""

# Built-in formats have numbers and no text. 27-36 and 50-58 are the dates of Chinese, Japanese and Korean Excel.
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_BUILT_IN_SPAN = 46
_LITERALS = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|;.*', re.DOTALL | re.IGNORECASE)
_SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_MOMENT = re.compile(r"[ymdhs]", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAY_ZERO = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 - a sheet knows no time zone
_LEAP_BUG = 60  # Excel counts a 29 February 1900 that never was
_DAY_MS = 86_400_000
_INDEX_DIGITS = 9


def shape_of(number_format: str) -> Shape:
    """Return how a number format shows a number; only its first section counts."""
    bare = _LITERALS.sub("", number_format)
    if _SPAN.search(bare):
        return "span"
    return "date" if _MOMENT.search(bare) else "number"


@lru_cache(maxsize=16)
def read_styles(part: str, data: bytes) -> tuple[Shape, ...]:
    """Return the shape of every cell format, in the order by which cells refer to them.

    The workbooks of one round mostly have the same formats, so those that came last are kept.
    """
    formats: dict[str, Shape] = {}
    shapes: list[Shape] = []
    inside: list[str] = []

    def start(tag: str, attrs: dict[str, str]) -> None:
        inside.append(tag)
        if tag == "numFmt" and "dxf" not in inside:
            formats[attrs.get("numFmtId", "")] = shape_of(attrs.get("formatCode", ""))
        elif tag == "xf" and inside[-2:-1] == ["cellXfs"]:
            number = attrs.get("numFmtId", "0")
            shapes.append(formats.get(number) or _built_in(number))

    def end(_tag: str) -> None:
        inside.pop()

    def text(_run: str) -> None:
        pass

    parse(part, data, start, end, text)
    return tuple(shapes)


def _index(text: str, otherwise: int) -> int:
    """Return the number by which a cell refers to something; no list is longer than nine digits count."""
    return int(text) if text.isdecimal() and len(text) <= _INDEX_DIGITS else otherwise


def _built_in(number: str) -> Shape:
    known = _index(number, 0)
    return "date" if known in _BUILT_IN_DATES else "span" if known == _BUILT_IN_SPAN else "number"


class Values:
    """Turns the text of cells into values, for one workbook."""

    def __init__(self, strings: Sequence[str], shapes: Sequence[Shape], *, from_1904: bool) -> None:
        """Keep what cells refer to: the shared texts, the shapes of the cell formats, the date system."""
        self._strings = strings
        self._shapes = shapes
        self.from_1904 = from_1904

    def shape(self, style: str) -> Shape:
        """Return how the cell format of a cell's `s` attribute shows a number."""
        index = _index(style, 0)
        return self._shapes[index] if index < len(self._shapes) else "number"

    def by_number(self) -> dict[bytes, Scalar]:
        """Return the shared texts by their number, as a cell writes it."""
        return {b"%d" % number: text or None for number, text in enumerate(self._strings)}

    def of(self, kind: str, style: str, text: str | None, *, formula: bool) -> Scalar:
        """Return what a cell holds.

        Args:
            kind: The cell's `t` attribute; empty for a number.
            style: Its `s` attribute; empty for the first format.
            text: Its stored value; None where none is stored.
            formula: Whether the cell holds a formula.
        """
        if not text:
            return self._without_text(kind, stored=text is not None, formula=formula)
        if kind == "s":
            return self._shared(text)
        if kind in {"", "n"}:
            return self._number(style, text)
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "e":
            return CellError(text)
        if kind == "d":
            return _iso(text.strip())
        return plain(text) or None

    def _without_text(self, kind: str, *, stored: bool, formula: bool) -> Scalar:
        """Return what a cell without text holds: a text that was worked out may be empty, a number may not."""
        if formula and not (stored and kind == "str"):
            return Uncalculated()
        return CellError("#VALUE!") if kind == "e" else None

    def _shared(self, text: str) -> Scalar:
        index = _index(text.strip(), -1)
        if not 0 <= index < len(self._strings):
            raise damaged("sharedStrings.xml", f"text {text} of {len(self._strings)}")
        return self._strings[index] or None

    def _number(self, style: str, text: str) -> Scalar:
        return _number(text.strip(), self.shape(style), self.from_1904)


@lru_cache(maxsize=1 << 15)
def _number(text: str, shape: Shape, from_1904: bool) -> Scalar:  # noqa: FBT001 - a fact of the workbook
    """Return what a stored number stands for; the dates of one round come again in every return."""
    if not _NUMBER.fullmatch(text):
        return text or None
    number = float(text)
    if number - number != 0:
        return text  # beyond what a number can be: kept as it is written
    try:
        if shape == "span":
            return timedelta(milliseconds=round(number * _DAY_MS))
        if shape == "date" and number >= 0:
            return moment(number, from_1904=from_1904)
    except OverflowError:  # past the year 9999: no date, in Excel neither
        pass
    return number


def moment(serial: float, *, from_1904: bool = False) -> date | datetime | time:
    """Return the date, the time of day or both that Excel shows for a serial number, to the millisecond."""
    day, ms = divmod(round(serial * _DAY_MS), _DAY_MS)
    clock = timedelta(milliseconds=ms)
    if day == 0 and not from_1904:
        return (_DAY_ZERO[False] + clock).time()
    if day < _LEAP_BUG and not from_1904:
        day += 1
    when = _DAY_ZERO[from_1904] + timedelta(days=day) + clock
    return when if ms else when.date()


def _iso(text: str) -> Scalar:
    """Return a moment written in ISO 8601, as few programs store one; text that is none stays text."""
    try:
        if "T" in text:
            when = datetime.fromisoformat(text).replace(tzinfo=None)
            return when if when.time() != time.min else when.date()
        return time.fromisoformat(text) if ":" in text else date.fromisoformat(text)
    except ValueError:
        return text


def plain(text: str) -> str:
    """Return a text without the escapes of a workbook: `_x000D_` is a carriage return."""
    if "_x" not in text or not _ESCAPED.search(text):
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )  # two halves of one character find together
