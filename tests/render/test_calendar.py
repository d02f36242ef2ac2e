"""Due dates as a calendar: what two imports and a later report make of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from tests.reports import report_example as example
from xlsflow.errors import InputError
from xlsflow.pipeline.report import View
from xlsflow.render.as_calendar import calendar
from xlsflow.reports import make_report

if TYPE_CHECKING:
    from icalendar import Event

    from xlsflow.model.report_model import Report


def report(*, weeks: int = 0, done: str = "") -> Report:
    """Return the example's report some weeks later, with one task finished meanwhile."""
    rows = [(*row[:5], "done", *row[6:]) if row[0] == done else row for row in example.TASKS]
    book = example.book({example.JOBS: example.tasks(rows)})
    return make_report(example.inputs(book, as_of=example.AS_OF + timedelta(weeks=weeks)), "zh")


def events(of: Report) -> dict[str, Event]:
    """Return the entries of a report's calendar by their identifier, as another program reads them."""
    read = Calendar.from_ical("".join(calendar(of)))
    return {str(event["UID"]): event for event in read.events}


def test_each_item_with_a_due_date_is_one_entry_of_a_whole_day_with_an_alarm_before_it() -> None:
    made = events(report())
    titles = {str(event["SUMMARY"]): event for event in made.values()}

    assert len(made) == len(example.TASKS)
    one = titles["HD-2026-004 促销临时用工审批（12 人）"]
    assert one.decoded("DTSTART") == date(2026, 11, 23)
    assert one.decoded("DTEND") == date(2026, 11, 24)
    assert [alarm.decoded("TRIGGER") for alarm in one.walk("VALARM")] == [timedelta(hours=-15)]
    assert {*one.categories} == {"华东", "张立诚"}
    assert "W47_华东.xlsx" in str(one["DESCRIPTION"])


def test_the_same_report_gives_the_same_bytes_and_a_later_one_the_same_identifiers_with_a_higher_number() -> None:
    now, later = report(), report(weeks=1)

    assert [*calendar(now)] == [*calendar(report())]
    assert events(now).keys() == events(later).keys()
    for uid, event in events(now).items():
        assert int(str(event["SEQUENCE"])) < int(str(events(later)[uid]["SEQUENCE"])) < 2**31


def test_what_is_done_is_cancelled_without_an_alarm() -> None:
    before, after = events(report()), events(report(weeks=1, done="HD-2026-001"))
    (uid,) = [uid for uid, event in before.items() if str(event["SUMMARY"]).startswith("HD-2026-001")]

    assert (before[uid]["STATUS"], after[uid]["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert not after[uid].walk("VALARM")


def test_a_line_is_no_longer_than_the_format_allows() -> None:
    assert max(map(len, "".join(calendar(report())).encode().split(b"\r\n"))) <= 75


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (View(regions=["华东"]), {"east"}),
        (View(regions=["east", "south"]), {"east", "south"}),
        (View(), set(example.FILES)),
    ],
)
def test_a_calendar_may_be_of_some_regions(view: View, shown: set[str]) -> None:
    assert {due.region for due in view.chosen(report()).due_dates} == shown


def test_a_calendar_may_be_of_one_person_and_nobody_unknown() -> None:
    assert {due.owner for due in View(owners=["林晓曼"]).chosen(report()).due_dates} == {"林晓曼"}
    with pytest.raises(InputError, match="林晓明"):
        View(owners=["林晓明"]).chosen(report())


def test_an_item_without_a_due_date_has_no_entry() -> None:
    table = example.tasks().assign(due=None)
    table["due"] = table["due"].astype("datetime64[us]")
    made = make_report(example.inputs(example.book({example.JOBS: table})), "zh")

    assert events(made) == {}
    assert replace(made, due_dates=()) == made


def test_a_hostile_title_stays_a_title() -> None:
    table = example.tasks().assign(job="a\rb\nEND:VEVENT\n\x1b; c, d")
    made = make_report(example.inputs(example.book({example.JOBS: table})), "zh")

    assert len(events(made)) == len(example.TASKS)
    assert {str(event["SUMMARY"]).partition(" ")[2] for event in events(made).values()} == {"a\nb\nEND:VEVENT\n; c, d"}
