"""Working days and hours of regions: when a reminder may go out, and how many days a region has left."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from xlsflow.clock import build_calendars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsflow.clock import Calendar
    from xlsflow.model.project import Project, Region

# Type of a working day in the project's list of holidays; any other type is a day off.
_WORKING_DAY = "working_day"


def calendars_by_region(project: Project) -> Mapping[str, Calendar]:
    """Return the code of each region -> its working days, the project's own days included."""
    own = [(each.calendar, each.date, each.type == _WORKING_DAY) for each in project.holidays if each.date is not None]
    named = build_calendars(own, {region.calendar for region in project.regions})
    return {region.code: named[region.calendar] for region in project.regions}


def is_working_time(region: Region, calendar: Calendar, hours: tuple[time, time], now: datetime) -> bool:
    """Return whether it is a working day in a region, and between its hours."""
    local = now.astimezone(region.zone)
    return calendar.is_working_day(local.date()) and hours[0] <= local.time() < hours[1]


def working_days_left(calendar: Calendar, today: date, due: date) -> int:
    """Return how many working days follow today up to the day of the deadline; negative once it has passed.

    >>> from xlsflow.clock import Calendar
    >>> working_days_left(Calendar("cn"), date(2026, 11, 19), date(2026, 11, 23))
    2
    >>> working_days_left(Calendar("cn"), date(2026, 11, 23), date(2026, 11, 20))
    -1
    """
    first, last, sign = (today, due, 1) if today <= due else (due, today, -1)
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sign * sum(calendar.is_working_day(day) for day in days)


def utc_offset(region: Region, local: datetime) -> str:
    """Return the offset from UTC of a region's local time, such as `UTC+08:00`."""
    minutes = int(local.replace(tzinfo=region.zone).utcoffset().total_seconds() // 60)  # type: ignore[union-attr]
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
