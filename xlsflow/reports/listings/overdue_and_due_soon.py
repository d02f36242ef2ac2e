"""Makes the listings of items that are overdue and that are due soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.reports import texts
from xlsflow.reports.figures.columns import column_dates, column_values
from xlsflow.reports.figures.tracked_items import DUE_SOON_DAYS, due_soon, overdue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from xlsflow.model.report_model import Mark, ReportValue
    from xlsflow.reports.labels import Labels

STATUS_MARKS: Mapping[str, Mark] = {
    "done": "done",
    "active": "in_progress",
    "idle": "idle",
    "blocked": "blocked",
    "dropped": "idle",
}
"""Status group -> mark."""


def overdue_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return the listing of all overdue items, longest overdue first."""
    late = overdue(frame)
    lang = labels.lang
    note = texts.NOTE_OVERDUE.format(lang, count=len(late), as_of=labels.as_of)
    marked: list[Mark | None] = ["overdue"] * len(late)
    timing = [
        labels.column(
            "days_overdue", texts.COL_DAYS_OVERDUE, column_values(late["days_overdue"]), "integer", 11, marks=marked
        ),
        labels.column(
            "worked", texts.COL_WORKING_DAYS_OVERDUE, column_values(late["working_days_overdue"]), "integer", 15
        ),
    ]
    # Without a previous round everything would be new: the column says nothing then.
    codes = ["new" if new else "continuing" for new in late["new"]] if labels.inputs.previous else [None] * len(late)
    shown = [texts.CHANGES[code].say(lang) if code else None for code in codes]
    marks: list[Mark | None] = ["overdue" if code == "new" else None for code in codes]
    timing.append(labels.column("change", texts.COL_CHANGE, shown, "text", 10, marks=marks, codes=codes, optional=True))
    name = texts.PAGE_OVERDUE.say(lang)
    columns = followed_columns(labels, late, timing)
    return Listing(name, name, note, columns, "follow_up", 2, key="overdue", sources=labels.sources(late))


def due_soon_listing(labels: Labels, frame: pd.DataFrame) -> Listing:
    """Return the listing of items due soon, earliest first."""
    within = int(labels.inputs.setting("due_soon_days", DUE_SOON_DAYS))
    soon = due_soon(frame, within)
    lang = labels.lang
    note = texts.NOTE_DUE_SOON.format(lang, count=len(soon), days=within, as_of=labels.as_of)
    marks: list[Mark | None] = ["due_soon"] * len(soon)
    left = labels.column("days_left", texts.COL_DAYS_LEFT, column_values(soon["days_left"]), "integer", 11, marks=marks)
    name = texts.PAGE_DUE_SOON.format(lang, days=within)
    columns = followed_columns(labels, soon, [left])
    return Listing(name, name, note, columns, "follow_up", 2, key="due_soon", sources=labels.sources(soon))


def followed_columns(labels: Labels, frame: pd.DataFrame, timing: Sequence[ReportColumn]) -> tuple[ReportColumn, ...]:
    """Return the columns of tracked items; those in `timing` come after the due date."""
    lang = labels.lang
    status: list[Mark | None] = [STATUS_MARKS[group] for group in frame["group"].tolist()]
    # The header's own word instead of “yes”: a cell is understood without its header.
    grave = frame["high"].tolist()
    high = [texts.COL_HIGH_RISK.say(lang) if risky else None for risky in grave]
    owner, reason = (
        labels.header("owner", texts.COL_OWNER.say(lang)),
        labels.header("reason", texts.COL_REASON.say(lang)),
    )
    states, help_ = labels.item_values(frame, "status"), labels.header("help", texts.COL_NOTE.say(lang))
    return (
        labels.column("key", texts.COL_KEY, column_values(frame["key"]), "id", 16),
        labels.column("title", texts.COL_ITEM, column_values(frame["title"]), "text", 34),
        labels.region_column(frame["region"].tolist()),
        ReportColumn(
            "owner", owner, labels.item_values(frame, "owner"), "text", 13, codes=column_values(frame["owner"])
        ),
        ReportColumn("due", labels.header("due", ""), column_dates(frame["due"]), "date", 12),
        *timing,
        labels.column(
            "memory", texts.COL_MEMORY, _memory(labels, frame), "text", 30, marks=_unsure(frame), optional=True
        ),
        ReportColumn(
            "status",
            labels.header("status", ""),
            states,
            "text",
            12,
            marks=status,
            codes=column_values(frame["status"]),
        ),
        # These columns are empty in many packs and would only take up width on the printed page.
        ReportColumn("reason", reason, column_values(frame["reason"]), "text", 26, optional=True),
        ReportColumn("help", help_, column_values(frame["help"]), "text", 22, optional=True),
        labels.column("grave", texts.COL_HIGH_RISK, high, "text", 8.5, codes=grave, optional=True),
        *labels.origin_columns(frame, "due"),
    )


def _memory(labels: Labels, frame: pd.DataFrame) -> list[ReportValue]:
    """Return what is not confirmed about each item: it is carried on, or its new due date is not accepted."""
    lang = labels.lang
    lines: list[ReportValue] = []
    for carried, asked in zip(frame["carried"].tolist(), column_dates(frame["asked"]), strict=True):
        parts = [texts.AS_OF_ROUND.format(lang, round=carried)] if carried else []
        parts += [texts.REDATED.format(lang, day=asked)] if asked else []
        lines.append("\n".join(parts) or None)
    return lines


def _unsure(frame: pd.DataFrame) -> list[Mark | None]:
    asked = frame["asked"].notna().tolist()
    return [
        "overdue" if new else "missing" if carried else None
        for carried, new in zip(frame["carried"].tolist(), asked, strict=True)
    ]
