"""Turns the stored text of a cell into a value: numbers, dates by their number format, shared texts, errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from xlsflow.fileformat.cells import CellError, PercentNumber, Scalar, Uncalculated
from xlsflow.intake.isolation.limits import damaged
from xlsflow.intake.xlsx.safe_xml import parse_xml

NumberDisplay = str
"""How a number format displays a number.

`number`: as itself; `date`: as a date or time of day; `duration`: as a length of time; `percent`: as a percentage;
`percent_sign`: with a literal percent sign behind it; `unit:` and a text: with that literal unit behind it.
"""

# Built-in formats have numbers and no text. 27-36 and 50-58 are the dates of Chinese, Japanese and Korean Excel.
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_BUILT_IN_DURATION = 46
_BUILT_IN_PERCENT = frozenset({9, 10})
# Literal text, then what is neither text nor code (gaps, colours, conditions), the end of the first section, and codes.
_FORMAT_TOKEN = re.compile(
    r'"([^"]*)"?|[\\!](.)|(?:_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\])|(;)|(\[[^\]]*\]|.)', re.DOTALL | re.IGNORECASE
)
# A literal unit that says what the number is multiplied by; others, such as `件`, are what the column counts.
_SCALING_UNIT = re.compile(r"(?:[百千]?万|亿|千元|‰)[^\d\s]{0,2}")
_DURATION_CODE = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DATE_CODE = re.compile(r"[ymdhs]", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAY_ZERO = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 - a sheet knows no time zone
_LEAP_BUG = 60  # Excel counts a 29 February 1900, which did not exist, as Lotus 1-2-3 did
_DAY_MS = 86_400_000
_INDEX_DIGITS = 9


def number_display(number_format: str) -> NumberDisplay:
    """Return how a number format displays a number; only its first section counts."""
    codes, unit = _codes_and_unit(number_format)
    if _DURATION_CODE.search(codes):
        return "duration"
    if _DATE_CODE.search(codes):
        return "date"
    if "%" in codes:
        return "percent"
    if unit in {"%", "％"}:
        return "percent_sign"
    # A comma behind the last digit divides by 1,000: then the number itself is meant, not what is displayed of it.
    is_scaling = _SCALING_UNIT.fullmatch(unit) and not codes.endswith(",")
    return f"unit:{unit}" if is_scaling else "number"


def _codes_and_unit(number_format: str) -> tuple[str, str]:
    """Return the codes of the first section of a format, and the literal text behind its last digit."""
    codes, unit = "", ""
    for quoted, escaped, end, code in _FORMAT_TOKEN.findall(number_format):
        if end:
            break
        if code.strip():
            codes, unit = codes + code, ""
        elif codes:
            unit += quoted + escaped
    return codes, unit.strip()


# The workbooks of one round mostly have the same styles part, so the last ones are cached.
@lru_cache(maxsize=16)
def read_styles(part: str, data: bytes) -> tuple[NumberDisplay, ...]:
    """Return how each cell format displays numbers, in the order by which cells refer to them."""
    formats: dict[str, NumberDisplay] = {}
    displays: list[NumberDisplay] = []
    inside: list[str] = []

    def start(tag: str, attrs: dict[str, str]) -> None:
        inside.append(tag)
        # A `dxf` (conditional format) has number formats of its own, whose ids may collide with those of the cells.
        if tag == "numFmt" and "dxf" not in inside:
            formats[attrs.get("numFmtId", "")] = number_display(attrs.get("formatCode", ""))
        elif tag == "xf" and inside[-2:-1] == ["cellXfs"]:
            number = attrs.get("numFmtId", "0")
            displays.append(formats.get(number) or built_in_display(number))

    def end(_tag: str) -> None:
        inside.pop()

    def text(_run: str) -> None:
        pass

    parse_xml(part, data, start, end, text)
    return tuple(displays)


def _index(text: str, default: int) -> int:
    """Return the index by which a cell refers to something, or the default for text that is no such index."""
    # int() of a very long digit string is quadratic; no list in a workbook needs more than nine digits.
    return int(text) if text.isdecimal() and len(text) <= _INDEX_DIGITS else default


def built_in_display(number: str) -> NumberDisplay:
    """Return how the built-in number format of that number displays a number."""
    known = _index(number, 0)
    if known in _BUILT_IN_PERCENT:
        return "percent"
    return "date" if known in _BUILT_IN_DATES else "duration" if known == _BUILT_IN_DURATION else "number"


class CellParser:
    """Parses the stored text of the cells of one workbook."""

    def __init__(self, strings: Sequence[str], displays: Sequence[NumberDisplay], *, from_1904: bool) -> None:
        """Take what cells refer to.

        Args:
            strings: The shared strings.
            displays: How each cell format displays numbers.
            from_1904: Whether dates count from 1904, as workbooks of Excel for Mac did.
        """
        self._strings = strings
        self._displays = displays
        self.from_1904 = from_1904

    def display(self, style: str) -> NumberDisplay:
        """Return how the cell format of a cell's `s` attribute displays a number."""
        index = _index(style, 0)
        return self._displays[index] if index < len(self._displays) else "number"

    def strings_by_index(self) -> dict[bytes, Scalar]:
        """Return the shared strings by their index, written as a cell writes it."""
        return {b"%d" % number: text or None for number, text in enumerate(self._strings)}

    def parse(self, kind: str, style: str, text: str | None, *, formula: bool) -> Scalar:
        """Return the value of a cell.

        Args:
            kind: The cell's `t` attribute; empty for a number.
            style: Its `s` attribute; empty for the first format.
            text: Its stored value; None if none is stored.
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
            # Kept apart from texts: calamine gives a blank for it, openpyxl the text “#REF!”.
            return CellError(text)
        if kind == "d":
            return _from_iso(text.strip())
        return unescape(text) or None

    def _without_text(self, kind: str, *, stored: bool, formula: bool) -> Scalar:
        """Return the value of a cell without text."""
        # The result of a formula may be an empty text, but a number that is missing has never been calculated.
        # Programs that compute no formulas save them without results: openpyxl always does.
        if formula and not (stored and kind == "str"):
            return Uncalculated()
        return CellError("#VALUE!") if kind == "e" else None

    def _shared(self, text: str) -> Scalar:
        index = _index(text.strip(), -1)
        if not 0 <= index < len(self._strings):
            raise damaged("sharedStrings.xml", f"text {text} of {len(self._strings)}")
        return self._strings[index] or None

    def _number(self, style: str, text: str) -> Scalar:
        return _number(text.strip(), self.display(style), self.from_1904)


# The same dates and figures recur in every return of a round.
@lru_cache(maxsize=1 << 15)
def _number(text: str, display: NumberDisplay, from_1904: bool) -> Scalar:  # noqa: FBT001 - a fact of the workbook
    """Return the value of a stored number."""
    if not _NUMBER.fullmatch(text):
        return text or None
    number = float(text)
    if number - number != 0:
        return text  # infinite as a float: kept as it is written
    try:
        if display == "duration":
            return timedelta(milliseconds=round(number * _DAY_MS))
        if display == "date" and number >= 0:
            return from_serial(number, from_1904=from_1904)
    except OverflowError:  # past the year 9999, where Excel shows no date either
        pass
    return _as_displayed(number, display)


def _as_displayed(number: float, display: NumberDisplay) -> Scalar:
    """Return a number that is no date with the unit that its cell shows."""
    if display == "percent":
        return PercentNumber(number)
    if display == "percent_sign":  # 60 in the format 0"%" is shown as 60%
        return PercentNumber(float(Decimal(repr(number)).scaleb(-2)))
    return f"{number:.15g}{display.removeprefix('unit:')}" if display.startswith("unit:") else number


def from_serial(serial: float, *, from_1904: bool = False) -> date | datetime | time:
    """Return the date, the time of day or both that Excel shows for a serial number, to the millisecond."""
    day, ms = divmod(round(serial * _DAY_MS), _DAY_MS)
    clock = timedelta(milliseconds=ms)
    if day == 0 and not from_1904:
        return (_DAY_ZERO[False] + clock).time()
    if day < _LEAP_BUG and not from_1904:
        day += 1
    when = _DAY_ZERO[from_1904] + timedelta(days=day) + clock
    return when if ms else when.date()


def _from_iso(text: str) -> Scalar:
    """Return the value of a cell of type `d`, which holds ISO 8601; any other text stays text."""
    try:
        if "T" in text:
            when = datetime.fromisoformat(text).replace(tzinfo=None)
            return when if when.time() != time.min else when.date()
        return time.fromisoformat(text) if ":" in text else date.fromisoformat(text)
    except ValueError:
        return text


def unescape(text: str) -> str:
    """Return a text without the escapes of Office Open XML: `_x000D_` is a carriage return."""
    if "_x" not in text or not _ESCAPED.search(text):
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # A character beyond U+FFFF may be escaped as two surrogates; the round trip through UTF-16 joins them.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
