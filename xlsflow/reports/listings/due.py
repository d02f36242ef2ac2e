"""What people must do: the listings of what is overdue and what falls due soon; how a status is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import (
    Column,
    Listing,
)
from xlsflow.reports import texts as w
from xlsflow.reports.figures.tracked_items import (
    DUE_SOON_DAYS,
    days,
    due_soon,
    overdue,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.labels import Labels

STATUS_MARKS: Mapping[str, Mark] = {
    "done": "done",
    "active": "in_progress",
    "idle": "idle",
    "blocked": "blocked",
    "dropped": "idle",
}
"""Group of a status -> how it is marked."""


def overdue_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return everything that is overdue, longest first."""
    late = overdue(frame)
    say = labels.lang
    note = w.OVERDUE_NOTE.say(say).format(count=len(late), as_of=labels.as_of)
    marked: list[Mark | None] = ["overdue"] * len(late)
    timing = [
        Column("days_overdue", w.DAYS_LATE.say(say), plain(late["days_overdue"]), "integer", 11, marks=marked),
        Column("worked", w.WORKING_DAYS_LATE.say(say), plain(late["working_days_overdue"]), "integer", 11),
    ]
    if labels.basis.previous:
        change = [w.NEW.say(say) if new else w.CONTINUING.say(say) for new in late["new"]]
        marks: list[Mark | None] = ["overdue" if new else None for new in late["new"]]
        timing.append(Column("change", w.CHANGE.say(say), change, "text", 10, marks=marks))
    names = w.OVERDUE.say(say)
    return Listing(names, names, note, _followed(labels, late, timing), "follow_up", 2)


def due_soon_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return what falls due soon, nearest first."""
    within = int(labels.basis.figure("due_soon_days", DUE_SOON_DAYS))
    soon = due_soon(frame, within)
    say = labels.lang
    note = w.DUE_SOON_NOTE.say(say).format(count=len(soon), days=within, as_of=labels.as_of)
    marks: list[Mark | None] = ["due_soon"] * len(soon)
    left = Column("days_left", w.DAYS_LEFT.say(say), plain(soon["days_left"]), "integer", 11, marks=marks)
    name = w.DUE_SOON.say(say).format(days=within)
    return Listing(name, name, note, _followed(labels, soon, [left]), "follow_up", 2)


def _followed(labels: Labels, frame: pd.DataFrame, timing: Sequence[Column]) -> tuple[Column, ...]:
    """Return followed rows in the columns that every list of them has."""
    say = labels.lang
    status: list[Mark | None] = [STATUS_MARKS[group] for group in frame["group"].tolist()]
    high = [w.GRAVE.say(say) if grave else None for grave in frame["high"].tolist()]
    regions = [name or None for name in labels.regions(frame["region"].tolist())]
    where = {block: labels.sheet(block) for block in frame["block"].unique()}
    columns = [
        Column("key", w.KEY.say(say), plain(frame["key"]), "id", 14),
        Column("title", w.ITEM.say(say), plain(frame["title"]), "text", 34),
        Column("region", w.REGION.say(say), regions, "text", 10),
        Column("owner", labels.header("owner", w.PERSON.say(say)), labels.followed(frame, "owner"), "text", 13),
        Column("due", labels.header("due", ""), days(frame["due"]), "date", 12),
        *timing,
        Column("status", labels.header("status", ""), labels.followed(frame, "status"), "text", 12, marks=status),
        Column("reason", labels.header("reason", w.WHY.say(say)), plain(frame["reason"]), "text", 26),
        Column("help", labels.header("help", w.REMARK.say(say)), plain(frame["help"]), "text", 22),
        Column("grave", w.GRAVE.say(say), high, "text", 8.5),
        Column("block", w.WHERE.say(say), [where[block] for block in frame["block"].tolist()], "text", 12, role="made"),
        Column("file", w.FILE.say(say), plain(frame["file"]), "text", 24, role="made"),
        Column("row", w.ROW.say(say), plain(frame["row"]), "integer", 7, role="made"),
    ]
    # A column that no sheet asks for, or nobody has filled, only costs room.
    return tuple(c for c in columns if c.key not in ("grave", "help", "reason") or any(c.values))
