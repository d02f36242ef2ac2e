"""Parses dates, optionally with a time, if they can be read in exactly one way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from xlsflow.template.kinds.parsing.chinese_numerals import replace_chinese_numerals
from xlsflow.template.kinds.parsing.parse_time import HALF_DAY_PATTERN, MIDNIGHT, TimeOfDay, parse_time

__all__ = ["MIDNIGHT", "ParsedDate", "TimeOfDay", "parse_date", "strip_half_day"]

# Separator in a date with the year first; a Chinese keyboard types 。 for `.` and 、 for `/`.
_DATE_SEPARATOR = r"(?:\s*[-/.。、,_·\\]\s*|\s+)"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})(?:\s*年\s*|{_DATE_SEPARATOR})(\d{{1,2}})(?:\s*月\s*|{_DATE_SEPARATOR})(\d{{1,2}})(?![\d:])\s*[日号]?"
)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAY_NAMED = re.compile(rf"(\d{{1,2}}){_ORDINAL}[\s/.-]*{_MONTH},?[\s/-]*(\d{{4}})(?!\d)", re.IGNORECASE)
_NAMED_DAY = re.compile(rf"{_MONTH}\s*(\d{{1,2}}){_ORDINAL}(?:,\s*|\s+)(\d{{4}})(?!\d)", re.IGNORECASE)
_YEAR_NAMED = re.compile(rf"(\d{{4}})[\s/-]*{_MONTH}[\s/-]*(\d{{1,2}}){_ORDINAL}(?!\d)", re.IGNORECASE)
# A date in which year, month and day are not certain: 8/15, 24.8.15, 08/09/2024.
_AMBIGUOUS = re.compile(
    r"(?:\d{4}|\d{1,2})\s*[-/.年月]\s*\d{1,2}(?!\d)\s*(?:[-/.月]\s*(?:\d{1,4}(?![\d:]))?)?\s*[日号]?"
)
# The same with a month's name: 31-Mar, Mar 2026, 31-Mar-26.
_AMBIGUOUS_NAMED = re.compile(
    rf"(?:\d{{1,2}}{_ORDINAL}[\s/-]*{_MONTH}(?:,?[\s/-]+\d\d(?!\d|:))?|{_MONTH}[\s/,-]*\d{{1,4}}{_ORDINAL})(?![\w:])",
    re.IGNORECASE,
)
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAY = re.compile(
    r"\(?\s*(?:星期|周|礼拜)([一二三四五六日天])\s*\)?|\(\s*([一二三四五六日])\s*\)"
    r"|\(?\b(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|r|rs|rsday|urday)?\b\.?,?\s*\)?",
    re.IGNORECASE,
)
_WEEKDAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TRAILING_HALF_DAY = re.compile(rf"(?<=[\d日号\s])(?:{HALF_DAY_PATTERN})$", re.IGNORECASE)
# Punctuation that a sentence leaves around a date.
_STRAY_SIGNS = " \t\r\n。.,，;；'’"


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """Result of parsing a date.

    Attributes:
        day: The date, None if the text cannot be read in exactly one way.
        clock: The time of day, midnight if there is none.
        ambiguous: Whether the text is a date that can be read in several ways.
    """

    day: date | None = None
    clock: TimeOfDay = MIDNIGHT
    ambiguous: bool = False


def parse_date(text: str) -> ParsedDate:
    """Parse a date with an optional time behind it.

    Args:
        text: The text in half width.

    >>> parse_date("2026年3月31日 下午2:30").clock
    TimeOfDay(hour=14, minute=30)
    >>> parse_date("8/15").ambiguous
    True
    >>> parse_date("二〇二六年三月一日").day
    datetime.date(2026, 3, 1)
    """
    weekday, text = _split_weekday(replace_chinese_numerals(text.strip(_STRAY_SIGNS)))
    leading = _leading_date(text)
    if leading is None:
        ambiguous = _AMBIGUOUS.match(text) or _AMBIGUOUS_NAMED.match(text)
        return ParsedDate(ambiguous=bool(ambiguous and parse_time(text[ambiguous.end() :])))
    day, rest = leading
    clock = parse_time(rest)
    if day is None or clock is None:
        return ParsedDate()
    if weekday is not None and weekday != day.weekday():
        return ParsedDate(ambiguous=True)  # date and weekday contradict each other
    return ParsedDate(day, clock)


def strip_half_day(text: str) -> str:
    """Return a text without a trailing half of the day that has no hour: 2026-03-31 下午 is that date."""
    return _TRAILING_HALF_DAY.sub("", text).strip()


def _split_weekday(text: str) -> tuple[int | None, str]:
    """Return the weekday in a text (Monday is 0, None if there is none) and the text without it."""
    match = _WEEKDAY.search(text)
    if not match:
        return None, text
    chinese, short, english = match.groups()
    sign = (chinese or short or "").replace("天", "日")
    number = _WEEKDAYS_ZH.index(sign) if sign else _WEEKDAYS_EN.index(english.lower())
    return number, f"{text[: match.start()]} {text[match.end() :]}".strip(_STRAY_SIGNS)


def _leading_date(text: str) -> tuple[date | None, str] | None:
    """Return the date at the start of a text (None for 31 February) and the rest, None if it starts otherwise."""
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        year, month, day = match.groups()
        return _valid_date(int(year), int(month), int(day)), text[match.end() :]
    if match := _DAY_NAMED.match(text):
        day, name, year = match.groups()
        return _date_of_month_name(year, name, day), text[match.end() :]
    if match := _NAMED_DAY.match(text):
        name, day, year = match.groups()
        return _date_of_month_name(year, name, day), text[match.end() :]
    if match := _YEAR_NAMED.match(text):
        year, name, day = match.groups()
        return _date_of_month_name(year, name, day), text[match.end() :]
    # Day and month may stand in either order: the date counts only if one of the two readings is impossible, or both
    # agree.
    if match := _YEAR_LAST.match(text):
        first, _, second, year = match.groups()
        readings = {
            _valid_date(int(year), int(first), int(second)),
            _valid_date(int(year), int(second), int(first)),
        } - {None}
        if len(readings) < 2:  # noqa: PLR2004 - a number above 12, both numbers equal, or no valid date
            return next(iter(readings), None), text[match.end() :]
    return None


def _date_of_month_name(year: str, month: str, day: str) -> date | None:
    return _valid_date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))


def _valid_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
