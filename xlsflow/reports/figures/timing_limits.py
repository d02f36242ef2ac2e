"""Works out by when something must be done: a start, a limit, and the clock and calendar of a region.

Sheets hold wall times without a zone. Limits in hours are counted in real time, so a night in which the clocks change
is an hour longer or shorter; limits in days run to the end of their last day on the region's wall.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from xlsflow.clock import Calendar, localize

if TYPE_CHECKING:
    from xlsflow.template.figures import TimingRule

LAST_SECOND = time(23, 59, 59)
INTERVALS: Mapping[str, tuple[str, float]] = {"day": ("working_days", 1), "week": ("days", 7), "month": ("days", 31)}
"""Interval -> the longest time between two entries; a daily one applies to working days only."""

_DAYS_OF_WEEK = 7
_MAX_WEEKS = 60  # no calendar has a year without a working day


@dataclass(frozen=True)
class RegionClock:
    """The clock and the calendar of one region.

    Attributes:
        zone: Its time zone.
        calendar: Its working days.
    """

    zone: ZoneInfo
    calendar: Calendar

    def instant(self, wall: datetime) -> datetime:
        """Return the instant of a wall time, in UTC; of an hour that a clock change repeats, the first."""
        return localize(wall, self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the last second of a day, in UTC; where clocks go back at midnight, the second time it is 23:59:59."""
        return localize(datetime.combine(day, LAST_SECOND).replace(fold=1), self.zone).astimezone(UTC)

    def wall(self, instant: datetime) -> datetime:
        """Return the wall time of an instant, without its zone."""
        return instant.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a rule allows.

    Attributes:
        unit: `hours`, `working_days` or `days`.
        amount: How many of them.
        backwards: Whether it counts back from its start: something must be done so long before.
    """

    unit: str
    amount: float
    backwards: bool = False


def limit_of(rule: TimingRule, case: str | None = None, *, backwards: bool = False) -> Limit:
    """Return what a rule allows in a case; the first limit that is set counts, if a definition sets several."""
    if rule.every:
        return Limit(*INTERVALS[rule.every])
    unit, amount = next(((u, span) for u, span in rule.spans.items() if span is not None), ("hours", 0.0))
    if case is not None and case in rule.case:
        unit, amount = rule.case_unit or unit, rule.case[case]
    return Limit(unit, amount, backwards)


def due_instant(start: datetime, limit: Limit, clock: RegionClock, *, whole_day: bool = False) -> datetime:
    """Return the last instant that a limit allows, in UTC.

    Args:
        start: Wall time from which it runs.
        limit: The limit.
        clock: Clock and calendar of the region.
        whole_day: Whether the start is a date without a time: it counts in the region's favour.
    """
    sign = -1 if limit.backwards else 1
    if limit.unit == "hours":
        begin = clock.end_of(start.date()) if whole_day and sign > 0 else clock.instant(start)
        return begin + timedelta(hours=limit.amount * sign)
    if limit.unit == "days":
        day = start.date() + timedelta(days=round(limit.amount) * sign)
    else:
        day = shifted_day(start.date(), ceil(limit.amount) * sign, clock.calendar)
    return clock.end_of(day)


def shifted_day(day: date, working_days: int, calendar: Calendar) -> date:
    """Return the date a number of working days after a date, or before it if the number is negative."""
    if working_days >= 0:
        return calendar.add_working_days(day, working_days)
    while working_days < 0:
        day -= timedelta(days=1)
        working_days += calendar.is_working_day(day)
    return day


def next_deadline(last: datetime, rule: TimingRule, clock: RegionClock) -> datetime:
    """Return by when something that is done again and again is to be done next, in UTC.

    Args:
        last: Wall time at which it was done last.
        rule: How often; with a day of the week it is due on that day, else so long after the last time.
        clock: Clock and calendar of the region.
    """
    end = time.fromisoformat(rule.at) if rule.at else LAST_SECOND
    if rule.on is None:
        due = due_instant(last, limit_of(rule), clock)
        return clock.instant(datetime.combine(clock.wall(due), end)) if rule.at else due
    met, following = _first_two(last, rule.on, end, clock.calendar)
    return clock.instant(following if met >= last else met)


def first_deadline(since: datetime, rule: TimingRule, clock: RegionClock) -> datetime:
    """Return by when something that has never been done was to be done first, in UTC.

    Args:
        since: Wall time from which it was to be done.
        rule: How often.
        clock: Clock and calendar of the region.
    """
    end = time.fromisoformat(rule.at) if rule.at else LAST_SECOND
    if rule.on is None:
        return next_deadline(since, rule, clock)
    return clock.instant(_first_two(since, rule.on, end, clock.calendar)[0])


def _first_two(since: datetime, weekday: int, end: time, calendar: Calendar) -> tuple[datetime, datetime]:
    """Return the first two weekly deadlines that are not before a wall time."""
    coming = (due for due in _weekly(since.date(), weekday, end, calendar) if due >= since)
    return next(coming), next(coming)


def _weekly(since: date, weekday: int, end: time, calendar: Calendar) -> Iterator[datetime]:
    """Yield the deadlines of the week of a date and of the following ones.

    Where the day itself is off, the last working day of the week before it counts; a week off has no deadline.
    """
    monday = since - timedelta(days=since.weekday())
    for week in range(_MAX_WEEKS):
        days = (monday + timedelta(days=_DAYS_OF_WEEK * week + number) for number in reversed(range(weekday)))
        day = next((day for day in days if calendar.is_working_day(day)), None)
        if day is not None:
            yield datetime.combine(day, end)
