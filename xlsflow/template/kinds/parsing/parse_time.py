"""Reads a time of the clock as people write it, where it can be read in one way only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of the day, to the minute; 24:00 is how a deadline at the end of a day is written."""

    hour: int = 0
    minute: int = 0


MIDNIGHT = TimeOfDay()
_NOON_HOUR, _HOURS_IN_DAY, _MINUTES_IN_HOUR = 12, 24, 60

_MORNING, _AFTERNOON = ((0, 11), (0, 0)), ((13, 23), (1, 12))
_NOON, _DUSK, _NIGHT = ((11, 14), (1, 2)), ((16, 19), (4, 7)), ((17, 23), (5, 11))
_HALF_DAYS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    **dict.fromkeys(("上午", "早上", "早晨", "清晨", "凌晨", "早", "am", "a.m.", "a.m"), _MORNING),
    **dict.fromkeys(("下午", "午后", "pm", "p.m.", "p.m"), _AFTERNOON),
    **dict.fromkeys(("中午",), _NOON),
    **dict.fromkeys(("傍晚",), _DUSK),
    **dict.fromkeys(("晚上", "晚间", "夜里", "晚"), _NIGHT),
}
"""Part of the day -> the hours that it has on a clock of 24 hours, and those on one of 12 that are the afternoon's.

At 12 o'clock at night, or at 1, one day ends for one reader and has begun for another: such a time is not guessed.
"""
HALF_DAY_PATTERN = "|".join(re.escape(word) for word in sorted(_HALF_DAYS, key=len, reverse=True))
_QUARTERS = re.compile(r"(?<=[点时])\s*([一三])刻")
_TIME = re.compile(
    rf"[T\s,]*({HALF_DAY_PATTERN})?\s*(\d{{1,2}})"
    r"(?:\s*[:时点]\s*(\d{1,2}|半)?\s*[分整]?(?::\d{1,2}(?:\.\d*)?|\d{1,2}秒)?)?"
    rf"\s*({HALF_DAY_PATTERN})?",
    re.IGNORECASE,
)


def parse_time(text: str) -> TimeOfDay | None:
    """Return the time of the clock that a text writes out, midnight for nothing; None where there is no such time."""
    if not text.strip():
        return MIDNIGHT
    found = _TIME.fullmatch(_QUARTERS.sub(lambda quarter: {"一": "15分", "三": "45分"}[quarter[1]], text))
    if not found:
        return None
    before, hour_text, minute_text, after = found.groups()
    half = (before or after or "").lower()
    if (before and after) or (not half and not re.search(r"[:时点]", text)):
        return None
    hour, minute = int(hour_text), _MINUTES_IN_HOUR // 2 if minute_text == "半" else int(minute_text or 0)
    if minute >= _MINUTES_IN_HOUR or hour > _HOURS_IN_DAY or (hour == _HOURS_IN_DAY and minute):
        return None
    return _apply_half_day(half, hour, minute) if half else TimeOfDay(hour, minute)


def _apply_half_day(half: str, hour: int, minute: int) -> TimeOfDay | None:
    """Return a time with the part of the day that was written; None where the two do not go together."""
    (first, last), (from_, to) = _HALF_DAYS[half]
    if first <= hour <= last:
        return TimeOfDay(hour, minute)
    if hour == _NOON_HOUR and half.replace(".", "") == "am":
        return TimeOfDay(0, minute)
    if to and from_ <= hour <= to:
        return TimeOfDay(hour if hour == _NOON_HOUR else hour + _NOON_HOUR, minute)
    return None
