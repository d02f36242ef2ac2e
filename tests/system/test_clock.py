"""Working days with make-up days, other countries' calendars, and days by time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.system.china_notices import NOTICES
from xlsflow.clock import WEEKENDS, Calendar, build_calendars, local_day, localize

CHINA = Calendar("cn")
SHANGHAI, BERLIN, LOS_ANGELES = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles")
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("day", [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)])
def test_a_make_up_day_of_2026_is_worked_although_it_is_a_weekend(day: tuple[int, int]) -> None:
    made_up = date(2026, *day)

    assert made_up.weekday() >= 5
    assert CHINA.is_working_day(made_up)


@pytest.mark.parametrize("day", [(1, 1), (2, 17), (4, 6), (5, 1), (6, 19), (9, 25), (10, 1), (10, 7)])
def test_a_public_holiday_of_2026_is_off_although_it_is_a_weekday(day: tuple[int, int]) -> None:
    assert date(2026, *day).weekday() < 5
    assert not CHINA.is_working_day(date(2026, *day))


def test_2026_has_the_working_days_that_were_announced() -> None:
    assert sum(CHINA.is_working_day(date(2026, 1, 1) + timedelta(days=n)) for n in range(365)) == 248


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_every_day_of_a_year_is_worked_or_off_as_its_notice_says(year: int) -> None:
    """The notices were read out of another library (chinesecalendar 1.11), day by day."""
    days_off, days_on = (set(days.split()) for days in NOTICES[year])
    days = [
        date(year, 1, 1) + timedelta(days=number) for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]

    announced = {day: f"{day:%m%d}" in days_on or (day.weekday() < 5 and f"{day:%m%d}" not in days_off) for day in days}

    assert {day: CHINA.is_working_day(day) for day in days} == announced
    assert not CHINA.is_provisional(days[0])


def test_a_year_without_a_notice_has_its_statutory_days_and_is_provisional() -> None:
    new_year, friday, saturday = date(2031, 1, 1), date(2031, 1, 3), date(2031, 1, 4)

    assert (CHINA.is_working_day(new_year), CHINA.is_working_day(friday), CHINA.is_working_day(saturday)) == (
        False,
        True,
        False,
    )
    assert CHINA.is_provisional(friday)
    assert not CHINA.is_provisional(date(2026, 1, 1))


def test_a_country_with_working_weekends_of_its_own_has_them() -> None:
    hungary = Calendar("hu")

    assert hungary.is_working_day(date(2026, 1, 10))  # a Saturday that makes up for Friday 2 January
    assert not hungary.is_working_day(date(2026, 1, 2))
    assert not hungary.is_provisional(date(2031, 1, 3))


def test_other_countries_have_their_own_holidays_and_no_make_up_days() -> None:
    singapore, germany = Calendar("sg"), Calendar("DE")

    assert not singapore.is_working_day(date(2026, 8, 10))  # National Day falls on a Sunday
    assert germany.is_working_day(date(2026, 8, 10))
    assert not germany.is_working_day(date(2026, 10, 10))
    assert not germany.is_provisional(date(2026, 1, 1))


def test_the_weekend_is_the_countrys_own() -> None:
    israel = Calendar("il")

    assert not israel.is_working_day(date(2026, 6, 5))  # a Friday
    assert israel.is_working_day(date(2026, 6, 7))  # a Sunday


def test_a_country_that_is_not_known_counts_weekends_only_and_says_so() -> None:
    nowhere = Calendar("zz")

    assert (nowhere.is_working_day(date(2026, 1, 1)), nowhere.is_working_day(date(2026, 1, 3))) == (True, False)
    assert nowhere.is_provisional(date(2026, 1, 1))


def test_a_projects_own_days_come_first() -> None:
    own = build_calendars([("cn", date(2026, 3, 2), False), ("cn", date(2026, 10, 1), True)], ["cn", "sg"])

    assert not own["cn"].is_working_day(date(2026, 3, 2))
    assert own["cn"].is_working_day(date(2026, 10, 1))
    assert own["sg"].is_working_day(date(2026, 3, 2))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # behind the National Day holidays
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # a Saturday made up for
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # the make-up Saturday, then Spring Festival
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_working_days_are_added(start: date, count: int, end: date) -> None:
    assert CHINA.add_working_days(start, count) == end


@given(start=DAYS, count=st.integers(0, 30), name=st.sampled_from(("cn", "sg", "zz")))
def test_adding_and_counting_agree(start: date, count: int, name: str) -> None:
    calendar = Calendar(name)
    end = calendar.add_working_days(start, count)

    days_between = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert sum(map(calendar.is_working_day, days_between)) == count
    assert count == 0 or calendar.is_working_day(end)


def test_the_same_instant_is_another_day_elsewhere() -> None:
    instant = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert local_day(instant, SHANGHAI) == date(2026, 11, 21)
    assert local_day(instant, BERLIN) == date(2026, 11, 20)
    assert local_day(instant, LOS_ANGELES) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        (datetime(2026, 11, 20, 18), SHANGHAI, datetime(2026, 11, 20, 10, tzinfo=UTC)),  # noqa: DTZ001 - as sheets hold it
        (datetime(2026, 11, 20, 18), BERLIN, datetime(2026, 11, 20, 17, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2026, 7, 20, 18), BERLIN, datetime(2026, 7, 20, 16, tzinfo=UTC)),  # noqa: DTZ001 - summer time
    ],
)
def test_a_local_time_is_an_instant(local: datetime, zone: ZoneInfo, instant: datetime) -> None:
    assert localize(local, zone) == instant


def test_a_working_week_of_five_days_is_usual_and_a_region_may_have_another() -> None:
    """By law only Sunday is off in Hong Kong; its offices keep five days all the same."""
    saturday, sunday, friday = date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 20)
    usual, six = Calendar("hk"), Calendar("hk", weekend=WEEKENDS["mon_sat"])
    gulf = Calendar("cn", weekend=WEEKENDS["sun_thu"])

    assert [usual.is_working_day(day) for day in (friday, saturday, sunday)] == [True, False, False]
    assert [six.is_working_day(day) for day in (friday, saturday, sunday)] == [True, True, False]
    assert [gulf.is_working_day(day) for day in (friday, saturday, sunday)] == [False, False, True]
    assert not six.is_working_day(date(2026, 12, 25)), "its holidays stay"
