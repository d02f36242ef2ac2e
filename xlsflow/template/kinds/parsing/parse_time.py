"""Parses a time of day if it can be read in exactly one way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day to the minute. Unlike `datetime.time` it can be 24:00, a deadline at the end of a day."""

    hour: int = 0
    minute: int = 0


MIDNIGHT = TimeOfDay()
_NOON_HOUR, _HOURS_IN_DAY, _MINUTES_IN_HOUR = 12, 24, 60

_MORNING, _AFTERNOON = ((0, 11), (0, 0)), ((13, 23), (1, 12))
_NOON, _DUSK, _NIGHT = ((11, 14), (1, 2)), ((16, 19), (4, 7)), ((17, 23), (5, 11))
# Part of the day -> its hours (first, last) on a 24-hour clock, and those on a 12-hour clock that need 12 added.
#
# 晚上12点 and 晚上1点 are in neither range: readers disagree whether they belong to the same day or the next.
_HALF_DAYS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    **dict.fromkeys(("上午", "早上", "早晨", "清晨", "凌晨", "早", "am", "a.m.", "a.m"), _MORNING),
    **dict.fromkeys(("下午", "午后", "pm", "p.m.", "p.m"), _AFTERNOON),
    **dict.fromkeys(("中午",), _NOON),
    **dict.fromkeys(("傍晚",), _DUSK),
    **dict.fromkeys(("晚上", "晚间", "夜里", "晚"), _NIGHT),
}
HALF_DAY_PATTERN = "|".join(re.escape(word) for word in sorted(_HALF_DAYS, key=len, reverse=True))
_QUARTERS = re.compile(r"(?<=[点时])\s*([一三])刻")
_TIME = re.compile(
    rf"[T\s,]*({HALF_DAY_PATTERN})?\s*(\d{{1,2}})"
    r"(?:\s*[:时点]\s*(\d{1,2}|半)?\s*[分整]?(?::\d{1,2}(?:\.\d*)?|\d{1,2}秒)?)?"
    rf"\s*({HALF_DAY_PATTERN})?",
    re.IGNORECASE,
)


def parse_time(text: str) -> TimeOfDay | None:
    """Return the time in a text, midnight for an empty text, None if it is not a time."""
    if not text.strip():
        return MIDNIGHT
    match = _TIME.fullmatch(_QUARTERS.sub(lambda quarter: {"一": "15分", "三": "45分"}[quarter[1]], text))
    if not match:
        return None
    before, hour_text, minute_text, after = match.groups()
    half = (before or after or "").lower()
    # 上午3点下午 contradicts itself, and a bare 3 is more likely a number than an hour.
    if (before and after) or (not half and not re.search(r"[:时点]", text)):
        return None
    hour, minute = int(hour_text), _MINUTES_IN_HOUR // 2 if minute_text == "半" else int(minute_text or 0)
    if minute >= _MINUTES_IN_HOUR or hour > _HOURS_IN_DAY or (hour == _HOURS_IN_DAY and minute):
        return None
    return _apply_half_day(half, hour, minute) if half else TimeOfDay(hour, minute)


def _apply_half_day(half: str, hour: int, minute: int) -> TimeOfDay | None:
    """Return the time on a 24-hour clock, None if hour and part of the day contradict each other."""
    (first, last), (first_pm, last_pm) = _HALF_DAYS[half]
    if first <= hour <= last:
        return TimeOfDay(hour, minute)
    if hour == _NOON_HOUR and half.replace(".", "") == "am":
        return TimeOfDay(0, minute)
    if last_pm and first_pm <= hour <= last_pm:
        return TimeOfDay(hour if hour == _NOON_HOUR else hour + _NOON_HOUR, minute)
    return None
