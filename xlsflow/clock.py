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

_SATURDAY, _SUNDAY = 5, 6
_USUAL_WEEKEND = frozenset({_SATURDAY, _SUNDAY})

WEEKENDS: Mapping[str, frozenset[int]] = {
    "mon_fri": _USUAL_WEEKEND,
    "mon_sat": frozenset({_SUNDAY}),
    "sun_thu": frozenset({4, _SATURDAY}),
    "sat_thu": frozenset({4}),
    "sat_wed": frozenset({3, 4}),
}
"""Working week of a region -> its days off each week, 0 for Monday."""

# Countries whose government announces each year which weekends are worked: without any, the year has no notice yet.
_ANNOUNCED_YEARLY = frozenset({"CN"})


@dataclass(frozen=True, slots=True)
class _Year:
    """The days of one year in one country that differ from its usual week."""

    days_off: frozenset[date]
    days_on: frozenset[date]
    weekend: frozenset[int]
    announced: bool

    def is_working_day(self, day: date, weekend: frozenset[int] | None) -> bool:
        return day in self.days_on or not (
            day in self.days_off or day.weekday() in (self.weekend if weekend is None else weekend)
        )


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
    weekend = frozenset(known.weekend)
    # Where only Sunday is a day off by law, offices keep five days all the same; a region of six says so.
    return _Year(frozenset(known), days_on, _USUAL_WEEKEND if weekend == {_SUNDAY} else weekend, announced)


@dataclass(frozen=True)
class Calendar:
    """The working days of one region.

    Attributes:
        name: Country code (`cn`, `sg`).
        days_off: Days off of the project.
        days_on: Working days of the project.
        weekend: Days off each week, 0 for Monday; those of the country where None.
    """

    name: str = "cn"
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = frozenset()
    weekend: frozenset[int] | None = None

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a working day; the project's own days take precedence."""
        if day in self.days_off:
            return False
        if day in self.days_on:
            return True
        known = _year(self.name.upper(), day.year)
        if known is None:
            return day.weekday() not in (_USUAL_WEEKEND if self.weekend is None else self.weekend)
        return known.is_working_day(day, self.weekend)

    def is_provisional(self, day: date) -> bool:
        """Return True if the year has no official notice yet, or the country is not known."""
        known = _year(self.name.upper(), day.year)
        return known is None or not known.announced

    def add_working_days(self, day: date, working_days: int) -> date:
        """Return the day that is a number of working days after a day."""
        while working_days > 0:
            day += timedelta(days=1)
            working_days -= self.is_working_day(day)
        return day


def build_calendars(overrides: Iterable[tuple[str, date, bool]], names: Iterable[str]) -> Mapping[str, Calendar]:
    """Return a calendar for each name, with the project's own days.

    Args:
        overrides: The project's days: calendar, day, whether it is a working day.
        names: Names of the calendars.
    """
    off: dict[str, set[date]] = {}
    on: dict[str, set[date]] = {}
    for name, day, worked in overrides:
        (on if worked else off).setdefault(name, set()).add(day)
    return {name: Calendar(name, frozenset(off.get(name, ())), frozenset(on.get(name, ()))) for name in names}


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the local day of an instant."""
    return instant.astimezone(zone).date()


def localize(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time; a time in a sheet has no time zone."""
    # In the hour that a clock change repeats, this is the first of the two.
    return local.replace(tzinfo=zone)
