"""Working days, time zones and "overdue". No clock is read here: every instant is an argument.

Public holidays and working weekends come from `holidays`. For mainland China that is the yearly notice of the State
Council, make-up days (调休) included. A year that has no notice yet counts the statutory days and weekends only; a
country that `holidays` does not know counts weekends only. Both are reported as provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SATURDAY = 5


# Countries whose government announces each year which weekends are worked: without any, the year has no notice yet.
_ANNOUNCED_YEARLY = frozenset({"CN"})


@dataclass(frozen=True, slots=True)
class _Year:
    """The days of one year in one country that differ from its usual week."""

    days_off: frozenset[date]
    days_on: frozenset[date]
    weekend: frozenset[int]
    announced: bool

    def works(self, day: date) -> bool:
        return day in self.days_on or not (day in self.days_off or day.weekday() in self.weekend)


@lru_cache(maxsize=256)
def _year(country: str, year: int) -> _Year | None:
    """Return a year of a country's calendar, or None for a country that is not known."""
    import holidays  # noqa: PLC0415 - only a report needs it

    try:
        known = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return None
    # A year's notice may move a working weekend into the year before: days of other years are listed too.
    days_on = frozenset(day for day in known.weekend_workdays if day.year == year)
    announced = bool(days_on) or country not in _ANNOUNCED_YEARLY
    return _Year(frozenset(known), days_on, frozenset(known.weekend), announced)


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
        known = _year(self.name.upper(), day.year)
        return day.weekday() < SATURDAY if known is None else known.works(day)

    def provisional(self, day: date) -> bool:
        """Return True if the year has no official notice yet, or the country is not known."""
        known = _year(self.name.upper(), day.year)
        return known is None or not known.announced

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
