"""Who has returned and who has not, with whom to ask: the listing of returns and of the files that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.findings import (
    Finding,
    Location,
)
from xlsflow.model.report_model import (
    Column,
    Listing,
)
from xlsflow.reports import texts as w
from xlsflow.reports.figures.returns import (
    LATE,
    MISSING,
    strangers,
)
from xlsflow.reports.figures.signals import LightRule
from xlsflow.reports.figures.tracked_items import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from xlsflow.model.report_model import (
        Mark,
        Value,
    )
    from xlsflow.model.returns import FileRecord
    from xlsflow.reports.labels import Labels

STATE_MARKS: Mapping[str, Mark] = {"in_time": "done", "late": "due_soon", "undated": "done", "missing": "missing"}
LIGHT_MARKS: Mapping[str, Mark] = {"red": "overdue", "amber": "due_soon", "green": "done", "grey": "missing"}
OPTIONAL = ("head", "remark", "hours_late")
"""Columns that only cost room where nothing stands in them."""


def returns_listing(labels: Labels, back: pd.DataFrame, regions: pd.DataFrame) -> Listing:
    """Return who has returned and who has not, then the files that are no region's return.

    Args:
        labels: The words.
        back: Who has returned (`returns`).
        regions: Where each region stands (`by_region`).
    """
    lang = labels.lang
    others = strangers(labels.basis)
    columns = (*_state(labels, back, regions, others), *_quality(labels, back, others), *_people(labels, back, others))
    filled = tuple(column for column in columns if column.key not in OPTIONAL or any(column.values))
    missing = int((back["state"] == MISSING).sum())
    note = w.RETURNS_NOTE.say(lang).format(expected=len(back), returned=len(back) - missing)
    name = w.RETURNS.say(lang)
    return Listing(name, name, f"{note}\n{rule_text(labels)}", filled, "follow_up", 1)


def _blank(others: Sequence[FileRecord]) -> list[Value]:
    return [None] * len(others)


def _state(
    labels: Labels, back: pd.DataFrame, regions: pd.DataFrame, others: Sequence[FileRecord]
) -> tuple[Column, ...]:
    """Return region, light, what became of the return, and its files."""
    lang = labels.lang
    light = dict(zip(regions["region"], regions["light"], strict=True))
    lights = [light[code] for code in back["region"]]
    states = [*back["state"], *("refused" if record.status == "refused" else "foreign" for record in others)]
    state_marks: list[Mark | None] = [STATE_MARKS.get(state, "idle") for state in states]
    light_marks: list[Mark | None] = [*(LIGHT_MARKS[one] for one in lights), *(None for _ in others)]
    names = [*labels.regions(back["region"].tolist()), *_blank(others)]
    shown = [*(w.LIGHTS[one].say(lang) for one in lights), *_blank(others)]
    said = [w.STATES[state].say(lang) for state in states]
    files = ["\n".join(each) or None for each in back["files"]] + [record.file for record in others]
    return (
        Column("region", w.REGION.say(lang), names, "text", 11),
        Column("light", w.LIGHT.say(lang), shown, "text", 11, marks=light_marks, signed=True),
        Column("state", w.STATE.say(lang), said, "text", 12, marks=state_marks, signed=True),
        Column("file", w.FILE.say(lang), files, "text", 34),
    )


def _quality(labels: Labels, back: pd.DataFrame, others: Sequence[FileRecord]) -> tuple[Column, ...]:
    """Return when it was saved, and how much and how good it is."""
    lang, blank = labels.lang, _blank(others)
    gone = [state == MISSING for state in back["state"]]

    def count(name: str) -> list[Value]:
        return [None if missing else n for missing, n in zip(gone, plain(back[name]), strict=True)] + blank

    late = (back["state"] == LATE).tolist()
    hours = [round(n, 1) if is_late else None for n, is_late in zip(back["hours_late"], late, strict=True)]
    return (
        Column("saved", w.SAVED.say(lang), plain(back["saved"]) + blank, "datetime", 17),
        Column("deadline", w.DEADLINE.say(lang), plain(back["deadline"]) + blank, "datetime", 17),
        Column("hours_late", w.HOURS_LATE.say(lang), [*hours, *blank], "number", 13),
        Column("rows", w.ROWS.say(lang), count("rows"), "integer", 10),
        Column("errors", w.TO_MEND.say(lang), count("errors"), "integer", 9),
        Column("warnings", w.WARNINGS.say(lang), count("warnings"), "integer", 9),
    )


def _people(labels: Labels, back: pd.DataFrame, others: Sequence[FileRecord]) -> tuple[Column, ...]:
    """Return whom to ask, and what is to be said of further files."""
    lang, blank = labels.lang, _blank(others)
    regions = [labels.basis.project.region(code) for code in back["region"]]
    remarks = [*(None for _ in regions), *(why(labels, record) for record in others)]
    return (
        Column(
            "contact",
            w.CONTACT.say(lang),
            [*(labels.person(one.contact) or None for one in regions), *blank],
            "text",
            13,
        ),
        Column("email", w.EMAIL.say(lang), [*(one.email or None for one in regions), *blank], "text", 26),
        Column("head", w.HEAD.say(lang), [*(labels.person(one.head) or None for one in regions), *blank], "text", 13),
        Column("remark", w.REMARK.say(lang), remarks, "text", 40),
    )


def rule_text(labels: Labels) -> str:
    """Return the rule of the lights in a sentence, with its figures."""
    rule, say = LightRule.of(labels.basis), labels.lang
    new = w.RULE_NEW.say(say).format(count=rule.red_new) if rule.red_new and labels.basis.previous else ""
    return w.RULE.say(say).format(red_days=rule.red_days, soon=rule.amber_soon, new=new)


def why(labels: Labels, record: FileRecord) -> str | None:
    """Return why a file is no region's return."""
    if record.reason:
        return Finding(record.reason, Location(record.file)).message(labels.lang)
    if record.stamp.region or record.stamp.round:
        return " / ".join(filter(None, (labels.region(record.stamp.region), record.stamp.round)))
    return None
