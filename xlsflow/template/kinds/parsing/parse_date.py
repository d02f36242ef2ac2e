"""Reads days and times of the clock as people write them, where they can be read in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from xlsflow.template.kinds.parsing.chinese_numerals import in_figures
from xlsflow.template.kinds.parsing.parse_time import (
    HALF,
    MIDNIGHT,
    Clock,
    clock_of,
)

__all__ = ["MIDNIGHT", "Clock", "Written", "without_half", "written"]

_BETWEEN = r"(?:\s*[-/.。、,_·\\]\s*|\s+)"
"""What stands between year, month and day where the year comes first; 。 and 、 are . and / of a Chinese keyboard."""
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})(?:\s*年\s*|{_BETWEEN})(\d{{1,2}})(?:\s*月\s*|{_BETWEEN})(\d{{1,2}})(?![\d:])\s*[日号]?"
)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NTH = r"(?:st|nd|rd|th)?"
_DAY_NAMED = re.compile(rf"(\d{{1,2}}){_NTH}[\s/.-]*{_MONTH},?[\s/-]*(\d{{4}})(?!\d)", re.IGNORECASE)
_NAMED_DAY = re.compile(rf"{_MONTH}\s*(\d{{1,2}}){_NTH}(?:,\s*|\s+)(\d{{4}})(?!\d)", re.IGNORECASE)
_YEAR_NAMED = re.compile(rf"(\d{{4}})[\s/-]*{_MONTH}[\s/-]*(\d{{1,2}}){_NTH}(?!\d)", re.IGNORECASE)
_LOOSE = re.compile(r"(?:\d{4}|\d{1,2})\s*[-/.年月]\s*\d{1,2}(?!\d)\s*(?:[-/.月]\s*(?:\d{1,4}(?![\d:]))?)?\s*[日号]?")
"""Digits that look like a date but leave open which is the year, the month or the day: 8/15, 24.8.15, 08/09/2024."""
_LOOSE_NAMED = re.compile(
    rf"(?:\d{{1,2}}{_NTH}[\s/-]*{_MONTH}(?:,?[\s/-]+\d\d(?!\d|:))?|{_MONTH}[\s/,-]*\d{{1,4}}{_NTH})(?![\w:])",
    re.IGNORECASE,
)
"""The same with the name of a month: 31-Mar, Mar 2026, 31-Mar-26."""
_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(
    r"\(?\s*(?:星期|周|礼拜)([一二三四五六日天])\s*\)?|\(\s*([一二三四五六日])\s*\)"
    r"|\(?\b(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|r|rs|rsday|urday)?\b\.?,?\s*\)?",
    re.IGNORECASE,
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HALF_BEHIND = re.compile(rf"(?<=[\d日号\s])(?:{HALF})$", re.IGNORECASE)
_AROUND = " \t\r\n。.,，;；'’"
"""What a sentence leaves around a date."""


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
    >>> written("二〇二六年三月一日").day
    datetime.date(2026, 3, 1)
    """
    weekday, text = _without_weekday(in_figures(text.strip(_AROUND)))
    found = _day(text)
    if found is None:
        loose = _LOOSE.match(text) or _LOOSE_NAMED.match(text)
        return Written(ambiguous=bool(loose and clock_of(text[loose.end() :])))
    day, rest = found
    clock = clock_of(rest)
    if day is None or clock is None:
        return Written()
    if weekday is not None and weekday != day.weekday():
        return Written(ambiguous=True)  # the date says one day, the day of the week another
    return Written(day, clock)


def without_half(text: str) -> str:
    """Return a text without a half of the day behind it that no hour goes with: 2026-03-31 下午 is that day."""
    return _HALF_BEHIND.sub("", text).strip()


def _without_weekday(text: str) -> tuple[int | None, str]:
    """Return the day of the week that a text names, Monday is 0, and the text without it."""
    found = _WEEKDAY.search(text)
    if not found:
        return None, text
    chinese, short, english = found.groups()
    sign = (chinese or short or "").replace("天", "日")
    number = _WEEKDAYS.index(sign) if sign else _DAYS.index(english.lower())
    return number, f"{text[: found.start()]} {text[found.end() :]}".strip(_AROUND)


def _day(text: str) -> tuple[date | None, str] | None:
    """Return the day that a text begins with (None for a 31 February) and the rest; None where it begins otherwise."""
    if found := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        year, month, day = found.groups()
        return _date(int(year), int(month), int(day)), text[found.end() :]
    if found := _DAY_NAMED.match(text):
        day, name, year = found.groups()
        return _named(year, name, day), text[found.end() :]
    if found := _NAMED_DAY.match(text):
        name, day, year = found.groups()
        return _named(year, name, day), text[found.end() :]
    if found := _YEAR_NAMED.match(text):
        year, name, day = found.groups()
        return _named(year, name, day), text[found.end() :]
    if found := _YEAR_LAST.match(text):
        first, _, second, year = found.groups()
        readings = {_date(int(year), int(first), int(second)), _date(int(year), int(second), int(first))} - {None}
        if len(readings) < 2:  # noqa: PLR2004 - one of the figures is above 12, or both are the same, or there is no such day
            return next(iter(readings), None), text[found.end() :]
    return None


def _named(year: str, month: str, day: str) -> date | None:
    return _date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
