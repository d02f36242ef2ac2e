"""Makes the listing of what has changed since the last round."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xlsflow.model.report_model import Listing, ReportColumn
from xlsflow.reports import round_texts, texts
from xlsflow.reports.over_rounds.changes import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsflow.model.report_model import Mark
    from xlsflow.reports.labels import Labels
    from xlsflow.reports.over_rounds.changes import ChangeKind, ItemChange

_MARKS: Mapping[ChangeKind, Mark] = {
    "newly_overdue": "overdue", "redated": "overdue", "slipped": "due_soon", "reopened": "due_soon",
    "backwards": "due_soon", "gone": "missing", "long_overdue": "overdue", "same_excuse": "due_soon",
    "recovered": "done",
}  # fmt: skip


def changes_listing(labels: Labels, changes: Sequence[ItemChange], before: str) -> Listing:
    """Return the listing of changes, the most urgent kind first.

    Args:
        labels: Labels in the language of the report.
        changes: The changes (`item_changes`).
        before: Id of the last round; empty where none is known.
    """
    lang = labels.lang
    marks: list[Mark | None] = [_MARKS[change.kind] for change in changes]
    kinds = [round_texts.CHANGE_KINDS[change.kind].say(lang) for change in changes]
    details = [
        round_texts.CHANGE_DETAILS[change.kind].format(
            lang, days=change.days, times=change.times, since=change.since, asked=change.asked or texts.DASH
        )
        for change in changes
    ]
    columns = (
        labels.column(
            "kind",
            round_texts.COL_CHANGE_KIND,
            kinds,
            "text",
            14,
            marks=marks,
            with_symbols=True,
            codes=[change.kind for change in changes],
        ),
        labels.column("key", texts.COL_KEY, [change.key or None for change in changes], "id", 16),
        labels.column("title", texts.COL_ITEM, [change.title or None for change in changes], "text", 34),
        labels.region_column([change.region for change in changes]),
        labels.column(
            "owner",
            texts.COL_OWNER,
            [labels.person(c.owner) or None for c in changes],
            "text",
            13,
            codes=[change.owner or None for change in changes],
        ),
        labels.column("times", round_texts.COL_TIMES, [change.times or None for change in changes], "integer", 7),
        labels.column("days", texts.COL_DAYS, [change.days or None for change in changes], "integer", 7),
        ReportColumn("due", labels.header("due", ""), [change.due for change in changes], "date", 12),
        labels.column("detail", round_texts.COL_DETAIL, details, "text", 38),
        labels.column(
            "block",
            texts.COL_SOURCE_SHEET,
            [labels.sheet(change.block) for change in changes],
            "text",
            12,
            role="made",
            codes=[change.block for change in changes],
        ),
    )
    name = round_texts.PAGE_CHANGES.say(lang)
    return Listing(
        name, name, _note(labels, changes, before), columns, "follow_up", 2, key="changes", optional=not before
    )


def _note(labels: Labels, changes: Sequence[ItemChange], before: str) -> str:
    lang = labels.lang
    if not before:
        return round_texts.NOTE_FIRST_ROUND.say(lang)
    if not changes:
        return round_texts.NOTE_NO_CHANGES.format(lang, round=before, as_of=labels.as_of)
    counts = Counter(change.kind for change in changes)
    kinds = (
        round_texts.KIND_COUNT.format(lang, kind=round_texts.CHANGE_KINDS[kind].say(lang), count=counts[kind])
        for kind in KINDS
        if counts[kind]
    )
    between = "、" if lang == "zh" else ", "
    return round_texts.NOTE_CHANGES.format(lang, round=before, kinds=between.join(kinds), as_of=labels.as_of)
