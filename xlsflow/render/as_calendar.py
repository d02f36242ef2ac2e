"""Renders the due dates of a report as an iCalendar file, which calendars import twice without doubling an entry.

An entry keeps its identifier over all rounds. Its number of revision grows with the instant of the report, so that a
calendar takes the later of two reports (RFC 5545, 3.8.7.4); an item that is over becomes a cancelled entry.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from xlsflow.model.report_model import DueDate, Report

# Any identifier that is ours alone; it must never change, or every entry would be doubled.
_NAMESPACE = UUID("0f2b9c1e-6d0a-5e53-9b7d-3d2f8a6f4c11")
_FIRST_REVISION = datetime(2020, 1, 1, tzinfo=UTC)
# An entry of a whole day begins at midnight: this is 9 in the morning of the day before.
_ALARM = timedelta(hours=-15)


def calendar(report: Report) -> bytes:
    """Return the due dates of a report as an iCalendar file in UTF-8; equal reports give equal bytes."""
    made = Calendar()
    made.add("prodid", "-//xlsflow//report//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", report.overview.title)
    for due in report.due_dates:
        made.add_component(_event(due, report))
    return bytes(made.to_ical())


def _event(due: DueDate, report: Report) -> Event:
    instant = report.as_of.astimezone(UTC)
    event = Event()
    event.add("uid", f"{uuid5(_NAMESPACE, due.identity)}@xlsflow")
    event.add("dtstamp", instant)
    # In minutes: two reports of a round are further apart, and the number stays below what calendars can store.
    event.add("sequence", max(int((instant - _FIRST_REVISION).total_seconds() // 60), 0))
    event.add("summary", due.title)
    event.add("description", due.detail)
    event.add("categories", [name for name in (due.region_name, due.owner_name) if name])
    event.add("dtstart", due.day)
    event.add("dtend", due.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if due.over else "CONFIRMED")
    if not due.over:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", due.title)
        alarm.add("trigger", _ALARM)
        event.add_component(alarm)
    return event
