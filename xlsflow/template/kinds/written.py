"""Reads days and times of the clock as people write them, where they can be read in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_YEAR_FIRST = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?!\d)\s*[日号]?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_NAMED = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[\s-]*{_MONTH},?[\s-]*(\d{{4}})(?!\d)", re.IGNORECASE)
_NAMED_DAY = re.compile(rf"{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(\d{{4}})(?!\d)", re.IGNORECASE)
_LOOSE = re.compile(r"\d{1,4}\s*[-/.年月]\s*\d{1,2}\s*(?:[-/.月日号]\s*\d{0,4})?\s*[日号]?")
"""Digits that look like a date but leave open which is the year, the month or the day: 8/15, 24.8.15, 08/09/2024."""

_EARLY, _LATE = ("上午", "早上", "凌晨", "AM"), ("下午", "晚上", "中午", "PM")
_HALF = "|".join((*_EARLY, *_LATE))
_CLOCK = re.compile(
    rf"[T\s,]*({_HALF})?\s*(\d{{1,2}})(?:\s*[:时点]\s*(\d{{1,2}}|半)?\s*分?(?::\d{{1,2}}(?:\.\d*)?|\d{{1,2}}秒)?)?\s*({_HALF})?",
    re.IGNORECASE,
)
NOON, DAY_END, HOUR = 12, 24, 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day, to the minute; 24:00 is how a deadline at the end of a day is written."""

    hour: int = 0
    minute: int = 0


MIDNIGHT = Clock()


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says of a day.

    Attributes:
        day: The day; None where the text has no single reading.
        clock: The time that stands behind it; midnight where there is none.
        ambiguous: Whether it looks like a date but can be read in several ways.
    """

    day: date | None = None
    clock: Clock = MIDNIGHT
    ambiguous: bool = False


def written(text: str) -> Written:
    """Return the day, and the time behind it, that a text in half width writes out.

    >>> written("2026年3月31日 下午2:30").clock
    Clock(hour=14, minute=30)
    >>> written("8/15").ambiguous
    True
    """
    found = _day(text)
    if found is None:
        loose = _LOOSE.match(text)
        return Written(ambiguous=bool(loose and _clock(text[loose.end() :])))
    day, rest = found
    clock = _clock(rest)
    if day is None or clock is None:
        return Written()
    return Written(day, clock)


def _day(text: str) -> tuple[date | None, str] | None:
    """Return the day that a text begins with (None for a 31 February) and the rest; None where it begins otherwise."""
    if found := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        year, month, day = found.groups()
        return _date(int(year), int(month), int(day)), text[found.end() :]
    if found := _DAY_NAMED.match(text):
        day, name, year = found.groups()
        return _date(int(year), _MONTHS.index(name.lower()) + 1, int(day)), text[found.end() :]
    if found := _NAMED_DAY.match(text):
        name, day, year = found.groups()
        return _date(int(year), _MONTHS.index(name.lower()) + 1, int(day)), text[found.end() :]
    if found := _YEAR_LAST.match(text):
        first, _, second, year = found.groups()
        readings = {_date(int(year), int(first), int(second)), _date(int(year), int(second), int(first))} - {None}
        if len(readings) == 1:  # one of the figures is above 12, or both are the same
            return readings.pop(), text[found.end() :]
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> Clock | None:
    """Return the time of the clock that a text writes out, midnight for nothing; None where there is no such time."""
    if not text.strip():
        return MIDNIGHT
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    before, hour_text, minute_text, after = found.groups()
    half = (before or after or "").upper()
    if (before and after) or (not half and not re.search(r"[:时点]", text)):
        return None
    hour, minute = int(hour_text), HOUR // 2 if minute_text == "半" else int(minute_text or 0)
    if minute >= HOUR or hour > DAY_END or (hour == DAY_END and (minute or half)):
        return None
    return _by_half(half, hour, minute)


def _by_half(half: str, hour: int, minute: int) -> Clock | None:
    """Return a time with the half of the day that was written; None where the two do not go together."""
    if half in _LATE and hour < NOON:
        return Clock(hour + NOON, minute) if half != "中午" or hour <= 2 else Clock(hour, minute)  # noqa: PLR2004
    if half in _EARLY and hour >= NOON:
        return Clock(0, minute) if half == "AM" and hour == NOON else None
    return None if half == "晚上" and hour == NOON else Clock(hour, minute)
