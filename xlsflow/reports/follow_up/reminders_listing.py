"""Makes the listing “today, to whom, about what”, with text ready to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing
from xlsflow.reports import round_texts, texts
from xlsflow.reports.follow_up.escalation import Ladder
from xlsflow.reports.labels import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.follow_up.escalation import Reminder, Rung
    from xlsflow.reports.labels import Labels

_MAX_LINES, _MAX_KEYS = 20, 6
_MARKS: Mapping[Rung, Mark] = {
    "owner": "due_soon", "head": "due_soon", "coordinator": "overdue", "superior": "overdue"
}  # fmt: skip


def reminders_listing(labels: Labels, reminders: Sequence[Reminder]) -> Listing:
    """Return the listing of reminders, one for each person.

    Args:
        labels: Labels in the language of the report.
        reminders: The reminders (`escalation.reminders`).
    """
    lang = labels.lang
    marks: list[Mark | None] = [_MARKS[reminder.rung] for reminder in reminders]
    people = [labels.person(reminder.person) or None for reminder in reminders]
    longest = [max((item.days for item in r.items), default=0) or None for r in reminders]
    copies = [", ".join(map(labels.person, reminder.copy_to)) or None for reminder in reminders]
    columns = (
        labels.column(
            "rung", round_texts.COL_RUNG, [round_texts.RUNG_NAMES[r.rung].say(lang) for r in reminders], "text", 12,
            marks=marks, codes=[reminder.rung for reminder in reminders],
        ),
        labels.column("person", round_texts.COL_WHOM, people, "text", 13),
        labels.column("address", round_texts.COL_ADDRESS, [r.address or None for r in reminders], "text", 24),
        labels.region_column([reminder.region for reminder in reminders]),
        labels.column("count", texts.COL_OVERDUE_ITEMS, [len(r.items) or None for r in reminders], "integer", 7),
        labels.column("worst", texts.COL_LONGEST, longest, "integer", 9),
        labels.column("about", round_texts.COL_ABOUT, [_about(labels, r) for r in reminders], "text", 26),
        labels.column("copies", round_texts.COL_COPY, copies, "text", 16),
        labels.column("text", round_texts.COL_TEXT, [reminder_text(labels, r) for r in reminders], "text", 70),
    )  # fmt: skip
    ladder = Ladder.of(labels.inputs)
    note = round_texts.NOTE_REMINDERS.format(
        lang, head=ladder.head, coordinator=ladder.coordinator, superior=ladder.superior, as_of=labels.as_of
    )
    name = round_texts.PAGE_REMINDERS.say(lang)
    return Listing(name, name, note, columns, "follow_up", 2, key="reminders")


def _about(labels: Labels, reminder: Reminder) -> str:
    if not reminder.items:
        return round_texts.RETURN_OF.format(labels.lang, round=labels.inputs.project.round.id)
    return texts.listed(labels.lang, tuple(item.key or item.title for item in reminder.items), _MAX_KEYS)


def reminder_text(labels: Labels, reminder: Reminder) -> str:
    """Return a message about the items of a reminder that can be sent as it is."""
    lang, project = labels.lang, labels.inputs.project
    person = labels.person(reminder.person)
    greeting = round_texts.REMINDER_GREETING if person else round_texts.REMINDER_GREETING_NOBODY
    hello = greeting.format(lang, person=person)
    if reminder.items:
        lines = [round_texts.ASKS[reminder.rung].format(lang, count=len(reminder.items)), *_lines(labels, reminder)]
    else:
        due = f"{project.round.due:%Y-%m-%d %H:%M}" if project.round.due else texts.DASH
        lines = [round_texts.ASK_RETURN.format(lang, round=project.round.id, due=due)]
    sender = project.project.coordinator
    return "\n".join([hello, *lines, *([round_texts.SIGNED.format(lang, coordinator=sender)] if sender else [])])


def _lines(labels: Labels, reminder: Reminder) -> list[str]:
    lang = labels.lang
    lines = []
    for number, item in enumerate(reminder.items[:_MAX_LINES], start=1):
        why = round_texts.LINE_WHY.format(lang, why=shorten(item.reason, 60)) if item.reason else ""
        line = round_texts.LINE_OVERDUE.format(
            lang, number=number, key=item.key, title=shorten(item.title, 60),
            region=labels.region(item.region) or texts.UNKNOWN_REGION.say(lang),
            owner=labels.person(item.owner) or texts.DASH, due=f"{item.due:%Y-%m-%d}" if item.due else texts.DASH,
            days=item.days, why=why,
        )  # fmt: skip
        lines.append(" ".join(line.split(" ")))
    if more := len(reminder.items) - _MAX_LINES:
        lines += [round_texts.LINE_MORE.format(lang, count=more)] if more > 0 else []
    return lines
