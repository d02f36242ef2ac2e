"""Renders the due dates of a report as an iCalendar file, which calendars import twice without doubling an entry.

An entry keeps its identifier over all rounds. Its number of revision grows with the instant of the report, so that a
calendar takes the later of two reports (RFC 5545, 3.8.7.4); an item that is over becomes a cancelled entry.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from icalendar.parser import Contentline
from icalendar.prop import vText

from xlsflow.messages.single_line import single_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsflow.model.report_model import DueDate, Report

# Any identifier that is ours alone; it must never change, or every entry would be doubled.
_NAMESPACE = UUID("0f2b9c1e-6d0a-5e53-9b7d-3d2f8a6f4c11")
_FIRST_REVISION = datetime(2020, 1, 1, tzinfo=UTC)
# An entry of a whole day begins at midnight: this is 9 in the morning of the day before.
_ALARM = "-PT15H"


def calendar(report: Report) -> Iterator[str]:
    """Yield the due dates of a report as the lines of an iCalendar file; equal reports give equal lines."""
    # Line by line: a component of the library for each of a hundred thousand items takes two minutes and 1.5 GB.
    head = {"BEGIN": "VCALENDAR", "VERSION": "2.0", "PRODID": "-//xlsflow//report//EN", "METHOD": "PUBLISH"}
    yield from _lines({**head, "X-WR-CALNAME": _text(report.overview.title)})
    instant = report.as_of.astimezone(UTC)
    # In minutes: two reports of a round are further apart, and the number stays below what calendars can store.
    revision = max(int((instant - _FIRST_REVISION).total_seconds() // 60), 0)
    for due in report.due_dates:
        yield from _lines(_event(due, f"{instant:%Y%m%dT%H%M%SZ}", revision))
        if not due.over:
            alarm = {"ACTION": "DISPLAY", "DESCRIPTION": _text(due.title), "TRIGGER": _ALARM, "END": "VALARM"}
            yield from _lines({"BEGIN": "VALARM", **alarm})
        yield from _lines({"END": "VEVENT"})
    yield from _lines({"END": "VCALENDAR"})


def _event(due: DueDate, stamp: str, revision: int) -> dict[str, str]:
    return {
        "BEGIN": "VEVENT",
        "UID": f"{uuid5(_NAMESPACE, due.identity)}@xlsflow",
        "DTSTAMP": stamp,
        "SEQUENCE": str(revision),
        "SUMMARY": _text(due.title),
        "DESCRIPTION": _text(due.detail),
        "CATEGORIES": ",".join(_text(name) for name in (due.region_name, due.owner_name) if name),
        "DTSTART;VALUE=DATE": f"{due.day:%Y%m%d}",
        "DTEND;VALUE=DATE": f"{due.day + timedelta(days=1):%Y%m%d}",
        "TRANSP": "TRANSPARENT",
        "STATUS": "CANCELLED" if due.over else "CONFIRMED",
    }


def _text(text: str) -> str:
    """Return a text with what the format reserves escaped."""
    # The format knows one end of a line; what else a cell may hold of control characters it does not allow.
    return vText("\n".join(single_line(line) for line in text.splitlines())).to_ical().decode()


def _lines(properties: dict[str, str]) -> Iterator[str]:
    """Yield properties as lines, folded where they are longer than 75 bytes; one without a value is left out."""
    for name, value in properties.items():
        if value:
            line: bytes = Contentline(f"{name}:{value}").to_ical()  # type: ignore[no-untyped-call]
            yield line.decode() + "\r\n"
