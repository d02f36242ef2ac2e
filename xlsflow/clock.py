"""Working days, time zones and "overdue". No clock is read here: every instant is handed in.

China's working days follow the yearly notice of the State Council (public holidays and make-up working weekends, 调休)
as `chinesecalendar` has it; other countries' public holidays are those of `holidays`. A year that is not announced yet,
and a country that is not known, count weekends only and are said to be provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SATURDAY = 5


@lru_cache(maxsize=8192)
def _china(day: date) -> bool | None:
    """Return whether a day is worked in mainland China, or None where the year is not announced."""
    import chinese_calendar  # noqa: PLC0415 - only a report needs it

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@lru_cache(maxsize=256)
def _country(calendar: str, year: int) -> tuple[frozenset[date], frozenset[int]] | None:
    """Return a country's public holidays of a year and its weekend, or None for a country that is not known."""
    import holidays  # noqa: PLC0415 - only a report needs it

    try:
        country = holidays.country_holidays(calendar.upper(), years=year)
    except NotImplementedError:
        return None
    return frozenset(country), frozenset(country.weekend)


@dataclass(frozen=True)
class Calendar:
    """The working days of one region.

    Attributes:
        name: Country code (`cn`, `sg`).
        days_off: Further days off.
        days_on: Further working days.
    """

    name: str = "cn"
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Return whether a day is a working day."""
        if day in self.days_off:
            return False
        if day in self.days_on:
            return True
        known = self._known(day)
        return day.weekday() < SATURDAY if known is None else known

    def _known(self, day: date) -> bool | None:
        """Return whether a day is worked by its country's calendar, or None where that is not known."""
        if self.name.lower() == "cn":
            return _china(day)
        known = _country(self.name, day.year)
        return None if known is None else day not in known[0] and day.weekday() not in known[1]

    def provisional(self, day: date) -> bool:
        """Return whether the year's notice, or the country, is not known, so that only weekends count."""
        return self._known(day) is None

    def add(self, day: date, working_days: int) -> date:
        """Return the day that lies so many working days after a day."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.works(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after start up to and including end; 0 where end is not later."""
        return sum(self.works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def calendars(overrides: Iterable[tuple[str, date, bool]], names: Iterable[str]) -> Mapping[str, Calendar]:
    """Return a calendar for each name, with a project's own days: (calendar, day, whether it is worked)."""
    off: dict[str, set[date]] = {}
    on: dict[str, set[date]] = {}
    for name, day, worked in overrides:
        (on if worked else off).setdefault(name, set()).add(day)
    return {n: Calendar(n, frozenset(off.get(n, ())), frozenset(on.get(n, ()))) for n in names}


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that it is somewhere at an instant."""
    return instant.astimezone(zone).date()


def at(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time that bears no zone, as sheets hold it."""
    return local.replace(tzinfo=zone)


def as_day(moment: date) -> date:
    """Return the day of a day or a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def days_overdue(due: date, today: date) -> int:
    """Return how many days ago something was due; 0 on the day itself and before."""
    return max(0, (as_day(today) - as_day(due)).days)
