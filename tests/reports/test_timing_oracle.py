"""An oracle of its own for dates and rules: every limit is counted step by step, in another way than the report does.

The report adds hours to instants and days to dates. The oracle walks: minute by minute over the hours of a wall clock
that it makes from the zone's offsets, and day by day over a calendar that it makes from `holidays` itself.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
import pytest

from tests.helpers import soak
from xlsflow.clock import WEEKENDS, Calendar
from xlsflow.reports.figures.timing_limits import (
    Limit,
    RegionClock,
    due_instant,
    first_deadline,
    limit_of,
    next_deadline,
)
from xlsflow.template.figures import TimingRule, with_own_limits

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = (
    ("Asia/Shanghai", "cn"), ("Asia/Singapore", "sg"), ("America/New_York", "us"), ("Europe/Berlin", "de"),
    ("Europe/London", "gb"), ("Australia/Sydney", "au"), ("America/Santiago", "cl"), ("Asia/Dubai", "ae"),
    ("Africa/Cairo", "eg"), ("Asia/Hong_Kong", "hk"), ("Pacific/Apia", "ws"), ("Asia/Kolkata", "in"),
)  # fmt: skip
CASES = 5_000
MINUTE = timedelta(minutes=1)


class Walk:
    """The days and the clock of one place, counted one by one."""

    def __init__(self, zone: str, country: str, week: str) -> None:
        self.zone, self.week = ZoneInfo(zone), week
        self.known = holidays.country_holidays(country.upper(), years=range(2025, 2029))
        weekend = set(self.known.weekend)
        self.weekend = set(WEEKENDS[week]) if week else ({5, 6} if weekend == {6} else weekend)

    def works(self, day: date) -> bool:
        """Return whether people work on a day."""
        if day in self.known.weekend_workdays:
            return True
        return day not in self.known and day.weekday() not in self.weekend

    def instants(self, wall: datetime) -> datetime:
        """Return the first instant whose wall clock is not before a wall time, found among all minutes around it."""
        moment = wall.replace(tzinfo=UTC) - timedelta(hours=16)
        found = moment
        step = timedelta(hours=1)
        while self.shown(found) < wall:
            found += step
        found -= step
        while self.shown(found) < wall:
            found += MINUTE
        # An hour that the clocks leave out is counted as if they had not changed yet.
        return found + (wall - self.shown(found - MINUTE) - MINUTE)

    def shown(self, instant: datetime) -> datetime:
        """Return what the wall clock shows."""
        return instant.astimezone(self.zone).replace(tzinfo=None)

    def days_on(self, day: date, count: int, step: int, is_counted: Callable[[date], bool]) -> date:
        """Return the day that is reached by counting days one by one."""
        while count:
            day += timedelta(days=step)
            count -= is_counted(day)
        return day


def drawn(rng: random.Random) -> tuple[Walk, RegionClock]:
    zone, country = rng.choice(PLACES)
    week = rng.choice(["", "", "", *WEEKENDS])
    return Walk(zone, country, week), RegionClock(ZoneInfo(zone), Calendar(country, weekend=WEEKENDS.get(week)))


def wall_time(rng: random.Random) -> datetime:
    """Return a time in 2026 or 2027, often in one of the nights in which clocks change somewhere."""
    nights = (
        date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 4, 24), date(2026, 10, 4), date(2026, 10, 25),
        date(2026, 10, 30), date(2026, 11, 1), date(2027, 2, 5), date(2026, 9, 5), date(2026, 12, 31),
    )  # fmt: skip
    day = rng.choice(nights) if rng.random() < 0.5 else date(2026, 1, 5) + timedelta(days=rng.randrange(700))
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=rng.randrange(1440))


@pytest.mark.parametrize("seed", soak.numbers(1))
@soak.campaign("dates and timing rules against an oracle", CASES // 10)
def test_a_limit_ends_when_counting_step_by_step_ends(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a test
    for _ in range(CASES // 10):
        walk, clock = drawn(rng)
        start, backwards = wall_time(rng), rng.random() < 0.3
        unit, amount = rng.choice((("hours", rng.choice((2, 24, 48))), ("days", rng.randrange(6)),
                                   ("working_days", rng.randrange(1, 6))))  # fmt: skip
        whole_day = rng.random() < 0.4
        begin = start.replace(hour=0, minute=0) if whole_day else start
        step = -1 if backwards else 1

        due = due_instant(begin, Limit(unit, amount, backwards), clock, whole_day=whole_day)

        if unit == "hours":
            # A date counts to the end of its last minute.
            from_ = walk.instants(begin + timedelta(days=1) if whole_day and not backwards else begin)
            wanted = from_ + timedelta(minutes=60 * amount * step)
            slack = timedelta(seconds=1) if whole_day and not backwards else timedelta()
            assert wanted - due in (slack, timedelta()), (walk.zone, begin, unit, amount, backwards)
        else:
            day = walk.days_on(
                begin.date(), int(amount), step, walk.works if unit == "working_days" else lambda _: True
            )
            assert clock.wall(due).date() == day, (walk.zone, walk.week, begin, unit, amount, backwards)
            assert clock.wall(due + timedelta(seconds=1)).date() > day


@pytest.mark.parametrize("seed", soak.numbers(1))
@soak.campaign("weekly deadlines against an oracle", CASES // 20)
def test_a_weekly_deadline_is_the_first_one_that_the_last_report_does_not_cover(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a test
    rule = TimingRule(every="week", on=5, at="18:00")
    for _ in range(CASES // 20):
        walk, clock = drawn(rng)
        last = wall_time(rng)
        deadlines = []
        for offset in range(-10, 40):
            day = last.date() + timedelta(days=offset)
            # The last working day of its week that is not after Friday.
            rest = [day + timedelta(days=n) for n in range(1, 5 - day.weekday())]
            if day.weekday() < 5 and walk.works(day) and not any(map(walk.works, rest)):
                deadlines.append(datetime.combine(day, datetime.min.time()) + timedelta(hours=18))
        first, second = [due for due in deadlines if due >= last][:2]

        assert clock.wall(first_deadline(last, rule, clock)) == first
        assert clock.wall(next_deadline(last, rule, clock)) == second


def test_a_night_in_which_the_clocks_change_has_the_hours_that_it_has() -> None:
    clock = RegionClock(ZoneInfo("Europe/Berlin"), Calendar("de"))

    spring = due_instant(datetime(2026, 3, 28, 20), Limit("hours", 24), clock)  # noqa: DTZ001 - wall time
    autumn = due_instant(datetime(2026, 10, 24, 20), Limit("hours", 24), clock)  # noqa: DTZ001 - wall time

    assert (clock.wall(spring).hour, clock.wall(autumn).hour) == (21, 19)


def test_a_day_on_which_the_clocks_go_back_at_midnight_ends_the_second_time() -> None:
    clock = RegionClock(ZoneInfo("Africa/Cairo"), Calendar("eg"))

    due = due_instant(datetime(2026, 10, 28), Limit("days", 1), clock)  # noqa: DTZ001 - wall time

    assert due == datetime(2026, 10, 29, 21, 59, 59, tzinfo=UTC)


def test_a_special_case_of_the_handbook_survives_what_the_project_changes() -> None:
    handbook = {"solve": TimingRule(hours=24, case={"urgent": 2, "ordinary": 24})}
    days = with_own_limits(handbook, {"solve": TimingRule(working_days=3)})["solve"]
    stricter = with_own_limits(handbook, {"solve": TimingRule(hours=1)})["solve"]

    assert (limit_of(days, "urgent"), limit_of(days, "ordinary")) == (Limit("hours", 2), Limit("working_days", 3))
    assert (limit_of(stricter, "urgent"), limit_of(stricter, "ordinary")) == (Limit("hours", 1), Limit("hours", 1))
